import { type Draw, integerDelays } from "../lcg.ts";
import { type Program, type Size, Tally } from "../program.ts";
import { AsyncLoop } from "./async-loop.ts";
import { GeneratorLoop, type Steps } from "./generator-loop.ts";

/** Memory, on the bare loops: what Node itself takes for a function that sleeps. */

async function sleeper(loop: AsyncLoop, draw: Draw, tally: Tally): Promise<void> {
  const delay = draw();
  await loop.sleep(1 + delay);
  tally.add(delay);
}

async function watcher(loop: AsyncLoop, asleep: () => void): Promise<void> {
  await loop.sleep(1);
  asleep();
  await loop.sleep(101);
}

function* sleeperSteps(draw: Draw, tally: Tally): Steps {
  const delay = draw();
  yield 1 + delay;
  tally.add(delay);
}

function* watcherSteps(asleep: () => void): Steps {
  yield 1;
  asleep();
  yield 101;
}

export const inAsync: Program = async ({ tasks }: Size, asleep) => {
  const loop = new AsyncLoop();
  const tally = new Tally();
  const draw = integerDelays();
  const body = () => sleeper(loop, draw, tally);
  for (let i = 0; i < tasks; i++) loop.start(body);
  loop.start(() => watcher(loop, asleep));
  await loop.run();
  return tally.at(loop.now);
};

export const inGenerators: Program = ({ tasks }: Size, asleep) => {
  const loop = new GeneratorLoop();
  const tally = new Tally();
  const draw = integerDelays();
  for (let i = 0; i < tasks; i++) loop.start(sleeperSteps(draw, tally));
  loop.start(watcherSteps(asleep));
  loop.run();
  return tally.at(loop.now);
};
