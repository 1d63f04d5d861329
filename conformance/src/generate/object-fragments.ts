import type { Op } from "../scenario.ts";
import type { Weighted } from "./chance.ts";
import type { Draft, Fragment } from "./draft.ts";

/** Waits in a timeout, in a wait_for or as it is. */
function perhapsTimed(draft: Draft, op: Op): readonly Op[] {
  const { chance } = draft;
  const handled = (inner: Op): Op => ["try", { body: [inner], except: [["TimeoutError", []]] }];
  return chance.weighted<() => readonly Op[]>([
    [5, () => [op]],
    [3, () => [handled(["timeout", draft.time(), [op]])]],
    [1, () => [["timeout", draft.time(), [op]]]],
    [1, () => [handled(["wait_for", { as: draft.childName(), run: [op] }, draft.time()])]],
  ])();
}

/** A sync op that may be refused, in a try most of the time. */
function perhapsRefused(draft: Draft, op: Op): readonly Op[] {
  if (draft.chance.is(0.25)) return [op];
  return [["try", { body: [op], except: [["Exception", [["log", draft.mark()]]]] }]];
}

function onEach(
  draft: Draft,
  types: readonly string[],
  make: (name: string) => readonly Op[],
): readonly Op[] {
  const names = draft.objects(...types);
  return names.length === 0 ? [["sleep", draft.time()]] : make(draft.chance.pick(names));
}

/** The item that a queue of this kind takes: priority queues hold integers alone. */
function item(draft: Draft, name: string): number | string {
  return draft.outline.objects[name]?.kind === "priority"
    ? draft.chance.between(0, 9)
    : draft.mark();
}

const queues: readonly Weighted<Fragment>[] = [
  [5, (d) => onEach(d, ["queue"], (q) => perhapsTimed(d, ["put", q, item(d, q)]))],
  [6, (d) => onEach(d, ["queue"], (q) => perhapsTimed(d, ["get", q]))],
  [2, (d) => onEach(d, ["queue"], (q) => perhapsTimed(d, ["join", q]))],
  [2.5, (d) => onEach(d, ["queue"], (q) => perhapsRefused(d, ["put_nowait", q, item(d, q)]))],
  [2.5, (d) => onEach(d, ["queue"], (q) => perhapsRefused(d, ["get_nowait", q]))],
  [2.5, (d) => onEach(d, ["queue"], (q) => perhapsRefused(d, ["task_done", q]))],
  [0.6, (d) => onEach(d, ["queue"], (q) => [[d.chance.pick(["qsize", "empty", "full"]), q]])],
  [0.7, (d) => onEach(d, ["queue"], (q) => [["shutdown", q, d.chance.is(0.4)]])],
];

const LOCKS = ["lock", "semaphore", "bounded", "condition"];

const locks: readonly Weighted<Fragment>[] = [
  [
    7,
    (d) =>
      onEach(d, LOCKS, (o) =>
        perhapsTimed(d, ["with", o, d.depth > 4 ? [["sleep", d.time()]] : d.block(2)]),
      ),
  ],
  [
    2,
    (d) =>
      onEach(d, LOCKS, (o) => [
        ["acquire", o],
        ["try", { body: [["sleep", d.time()]], finally: [["release", o]] }],
      ]),
  ],
  [0.8, (d) => onEach(d, LOCKS, (o) => perhapsTimed(d, ["acquire", o]))],
  [0.8, (d) => onEach(d, LOCKS, (o) => perhapsRefused(d, ["release", o]))],
  [0.8, (d) => onEach(d, LOCKS, (o) => [["locked", o]])],
];

const predicate = (d: Draft): readonly [string, string, number] => [
  "v",
  d.chance.pick([">=", ">=", "==", "<"]),
  d.chance.between(1, 3),
];

const conditions: readonly Weighted<Fragment>[] = [
  [4, (d) => onEach(d, ["condition"], (c) => perhapsTimed(d, ["with", c, [["cond_wait", c]]]))],
  [
    3,
    (d) =>
      onEach(d, ["condition"], (c) =>
        perhapsTimed(d, ["with", c, [["cond_wait_for", c, predicate(d)]]]),
      ),
  ],
  [
    5,
    (d) =>
      onEach(d, ["condition"], (c) => [
        [
          "with",
          c,
          [
            ["var_add", "v", 1],
            d.chance.is(0.3) ? ["notify_all", c] : ["notify", c, d.chance.between(1, 2)],
            ...(d.chance.is(0.3) ? [["sleep", d.time()] as Op] : []),
          ],
        ],
      ]),
  ],
  [
    0.5,
    (d) =>
      onEach(d, ["condition"], (c) =>
        perhapsRefused(d, [d.chance.pick(["notify", "notify_all", "cond_wait"]), c]),
      ),
  ],
];

const others: readonly Weighted<Fragment>[] = [
  [4, (d) => onEach(d, ["event"], (e) => perhapsTimed(d, ["wait_event", e]))],
  [3, (d) => onEach(d, ["event"], (e) => [["set", e]])],
  [1.5, (d) => onEach(d, ["event"], (e) => [["clear", e]])],
  [0.4, (d) => onEach(d, ["event"], (e) => [["is_set", e]])],
  [4, (d) => onEach(d, ["barrier"], (b) => perhapsTimed(d, ["barrier_wait", b]))],
  [
    0.6,
    (d) => onEach(d, ["barrier"], (b) => [[d.chance.pick(["barrier_reset", "barrier_abort"]), b]]),
  ],
  [0.6, (d) => onEach(d, ["barrier"], (b) => [["barrier_info", b]])],
  [2, (d) => onEach(d, ["future"], (f) => perhapsRefused(d, ["fut_set", f, d.mark()]))],
  [
    0.7,
    (d) => onEach(d, ["future"], (f) => perhapsRefused(d, ["fut_exc", f, "ValueError", d.mark()])),
  ],
  [0.7, (d) => onEach(d, ["future"], (f) => [["cancel", f]])],
  [0.8, (d) => [["var_add", "v", d.chance.between(-1, 2)]]],
  [
    0.5,
    (d) => [
      [
        "if",
        predicate(d),
        [
          ["log", d.mark()],
          ["sleep", d.time()],
        ],
        [["log", d.mark()]],
      ],
    ],
  ],
  [0.6, (d) => [["ctx_set", "x", d.mark()]]],
  [0.6, () => [["ctx_get", "x"]]],
];

const byType: { readonly [type: string]: readonly Weighted<Fragment>[] } = {
  queue: queues,
  lock: locks,
  condition: conditions,
};

/** The fragments that have something to do in a scenario with objects of these types. */
export function objectFragments(types: ReadonlySet<string>): readonly Weighted<Fragment>[] {
  const hasLock = LOCKS.some((type) => types.has(type));
  return [
    ...Object.entries(byType).flatMap(([type, fragments]) =>
      types.has(type) || (type === "lock" && hasLock) ? fragments : [],
    ),
    ...others,
  ];
}
