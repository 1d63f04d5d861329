import { type Draw, exponentialDelays, integerDelays } from "../lcg.ts";
import { type Check, type Program, type Size, Tally } from "../program.ts";
import { AsyncLoop } from "./async-loop.ts";
import { GeneratorLoop, type Steps } from "./generator-loop.ts";

/** W1 on the bare loops: tasks that sleep again and again. */

async function sleeper(loop: AsyncLoop, rounds: number, draw: Draw, tally: Tally): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    const delay = draw();
    await loop.sleep(delay);
    tally.add(delay);
  }
}

function* sleeperSteps(rounds: number, draw: Draw, tally: Tally): Steps {
  for (let i = 0; i < rounds; i++) {
    const delay = draw();
    yield delay;
    tally.add(delay);
  }
}

function inAsync(draws: () => Draw, drive: "run" | "runByMacrotasks"): Program {
  return async ({ tasks, events }: Size): Promise<Check> => {
    const loop = new AsyncLoop();
    const tally = new Tally();
    const draw = draws();
    const body = () => sleeper(loop, events / tasks, draw, tally);
    for (let i = 0; i < tasks; i++) loop.start(body);
    await loop[drive]();
    return tally.at(loop.now);
  };
}

function inGenerators(draws: () => Draw): Program {
  return ({ tasks, events }: Size): Check => {
    const loop = new GeneratorLoop();
    const tally = new Tally();
    const draw = draws();
    for (let i = 0; i < tasks; i++) loop.start(sleeperSteps(events / tasks, draw, tally));
    loop.run();
    return tally.at(loop.now);
  };
}

export const integerAsync: Program = inAsync(integerDelays, "run");
export const integerReference: Program = inAsync(integerDelays, "runByMacrotasks");
export const integerGenerators: Program = inGenerators(integerDelays);
export const exponentialAsync: Program = inAsync(exponentialDelays, "run");
export const exponentialReference: Program = inAsync(exponentialDelays, "runByMacrotasks");
export const exponentialGenerators: Program = inGenerators(exponentialDelays);
