import type { Measurement } from "./measure.ts";
import { type Check, sameCheck, type Size } from "./program.ts";
import type { Kind, Variant, Workload } from "./workload.ts";

/** Which program of a pair. */
type Side = "engine" | "bare";

/** One measurement to be made in a process of its own. */
export interface Order {
  readonly workload: string;
  readonly kind: Kind;
  readonly side: Side;
  readonly size: Size;
  /** A single cold run, for its check values. */
  readonly quick: boolean;
}

/** Carries out an order. */
export type Measure = (order: Order) => Promise<Measurement>;

/** What one side did in all pairs. */
interface SideResult {
  /** Median. */
  readonly eventsPerSecond: number;
  readonly everyEventsPerSecond: readonly number[];
  /** Median. */
  readonly eventsPerCpuSecond: number;
  /** Largest. */
  readonly peakBytes: number;
  /** Median. */
  readonly bytesPerTask: number;
  /** Median. */
  readonly residentBytesPerTask: number;
}

/** The engine and the bare loop compared, on one workload of one size with one kind of task. */
export interface Comparison {
  readonly workload: string;
  readonly measures: Workload["measures"];
  readonly kind: Kind;
  readonly size: Size;
  readonly check: Check;
  readonly engine: SideResult;
  readonly bare: SideResult;
  /** Median over the pairs of the engine's events/s divided by the bare loop's. */
  readonly ratio: number;
  readonly everyRatio: readonly number[];
  /** As `ratio`, by processor time. */
  readonly cpuRatio: number;
  readonly target: number;
  readonly mostPeakBytes: number | undefined;
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

function summary(measurements: readonly Measurement[]): SideResult {
  const every = (of: keyof Omit<Measurement, "check">): number[] =>
    measurements.map((measurement) => measurement[of]);
  return {
    eventsPerSecond: median(every("eventsPerSecond")),
    everyEventsPerSecond: every("eventsPerSecond"),
    eventsPerCpuSecond: median(every("eventsPerCpuSecond")),
    peakBytes: Math.max(...every("peakBytes")),
    bytesPerTask: median(every("bytesPerTask")),
    residentBytesPerTask: median(every("residentBytesPerTask")),
  };
}

/** The check values that all of `measurements` share; throws where one differs. */
function agreed(where: string, measurements: readonly Measurement[]): Check {
  const [first, ...others] = measurements.map(({ check }) => check);
  if (first === undefined) throw new RangeError("Expected at least one measurement");
  for (const other of others) {
    if (sameCheck(first, other)) continue;
    throw new Error(
      `${where}: the check values differ, so the programs did not do the same: ` +
        `${JSON.stringify(first)} and ${JSON.stringify(other)}`,
    );
  }
  return first;
}

/** The engine's speed as a part of the bare loop's, pair by pair. */
function ratios(
  speed: "eventsPerSecond" | "eventsPerCpuSecond",
  engine: readonly Measurement[],
  bare: readonly Measurement[],
): number[] {
  return engine.map((one, i) => one[speed] / (bare[i]?.[speed] ?? NaN));
}

/** What is compared. */
export interface Case {
  readonly workload: Workload;
  readonly kind: Kind;
  readonly variant: Variant;
  readonly size: Size;
}

/**
 * Measures engine and bare loop in turn, `pairs` times, and compares their check values every time.
 *
 * @throws Error if check values differ or are wrong
 */
export async function compare(
  { workload, kind, variant, size }: Case,
  { pairs, quick }: { readonly pairs: number; readonly quick: boolean },
  measure: Measure,
): Promise<Comparison> {
  const found: Record<Side, Measurement[]> = { engine: [], bare: [] };
  for (let pair = 0; pair < pairs; pair++) {
    // Who goes first alternates, so that a machine that slows down favours neither.
    const sides: readonly Side[] = pair % 2 === 0 ? ["engine", "bare"] : ["bare", "engine"];
    for (const side of sides) {
      found[side].push(await measure({ workload: workload.id, kind, side, size, quick }));
    }
  }
  const { engine, bare } = found;
  const check = agreed(`${workload.id} ${kind}`, [...engine, ...bare]);
  workload.verify?.(check, size);
  const everyRatio = ratios("eventsPerSecond", engine, bare);
  return {
    workload: workload.id,
    measures: workload.measures,
    kind,
    size,
    check,
    engine: summary(engine),
    bare: summary(bare),
    ratio: median(everyRatio),
    everyRatio,
    cpuRatio: median(ratios("eventsPerCpuSecond", engine, bare)),
    target: variant.target,
    mostPeakBytes: variant.mostPeakBytes,
  };
}
