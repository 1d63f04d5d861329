import type { ObjectSpec, Op, Scenario } from "../scenario.ts";
import { callbackFragments } from "./callback-fragments.ts";
import type { Weighted } from "./chance.ts";
import { Chance } from "./chance.ts";
import type { Fragment, Outline } from "./draft.ts";
import { Draft } from "./draft.ts";
import { objectFragments } from "./object-fragments.ts";
import { taskFragments, taskLeaves } from "./task-fragments.ts";

/** Few different times, so that much happens at the same instant. */
const DENSE = [0, 0.25, 0.25, 0.25, 0.5, 0.5, 0.75, 1, 1, 1.5, 2];
/** Still fewer: nearly everything happens at once. */
const TIGHT = [0, 0.25, 0.25, 0.5];
const MAINS = ["A", "B", "C", "D", "E", "F"];

/** There whatever else is left out. */
const SLEEP: Weighted<Fragment> = [10, (draft) => [["sleep", draft.time()]]];

/** Times that hardly ever meet. All are multiples of 1/64, so that sums are exact. */
function sparse(chance: Chance): number[] {
  return Array.from({ length: 40 }, () => chance.between(5, 160) / 64);
}

function times(chance: Chance): readonly number[] {
  return chance.weighted([
    [5, DENSE],
    [2, TIGHT],
    [2, sparse(chance)],
  ]);
}

/**
 * Each scenario leaves out some of what there is and does more of something else: that finds what a
 * program which does a little of everything does not get to (swarm testing, Groce and others 2012).
 */
function swarm(chance: Chance, fragments: readonly Weighted<Fragment>[]): Weighted<Fragment>[] {
  const share = chance.pick([[1], [0, 1, 1, 1], [0, 0, 1, 3]]);
  return fragments.map(([weight, fragment]) => [weight * chance.pick(share), fragment]);
}

/** Objects to choose from; a scenario has some of them. */
function candidates(chance: Chance): readonly (readonly [name: string, spec: ObjectSpec])[] {
  const kind = chance.pick(["fifo", "fifo", "lifo", "priority"]);
  return [
    ["q0", { type: "queue", kind, maxsize: chance.between(0, 2) }],
    ["q1", { type: "queue", kind: "fifo", maxsize: chance.between(0, 1) }],
    ["l0", { type: "lock" }],
    ["l1", { type: "lock" }],
    ["s0", { type: "semaphore", value: chance.between(0, 2) }],
    ["b0", { type: "bounded", value: chance.between(1, 2) }],
    ["c", { type: "condition", ...(chance.is(0.2) && { lock: "l0" }) }],
    ["c2", { type: "condition" }],
    ["b", { type: "barrier", parties: chance.between(1, 3) }],
    ["e", { type: "event" }],
    ["f", { type: "future" }],
    ["f2", { type: "future" }],
  ];
}

function objectsOf(chance: Chance): { readonly [name: string]: ObjectSpec } {
  const share = chance.pick([0.15, 0.3, 0.6]);
  const chosen = candidates(chance).filter(() => chance.is(share));
  const shared = chosen.some(([, { lock }]) => lock !== undefined);
  const l0: readonly (readonly [string, ObjectSpec])[] = shared ? [["l0", { type: "lock" }]] : [];
  return Object.fromEntries([...l0, ...chosen, ["v", { type: "var", value: 0 }]]);
}

/** A scenario made by chance; the same seed gives the same one. */
export function generateScenario(seed: string): Scenario {
  const chance = new Chance(seed);
  const objects = objectsOf(chance);
  const types = new Set(Object.values(objects).map(({ type }) => type));
  const others = [...objectFragments(types), ...callbackFragments];
  const leaves = [SLEEP, ...swarm(chance, [...taskLeaves, ...others])];
  const outline: Outline = {
    chance,
    times: times(chance),
    objects,
    mains: MAINS.slice(0, chance.between(2, 6)),
    leaves,
    fragments: [...leaves, ...swarm(chance, taskFragments)],
    timeouts: [],
    groups: [],
    labels: [],
    marks: 0,
  };
  const tasks = outline.mains.map((name): readonly [string, readonly Op[]] => [
    name,
    new Draft(outline, name, 0, [], false).ops(chance.between(2, 7)),
  ]);
  return { objects, tasks };
}
