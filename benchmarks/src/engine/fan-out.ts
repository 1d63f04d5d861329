import { createTask, type FlowOf, gather, now, run, runSync, sleep } from "@tickless/core";
import { type Draw, integerDelays } from "../lcg.ts";
import { type Check, type Program, type Size, Tally } from "../program.ts";

/** W3: many tasks, each one sleep and a value, gathered. */

async function worker(value: number, draw: Draw): Promise<number> {
  await sleep(draw());
  return value;
}

function* workerFlow(value: number, draw: Draw): FlowOf<number> {
  yield* sleep(draw());
  return value;
}

function added(values: readonly number[]): Check {
  const tally = new Tally();
  for (const value of values) tally.add(value);
  return tally.at(now());
}

async function main({ tasks }: Size): Promise<Check> {
  const draw = integerDelays();
  return added(
    await gather(Array.from({ length: tasks }, (_, i) => createTask(() => worker(i, draw)))),
  );
}

function* mainFlow({ tasks }: Size): FlowOf<Check> {
  const draw = integerDelays();
  return added(
    yield* gather(Array.from({ length: tasks }, (_, i) => createTask(workerFlow(i, draw)))),
  );
}

export const inAsync: Program = (size) => run(() => main(size));
export const inReference: Program = (size) => run(() => main(size), { drain: "reference" });
export const inGenerators: Program = (size) => runSync(() => mainFlow(size));
export const inGeneratorsDrained: Program = (size) => run(() => mainFlow(size));
