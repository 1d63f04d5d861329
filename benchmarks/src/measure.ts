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

/** How long a program is run for a figure, over and over if it is short. */
const LEAST_MS = 300;
/** Events run before the clock, so that what is measured is compiled code. */
const WARM_UP_EVENTS = 200_000;

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

function rates(
  events: number,
  { wallMs, cpuMs }: Instant,
): Pick<Measurement, "eventsPerSecond" | "eventsPerCpuSecond"> {
  return {
    eventsPerSecond: (events / wallMs) * 1_000,
    eventsPerCpuSecond: (events / cpuMs) * 1_000,
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
  return {
    check,
    ...rates(check.events, since(begun)),
    peakBytes: peakBytes(),
    bytesPerTask: 0,
    residentBytesPerTask: 0,
    milliseconds: 0,
    cpuMilliseconds: 0,
  };
}

/** Events per second of `program`, after `warmUp` was run over and over. */
export async function measureSpeed(
  program: Program,
  size: Size,
  warmUp: Size,
  warmUpEvents: number = WARM_UP_EVENTS,
): Promise<Measurement> {
  // Collected before the warm-up and not after it: a full collection takes the dead loops of the
  // warm-up out of the code that was compiled for them, and with them the code.
  collect();
  for (let events = 0; events < warmUpEvents; events += warmUp.events) {
    await program(warmUp, nothing);
  }
  let first: Check | undefined;
  let events = 0;
  const begun = instant();
  let took = since(begun);
  while (took.wallMs < LEAST_MS) {
    const check = await program(size, nothing);
    took = since(begun);
    events += check.events;
    first ??= check;
    if (!sameCheck(first, check)) {
      throw new Error(`Two runs differ: ${JSON.stringify(first)} and ${JSON.stringify(check)}`);
    }
  }
  return {
    check: first as Check,
    ...rates(events, took),
    peakBytes: peakBytes(),
    bytesPerTask: 0,
    residentBytesPerTask: 0,
    milliseconds: 0,
    cpuMilliseconds: 0,
  };
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
    check,
    ...rates(check.events, since(begun)),
    peakBytes: peakBytes(),
    bytesPerTask: (during.heapBytes - before.heapBytes) / size.tasks,
    residentBytesPerTask: (during.residentBytes - before.residentBytes) / size.tasks,
    milliseconds: 0,
    cpuMilliseconds: 0,
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
    check,
    ...rates(check.events, since(begun)),
    peakBytes: peakBytes(),
    bytesPerTask: 0,
    residentBytesPerTask: 0,
    milliseconds: median(turns.map(({ wallMs }) => wallMs)),
    cpuMilliseconds: turns.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / turns.length,
  };
}
