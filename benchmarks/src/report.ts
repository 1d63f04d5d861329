import type { Comparison } from "./compare.ts";

/** Whether a target is met. */
type Verdict = "met" | "within 2x" | "missed";

const WIDTHS = [8, 15, 9, 9, 12, 12, 6, 6, 8, 9, 9];
const LEFT_COLUMNS = 2;

function line(cells: readonly string[]): string {
  return cells
    .map((cell, i) => {
      const width = WIDTHS[i] ?? 0;
      return i < LEFT_COLUMNS ? cell.padEnd(width) : cell.padStart(width);
    })
    .join(" ")
    .trimEnd();
}

/** `1234567.8` as `1,234,568`. */
function whole(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

function megabytes(bytes: number): string {
  return `${whole(bytes / 1e6)} MB`;
}

/** The titles of the columns that `row` fills for a workload that measures this. */
export function header(measures: Comparison["measures"]): string {
  const [figure, target] = measures === "speed" ? ["/s", "target"] : [" B/task", "at most"];
  return line([
    "workload",
    "kind",
    "tasks",
    "events",
    `engine${figure}`,
    `bare${figure}`,
    "ratio",
    measures === "speed" ? "by CPU" : "",
    target,
    "peak RSS",
    "",
  ]);
}

/** Compares what was measured with the target. A peak over its limit is a miss, whatever the mean. */
function verdictOf({ measures, ratio, target, engine, mostPeakBytes }: Comparison): Verdict {
  const reached = measures === "speed" ? ratio / target : target / engine.bytesPerTask;
  if (engine.peakBytes > (mostPeakBytes ?? Infinity)) return "missed";
  if (reached >= 1) return "met";
  return reached >= 0.5 ? "within 2x" : "missed";
}

/** One line of the table; a quick run has no verdict, since its times mean nothing. */
export function row(comparison: Comparison, quick: boolean): string {
  const { workload, measures, kind, size, engine, bare, ratio, cpuRatio, target } = comparison;
  const speed = measures === "speed";
  return line([
    workload,
    kind,
    whole(size.tasks),
    whole(size.events),
    whole(speed ? engine.eventsPerSecond : engine.bytesPerTask),
    whole(speed ? bare.eventsPerSecond : bare.bytesPerTask),
    (speed ? ratio : engine.bytesPerTask / bare.bytesPerTask).toFixed(2),
    speed ? cpuRatio.toFixed(2) : "",
    speed ? target.toFixed(2) : whole(target),
    megabytes(engine.peakBytes),
    quick ? "" : verdictOf(comparison),
  ]);
}

const FEW = 1_000;
const MANY = 100_000;
const LEAST_GROWTH = 0.4;

/** How much slower an event is when there are many tasks, for each workload that has both sizes. */
export function growth(comparisons: readonly Comparison[]): string[] {
  const speeds = comparisons.filter(({ measures }) => measures === "speed");
  return speeds.flatMap((many) => {
    if (many.size.tasks !== MANY) return [];
    const few = speeds.find(
      ({ workload, kind, size }) =>
        workload === many.workload && kind === many.kind && size.tasks === FEW,
    );
    if (few === undefined) return [];
    const part = many.engine.eventsPerSecond / few.engine.eventsPerSecond;
    const verdict = part >= LEAST_GROWTH ? "met" : "missed";
    return [
      `${many.workload} ${many.kind}: with ${whole(MANY)} tasks ${part.toFixed(2)} of the events/s ` +
        `with ${whole(FEW)} (target ${LEAST_GROWTH}, ${verdict})`,
    ];
  });
}
