import type { Json, Op } from "../scenario.ts";
import type { Weighted } from "./chance.ts";
import type { Draft, Fragment } from "./draft.ts";

const CLASSES = ["ValueError", "KeyError", "RuntimeError", "CustomError", "CancelledError"];
const CAUGHT: readonly (string | readonly string[])[] = [
  "Exception",
  "BaseException",
  "CancelledError",
  "TimeoutError",
  "ValueError",
  "RuntimeError",
  "ExceptionGroup",
  ["TimeoutError", "CancelledError"],
];

/** `ops` in a try that takes `classes`, most of the time; a program that always fails early shows little. */
function guarded(
  draft: Draft,
  ops: readonly Op[],
  classes: string | readonly string[],
): readonly Op[] {
  if (draft.chance.is(0.2)) return ops;
  const dealt: readonly Op[] = draft.chance.is(0.5) ? [["log", draft.mark()]] : [];
  return [["try", { body: ops, except: [[classes, dealt]] }]];
}

function handler(draft: Draft): Json {
  const ops = draft.chance.is(0.6) ? [["log", draft.mark()]] : draft.block(2);
  return [draft.chance.pick(CAUGHT), draft.chance.is(0.3) ? [...ops, ["raise"]] : ops];
}

function tried(draft: Draft): readonly Op[] {
  const { chance } = draft;
  const body = draft.block(3);
  const except = chance.is(0.8)
    ? Array.from({ length: chance.between(1, 2) }, () => handler(draft))
    : [];
  const spec = {
    body,
    except,
    ...(chance.is(0.2) && { else: draft.block(1) }),
    ...((except.length === 0 || chance.is(0.35)) && { finally: draft.block(2) }),
  };
  return [["try", spec]];
}

/** Names and coroutines, as `gather` and the like take them. */
function awaitables(draft: Draft): Json {
  const names = draft.awaitables();
  const count = draft.chance.between(draft.chance.is(0.03) ? 0 : 1, 3);
  return Array.from({ length: count }, () =>
    names.length > 0 && draft.chance.is(0.4) ? draft.chance.pick(names) : draft.coroutine(),
  );
}

function awaitable(draft: Draft): Json {
  const names = draft.awaitables();
  return names.length > 0 && draft.chance.is(0.45) ? draft.chance.pick(names) : draft.coroutine();
}

function delay(draft: Draft): number | null {
  return draft.chance.is(0.06) ? null : draft.time();
}

/** A name of a new timeout, which ops elsewhere may use. */
function timeoutName(draft: Draft): Json[] {
  if (draft.chance.is(0.5)) return [];
  const name = `t${draft.outline.timeouts.length + 1}`;
  draft.outline.timeouts.push(name);
  return [name];
}

function timed(draft: Draft): readonly Op[] {
  const at = draft.chance.is(0.12);
  const name = timeoutName(draft);
  const body = draft.block(3);
  const op: Op = [at ? "timeout_at" : "timeout", delay(draft), body, ...name];
  return guarded(draft, [op], draft.chance.pick(["TimeoutError", "TimeoutError", "Exception"]));
}

function group(draft: Draft): readonly Op[] {
  const name = `g${draft.outline.groups.length + 1}`;
  draft.outline.groups.push(name);
  const members = Array.from({ length: draft.chance.between(0, 3) }, () => member(draft, name));
  const body = draft.chance.is(0.6) ? [...members, ...draft.block(2)] : members;
  return guarded(
    draft,
    [["taskgroup", name, body]],
    draft.chance.pick(["Exception", "ExceptionGroup"]),
  );
}

function member(draft: Draft, name: string): Op {
  const child = draft.childName();
  return ["tg_spawn", name, child, draft.program(child)];
}

function waited(draft: Draft): readonly Op[] {
  const names = draft.awaitables();
  if (names.length === 0) return [["sleep", draft.time()]];
  const chosen = draft.chance.some(names, draft.chance.between(1, 3));
  const when = ["ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION"];
  const timeout = draft.chance.is(0.4) ? null : draft.time();
  return [["wait", chosen, timeout, draft.chance.pick(when)]];
}

