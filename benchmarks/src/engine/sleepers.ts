import { createTask, type FlowOf, now, run, runSync, sleep } from "@tickless/core";
import { type Draw, integerDelays } from "../lcg.ts";
import { type Check, type Program, type Size, Tally } from "../program.ts";

/**
 * Memory: tasks that all sleep at the same time. Nobody keeps the tasks, their bodies come from one
 * shared function, and what they keep is their place in the run: so the memory is the engine's.
 */

async function sleeper(draw: Draw, tally: Tally): Promise<void> {
  const delay = draw();
  await sleep(1 + delay);
  tally.add(delay);
}

function* sleeperFlow(draw: Draw, tally: Tally): FlowOf<void> {
  const delay = draw();
  yield* sleep(1 + delay);
  tally.add(delay);
}

async function main({ tasks }: Size, asleep: () => void): Promise<Check> {
  const tally = new Tally();
  const draw = integerDelays();
  const body = () => sleeper(draw, tally);
  for (let i = 0; i < tasks; i++) void createTask(body);
  await sleep(1);
  asleep();
  await sleep(101);
  return tally.at(now());
}

function* mainFlow({ tasks }: Size, asleep: () => void): FlowOf<Check> {
  const tally = new Tally();
  const draw = integerDelays();
  for (let i = 0; i < tasks; i++) void createTask(sleeperFlow(draw, tally));
  yield* sleep(1);
  asleep();
  yield* sleep(101);
  return tally.at(now());
}

export const inAsync: Program = (size, asleep) => run(() => main(size, asleep));
export const inGenerators: Program = (size, asleep) => runSync(() => mainFlow(size, asleep));
