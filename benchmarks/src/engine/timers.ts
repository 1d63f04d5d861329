import { createTask, type FlowOf, gather, now, run, runSync, sleep } from "@tickless/core";
import { type Draw, exponentialDelays, integerDelays } from "../lcg.ts";
import { type Check, type Options, type Program, type Size, Tally } from "../program.ts";

/** W1: tasks that sleep again and again. */

async function sleeper(rounds: number, draw: Draw, tally: Tally): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    const delay = draw();
    await sleep(delay);
    tally.add(delay);
  }
}

function* sleeperFlow(rounds: number, draw: Draw, tally: Tally): FlowOf<void> {
  for (let i = 0; i < rounds; i++) {
    const delay = draw();
    yield* sleep(delay);
    tally.add(delay);
  }
}

async function main({ tasks, events }: Size, draw: Draw): Promise<Check> {
  const tally = new Tally();
  const body = () => sleeper(events / tasks, draw, tally);
  await gather(Array.from({ length: tasks }, () => createTask(body)));
  return tally.at(now());
}

function* mainFlow({ tasks, events }: Size, draw: Draw): FlowOf<Check> {
  const tally = new Tally();
  const body = () => sleeperFlow(events / tasks, draw, tally);
  yield* gather(Array.from({ length: tasks }, () => createTask(body())));
  return tally.at(now());
}

const REFERENCE = { drain: "reference" } as const;

/** W1 with async functions, for W8, which adds probes. */
export const asyncTimers = (size: Size, options: Options): Promise<Check> =>
  run(() => main(size, integerDelays()), options);
/** W1 with generators, likewise. */
export const generatorTimers = (
  size: Size,
  options: Options,
  draw: Draw = integerDelays(),
): Check => runSync(() => mainFlow(size, draw), options);

export const integerAsync: Program = (size) => asyncTimers(size, {});
export const integerReference: Program = (size) => asyncTimers(size, REFERENCE);
export const integerGenerators: Program = (size) => generatorTimers(size, {});
export const integerGeneratorsDrained: Program = (size) =>
  run(() => mainFlow(size, integerDelays()));
export const exponentialAsync: Program = (size) => run(() => main(size, exponentialDelays()));
export const exponentialReference: Program = (size) =>
  run(() => main(size, exponentialDelays()), REFERENCE);
export const exponentialGenerators: Program = (size) =>
  runSync(() => mainFlow(size, exponentialDelays()));
export const exponentialGeneratorsDrained: Program = (size) =>
  run(() => mainFlow(size, exponentialDelays()));