function onAwaitable(op: string): Fragment {
  return (draft) => {
    const names = draft.awaitables();
    if (names.length === 0) return [["sleep", draft.time()]];
    return guarded(
      draft,
      [[op, draft.chance.pick(names)]],
      draft.chance.pick(["Exception", "BaseException"]),
    );
  };
}

/** Any task that the scenario begins with, or a child: nobody waits, so rings cannot come about. */
function anyTask(draft: Draft): string {
  return draft.chance.pick([...draft.outline.mains, ...draft.children]);
}

function started(op: string, made: (draft: Draft) => Json[]): Fragment {
  return (draft) => {
    const inner = made(draft);
    const name = draft.childName();
    return [[op, name, ...inner]];
  };
}

function rescheduled(draft: Draft): readonly Op[] {
  const name = `t${draft.chance.between(1, draft.outline.timeouts.length + 1)}`;
  const op: Op = draft.chance.weighted<Op>([
    [4, ["reschedule", name, delay(draft)]],
    [1, ["timeout_expired", name]],
    [1, ["timeout_when", name]],
  ]);
  return guarded(draft, [op], "Exception");
}

/** Ops without ops inside. */
export const taskLeaves: readonly Weighted<Fragment>[] = [
  [6, (draft) => [["sleep", draft.time()]]],
  [3, () => [["sleep", 0]]],

  [
    3,
    (draft) => [
      ["let", "r", ["sleep", draft.time(), draft.mark()]],
      ["log", { $: "r" }],
    ],
  ],
  [
    6,
    (draft) => [
      draft.chance.is(0.2) ? ["cancel", anyTask(draft), "msg"] : ["cancel", anyTask(draft)],
    ],
  ],
  [
    1.5,
    (draft) => [
      [
        "uncancel",
        draft.chance.is(0.8) ? draft.owner.charAt(0) : draft.chance.pick(draft.outline.mains),
      ],
    ],
  ],
  [1.5, (draft) => [["cancelling", draft.chance.pick(draft.outline.mains)]]],
  [1, (draft) => [["state", anyTask(draft)]]],
  [0.5, () => [["current_task"], ["all_tasks"]]],
  [0.05, () => [["stop"]]],
  [1, onAwaitable("result")],
  [1.5, onAwaitable("exception")],
  [5, onAwaitable("await")],
  [3, waited],
  [3, rescheduled],
  [1.5, (draft) => [["raise", draft.chance.pick(CLASSES), draft.mark()]]],
  [0.7, (draft) => [["return", draft.mark()]]],
  [
    6,
    (draft) => {
      if (!draft.looped) return [["log", draft.mark()]];
      return [["if", ["v", "<", 2], [[draft.chance.pick(["break", "continue"])]]]];
    },
  ],
];

/** Ops with ops inside. */
export const taskFragments: readonly Weighted<Fragment>[] = [
  [8, tried],
  [9, timed],
  [5, group],
  [7, started("spawn", (draft) => [draft.program(`${draft.owner}_${draft.children.length + 1}`)])],
  [
    4,
    (draft) => guarded(draft, [["gather", awaitables(draft), draft.chance.is(0.4)]], "Exception"),
  ],
  [1.5, started("gather_start", (draft) => [awaitables(draft), draft.chance.is(0.4)])],
  [1.2, started("shield_start", (draft) => [awaitable(draft)])],
  [
    7,
    (draft) =>
      guarded(
        draft,
        [["wait_for", awaitable(draft), delay(draft)]],
        draft.chance.pick(["TimeoutError", "Exception"]),
      ),
  ],
  [3, (draft) => guarded(draft, [["shield", awaitable(draft)]], "Exception")],
  [3, (draft) => guarded(draft, [["as_completed", awaitables(draft), delay(draft)]], "Exception")],
  [2, (draft) => [["call", `${draft.owner}c`, draft.program(`${draft.owner}c`)]]],
  [2, (draft) => [["loop", draft.chance.between(1, 3), draft.block(2, true)]]],
  [
    0.5,
    (draft) =>
      draft.outline.groups.length === 0
        ? []
        : guarded(draft, [member(draft, draft.chance.pick(draft.outline.groups))], "Exception"),
  ],
];
