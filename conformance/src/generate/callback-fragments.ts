import type { Op } from "../scenario.ts";
import type { Weighted } from "./chance.ts";
import type { Draft, Fragment } from "./draft.ts";

/** An op that a callback may run: it does not wait. */
function immediate(draft: Draft): Op {
  const { chance } = draft;
  const on = (types: readonly string[], make: (name: string) => Op): Op => {
    const names = draft.objects(...types);
    return names.length === 0 ? ["loop_time"] : make(chance.pick(names));
  };
  return chance.weighted<() => Op>([
    [3, () => ["log", draft.mark()]],
    [4, () => ["cancel", chance.pick(draft.outline.mains)]],
    [2, () => on(["event"], (e) => [chance.pick(["set", "clear"]), e])],
    [2, () => on(["future"], (f) => ["fut_set", f, draft.mark()])],
    [2, () => on(["queue"], (q) => [chance.pick(["get_nowait", "task_done"]), q])],
    [2, () => on(["lock", "semaphore", "bounded"], (o) => ["release", o])],
    [1, () => on(["condition"], (c) => ["notify", c])],
    [1, () => ["spawn", draft.childName(), [["sleep", draft.time()]]]],
    [1, () => ["current_task"]],
    [1, () => on(["queue"], (q) => ["shutdown", q, chance.is(0.5)])],
    [1, () => ["call_soon", label(draft), [["log", draft.mark()]]]],
    [1, () => ["done_cb", chance.pick(draft.outline.mains), label(draft), [["loop_time"]]]],
    [1, () => ["cancel_handle", known(draft)]],
    [1, () => ["reschedule", `t${chance.between(1, 3)}`, draft.time()]],
    [1, () => ["tg_spawn", `g${chance.between(1, 3)}`, draft.childName(), [["sleep", 0.5]]]],
    [1, () => ["gather_start", draft.childName(), draft.awaitables(), chance.is(0.5)]],
    [1, () => ["shield_start", draft.childName(), chance.pick(["nobody", ...draft.awaitables()])]],
    [
      0.5,
      () => [chance.pick(["result", "exception", "uncancel"]), chance.pick(draft.outline.mains)],
    ],
    [0.5, () => ["raise", "ValueError", draft.mark()]],
    [0.5, () => ["ctx_get", "x"]],
    [0.5, () => ["state", chance.pick(draft.outline.mains)]],
  ])();
}

function ops(draft: Draft): readonly Op[] {
  return Array.from({ length: draft.chance.between(0, 2) }, () => immediate(draft));
}

function label(draft: Draft): string {
  const { labels } = draft.outline;
  labels.push(`k${labels.length + 1}`);
  return `k${labels.length}`;
}

const known = (draft: Draft): string =>
  `k${draft.chance.between(1, draft.outline.labels.length + 1)}`;

function attempt(op: Op): Op {
  return ["try", { body: [op], except: [["Exception", []]] }];
}

/** Fragments about the loop's callbacks and timers, and callbacks of futures. */
export const callbackFragments: readonly Weighted<Fragment>[] = [
  [1.5, (d) => [["call_soon", label(d), ops(d)]]],
  [2.5, (d) => [["call_later", d.time(), label(d), ops(d)]]],
  [0.8, (d) => [["call_at", d.time() * 2, label(d), ops(d)]]],
  [0.8, (d) => [attempt(["cancel_handle", known(d)])]],
  [
    2,
    (d) => [
      attempt([
        "done_cb",
        d.chance.pick([...d.outline.mains, ...d.children, ...d.objects("future")]),
        label(d),
        ops(d),
      ]),
    ],
  ],
  [0.4, (d) => [attempt(["remove_done_cb", d.chance.pick(d.outline.mains), known(d)])]],
  [0.4, () => [["loop_time"]]],
];
