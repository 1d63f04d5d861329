import {
  createTask,
  type FlowOf,
  gather,
  now,
  run,
  runSync,
  type SimulateOptions,
} from "@tickless/core";
import { type Check, type Program, type Size, Tally } from "../program.ts";
import { asyncRoles } from "./mixed-async.ts";
import { type Place, openPlace, ROLES } from "./mixed-place.ts";
import { generatorRoles } from "./mixed-generators.ts";

/**
 * The mixed workload: tasks of eight kinds, each with another way to wait, in one run. A benchmark
 * that knows one way to wait lets the compiler assume that there is no other; programs do not.
 */
type Bodies = "async" | "generators" | "both";

/** Task `i` of the run. With both kinds of body, every other group of roles is of generators. */
function start(place: Place, bodies: Bodies, i: number, rounds: number) {
  const role = i % ROLES;
  const group = Math.floor(i / ROLES);
  if (bodies === "async" || (bodies === "both" && group % 2 === 0)) {
    const body = asyncRoles[role] as (typeof asyncRoles)[number];
    return createTask(() => body(place, rounds));
  }
  const body = generatorRoles[role] as (typeof generatorRoles)[number];
  return createTask(body(place, rounds));
}

function* mainFlow({ tasks, events }: Size, bodies: Bodies): FlowOf<Check> {
  const place = openPlace(new Tally());
  const rounds = events / tasks;
  yield* gather(Array.from({ length: tasks }, (_, i) => start(place, bodies, i, rounds)));
  return place.tally.at(now());
}

/** With options of the run, for W8, which adds probes. */
export const mixedTasks = (size: Size, bodies: Bodies, options: SimulateOptions): Promise<Check> =>
  run(() => mainFlow(size, bodies), options);

export const inAsync: Program = (size) => mixedTasks(size, "async", {});
export const inGenerators: Program = (size) => runSync(() => mainFlow(size, "generators"));
export const inBoth: Program = (size) => mixedTasks(size, "both", {});
export const inBothReference: Program = (size) => mixedTasks(size, "both", { drain: "reference" });
