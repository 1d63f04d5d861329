import type { SimulateOptions } from "@tickless/core";
import { recorder } from "@tickless/trace";
import { exponentialDelays } from "../lcg.ts";
import type { Check, Program, Size } from "../program.ts";
import { mixedTasks } from "./mixed.ts";
import { asyncTimers, generatorTimers } from "./timers.ts";

/** W8: how large traces are. `sum` is the bytes of a trace without its first line, `events` its events. */

type Recorded = (size: Size, options: Pick<SimulateOptions, "probes">) => Check | Promise<Check>;

function sizeOf(run: Recorded): Program {
  return async (size) => {
    const taker = recorder();
    const { time } = await run(size, { probes: taker.probes });
    const { last, chunks = [] } = taker.trace();
    const sum = chunks.reduce((bytes, chunk) => bytes + chunk.length, 0);
    return { events: last, time, sum };
  };
}

export const timersInAsync: Program = sizeOf(asyncTimers);
export const timersInGenerators: Program = sizeOf(generatorTimers);
export const exponentialTimers: Program = sizeOf((size, options) =>
  generatorTimers(size, options, exponentialDelays()),
);
export const mixedInBoth: Program = sizeOf((size, options) => mixedTasks(size, "both", options));
