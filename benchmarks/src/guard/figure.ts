import { measureMemory } from "../measure.ts";
import type { Program, Size } from "../program.ts";
import { variantOf, workloadOf } from "../selection.ts";
import { median } from "../spread.ts";
import type { Guarded, Watched } from "./guarded.ts";

/**
 * How V8 has to be started so that a figure is the same every time. Allocation is counted by how far
 * the young generation is filled, so there has to be room for all of it without a collection; and
 * `--predictable` compiles at the same events in every process, on the thread that runs.
 */
export const FLAGS: { readonly [W in Watched]: readonly string[] } = {
  allocated: [
    "--expose-gc",
    "--predictable",
    "--min-semi-space-size=1024",
    "--max-semi-space-size=1024",
  ],
  kept: ["--expose-gc", "--predictable"],
  // compiling and collecting on this thread: a busy machine would do either late on another
  ratio: ["--predictable"],
};

const WARM_UPS = 8;
const WARM_UP_TURNS = 20;
const SAMPLES = 5;
const TURNS = 60;

const nothing = (): void => undefined;

async function repeat(program: Program, size: Size, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await program(size, nothing);
}

async function allocatedBy(program: Program, size: Size): Promise<number> {
  const before = process.memoryUsage().heapUsed;
  await program(size, nothing);
  return process.memoryUsage().heapUsed - before;
}

/** Bytes an event: the difference of two runs, so that what a run as such takes is left out. */
async function bytesAnEvent(program: Program, size: Size): Promise<number> {
  const short = { ...size, events: size.events / 3 };
  await repeat(program, size, WARM_UPS);
  globalThis.gc?.();
  // a collection drops compiled code, which is compiled again here
  await repeat(program, size, WARM_UPS);
  const samples: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    const few = await allocatedBy(program, short);
    const many = await allocatedBy(program, size);
    samples.push((many - few) / (size.events - short.events));
  }
  return median(samples);
}

async function milliseconds(program: Program, size: Size): Promise<number> {
  const begun = performance.now();
  await program(size, nothing);
  return performance.now() - begun;
}

/**
 * Engine and bare loop in turn, and of each the best turn. A turn is shorter than the time that a
 * process is given at once, so that some turns are not interrupted however busy the machine is.
 */
async function speedRatio(engine: Program, bare: Program, size: Size): Promise<number> {
  await repeat(engine, size, WARM_UP_TURNS);
  await repeat(bare, size, WARM_UP_TURNS);
  let [engineBest, bareBest] = [Infinity, Infinity];
  for (let i = 0; i < TURNS; i++) {
    engineBest = Math.min(engineBest, await milliseconds(engine, size));
    bareBest = Math.min(bareBest, await milliseconds(bare, size));
  }
  return bareBest / engineBest;
}

/** Takes a figure in this process, which has been started with its flags. */
export async function figure({ watched, workload: id, kind, size }: Guarded): Promise<number> {
  const workload = workloadOf(id);
  const { engine, bare } = variantOf(workload, kind);
  const program = await engine();
  if (watched === "allocated") return bytesAnEvent(program, size);
  if (watched === "kept") return (await measureMemory(program, size)).bytesPerTask;
  if (bare === undefined) throw new RangeError(`${id} has no bare loop`);
  return speedRatio(program, await bare(), size);
}
