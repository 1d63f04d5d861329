import type { Check, Program, Size } from "./program.ts";
import { sameCheck } from "./program.ts";
import { median } from "./spread.ts";

/** What one process found out about one program. */
export interface Measurement {
  readonly check: Check;
  readonly eventsPerSecond: number;
  /** As `eventsPerSecond`, by the processor time of the process, which other programs disturb less. */
  readonly eventsPerCpuSecond: number;
  /** The process's own maximum resident set. */
  readonly peakBytes: number;
  /** For memory: what a sleeping task keeps, on V8's heap and in typed arrays. */
  readonly bytesPerTask: number;
  /** For memory: by how much a sleeping task makes the process larger. */
  readonly residentBytesPerTask: number;
  /** For times: how long it takes, the median of the turns of one process. */
  readonly milliseconds: number;
  /** The same by the processor time of the process: the mean of the turns, its clock being coarse. */
  readonly cpuMilliseconds: number;
}

/** How long a program is run before the clock, so that what is measured is compiled code. */
const WARM_UP_MS = 300;
/** How long it is run whenever it is its turn, over and over if it is short. */
const TURN_MS = 50;
/** How many turns it has for a figure. */
const TURNS = 10;
/** How long it is run at the most, but for the turn in which that is reached: the mean of those that take turns. */
const ENOUGH_MS = 2_000;

function collect(): void {
  if (globalThis.gc === undefined) {
    throw new Error("Measuring needs the garbage collector: start node with --expose-gc.");
  }
  globalThis.gc();
}

function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1_024;
}

const nothing = (): void => undefined;

/** Wall time and processor time, in ms. */
interface Instant {
  readonly wallMs: number;
  readonly cpuMs: number;
}

function instant(): Instant {
  const { user, system } = process.cpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1_000 };
}

/** A measurement of nothing but speed. */
function speed(check: Check, events: number, { wallMs, cpuMs }: Instant): Measurement {
  return {
    check,
    eventsPerSecond: (events / wallMs) * 1_000,
    eventsPerCpuSecond: (events / cpuMs) * 1_000,
    peakBytes: peakBytes(),
    bytesPerTask: 0,
    residentBytesPerTask: 0,
    milliseconds: 0,
    cpuMilliseconds: 0,
  };
}

function since(begun: Instant): Instant {
  const { wallMs, cpuMs } = instant();
  return { wallMs: wallMs - begun.wallMs, cpuMs: cpuMs - begun.cpuMs };
}

/** One run, for its check values. The speed is that of cold code, and means nothing. */
export async function measureOnce(program: Program, size: Size): Promise<Measurement> {
  const begun = instant();
  const check = await program(size, nothing);
  return speed(check, check.events, since(begun));
}

/** What a program has done whenever it was its turn. */
export interface Turns {
  readonly wallMs: number;
  readonly measurement: Measurement;
}

/** Throws if a program has not done twice the same. */
function again(first: Check, check: Check): Check {
  if (sameCheck(first, check)) return first;
  throw new Error(`Two runs differ: ${JSON.stringify(first)} and ${JSON.stringify(check)}`);
}

/** Runs `program` for a while, over and over with `warmUp`, and answers what runs it with `size` for a turn. */
export async function warmedUp(
  program: Program,
  size: Size,
  warmUp: Size,
): Promise<() => Promise<Turns>> {
  // Collected before the warm-up and not after it: a full collection takes the dead loops of the
  // warm-up out of the code that was compiled for them, and with them the code.
  collect();
  const cold = instant();
  while (since(cold).wallMs < WARM_UP_MS) await program(warmUp, nothing);
  let first: Check | undefined;
  let events = 0;
  const sum = { wallMs: 0, cpuMs: 0 };
  return async () => {
    const begun = instant();
    let took = since(begun);
    while (took.wallMs < TURN_MS) {
      const check = await program(size, nothing);
      took = since(begun);
      events += check.events;
      first = again(first ?? check, check);
    }
    sum.wallMs += took.wallMs;
    sum.cpuMs += took.cpuMs;
    return { wallMs: sum.wallMs, measurement: speed(first as Check, events, sum) };
  };
}

/**
 * Gives each of `programs` its turn, again and again. A machine that is faster for some seconds is so
 * for all of them.
 */
export async function inTurns(programs: readonly (() => Promise<Turns>)[]): Promise<Measurement[]> {
  for (let count = 1; ; count++) {
    const turns: Turns[] = [];
    // There and back again: none is always the first after the one that leaves most behind.
    const all = [...programs.entries()];
    for (const [i, turn] of count % 2 === 1 ? all : all.toReversed()) turns[i] = await turn();
    const allMs = turns.reduce((sum, { wallMs }) => sum + wallMs, 0);
    if (count === TURNS || allMs >= ENOUGH_MS * turns.length) {
      return turns.map(({ measurement }) => measurement);
    }
  }
}

/** The speed of one program by itself. */
export async function measureSpeed(
  program: Program,
  size: Size,
  warmUp: Size,
): Promise<Measurement> {
  const [measured] = await inTurns([await warmedUp(program, size, warmUp)]);
  return measured as Measurement;
}

interface Taken {
  readonly heapBytes: number;
  readonly residentBytes: number;
}

function taken(): Taken {
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, residentBytes: rss };
}

/** What the tasks of `program` keep while all of them sleep: the most, where it is asked for often. */
export async function measureMemory(program: Program, size: Size): Promise<Measurement> {
  const before = taken();
  let during = before;
  const begun = instant();
  const check = await program(size, () => {
    const here = taken();
    if (here.heapBytes > during.heapBytes) during = here;
  });
  return {
    ...speed(check, check.events, since(begun)),
    bytesPerTask: (during.heapBytes - before.heapBytes) / size.tasks,
    residentBytesPerTask: (during.residentBytes - before.residentBytes) / size.tasks,
  };
}

/** How long what `program` does between every other moment and the next takes, by `clock`. */
export async function measureTime(
  program: Program,
  size: Size,
  clock: () => Instant = instant,
): Promise<Measurement> {
  const turns: Instant[] = [];
  let open: Instant | undefined;
  const begun = instant();
  const check = await program(size, () => {
    const here = clock();
    if (open !== undefined) {
      turns.push({ wallMs: here.wallMs - open.wallMs, cpuMs: here.cpuMs - open.cpuMs });
    }
    open = open === undefined ? here : undefined;
  });
  return {
    ...speed(check, check.events, since(begun)),
    bytesPerTask: 0,
    residentBytesPerTask: 0,
    milliseconds: median(turns.map(({ wallMs }) => wallMs)),
    cpuMilliseconds: turns.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / turns.length,
  };
}
