import { type Draw, integerDelays } from "../lcg.ts";
import { type Check, type Program, type Size, Tally } from "../program.ts";
import { AsyncLoop } from "./async-loop.ts";
import { GeneratorLoop, type Steps } from "./generator-loop.ts";

/** W3 on the bare loops. A generator puts its value where a gather would look for it. */

async function worker(loop: AsyncLoop, value: number, draw: Draw): Promise<number> {
  await loop.sleep(draw());
  return value;
}

function* workerSteps(values: number[], value: number, draw: Draw): Steps {
  yield draw();
  values[value] = value;
}

function added(values: readonly number[], now: number): Check {
  const tally = new Tally();
  for (const value of values) tally.add(value);
  return tally.at(now);
}

function promised(drive: "run" | "runByMacrotasks"): Program {
  return async ({ tasks }: Size) => {
    const loop = new AsyncLoop();
    const draw = integerDelays();
    const promises: Promise<number>[] = [];
    for (let i = 0; i < tasks; i++) loop.start(() => promises.push(worker(loop, i, draw)));
    await loop[drive]();
    return added(await Promise.all(promises), loop.now);
  };
}

export const inAsync: Program = promised("run");
export const inReference: Program = promised("runByMacrotasks");

export const inGenerators: Program = ({ tasks }: Size) => {
  const loop = new GeneratorLoop();
  const draw = integerDelays();
  const values = Array.from({ length: tasks }, () => 0);
  for (let i = 0; i < tasks; i++) loop.start(workerSteps(values, i, draw));
  loop.run();
  return added(values, loop.now);
};
