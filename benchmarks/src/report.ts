import type { Comparison } from "./compare.ts";
import { boundOf, shown, whole } from "./judge.ts";
import type { Spread } from "./spread.ts";
import type { FigureName } from "./workload.ts";

const WIDTHS = [14, 15, 9, 9, 12, 12, 12, 7, 13, 7, 11, 9, 7];
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

/** `0.71..0.80` */
function range(figure: FigureName | "cpuRatio", { least, most }: Spread): string {
  return `${shown(figure, least)}..${shown(figure, most)}`;
}

/** How far the extremes lie from the median: `-3 +12 %`. */
function deviation({ median, least, most }: Spread): string {
  const percent = (value: number): string => ((value / median - 1) * 100).toFixed(0);
  return `${percent(least) === "0" ? "-0" : percent(least)} +${percent(most)} %`;
}

/** What the figures of engine and bare loop are. */
const TITLES: { readonly [M in Comparison["measures"]]: readonly [string, string] } = {
  speed: ["engine/s", "bare/s"],
  memory: ["engine B/task", "bare B/task"],
  time: ["ms", ""],
  size: ["B/event", ""],
};

/** The figure of one side that stands in its column. */
function own(side: Comparison["engine"], { measures, figures }: Comparison): [Spread, string] {
  if (measures === "speed") return [side.eventsPerSecond, whole(side.eventsPerSecond.median)];
  if (measures === "memory") return [side.bytesPerTask, whole(side.bytesPerTask.median)];
  const figure = measures === "time" ? "ms" : "size";
  const value = figures[figure] as Spread;
  return [value, shown(figure, value.median)];
}

/** What other programs on the machine disturb less. */
function byCpu({ measures, engine, figures: { cpuRatio } }: Comparison): string {
  if (measures === "time") return shown("ms", engine.cpuMilliseconds.median);
  return measures === "speed" && cpuRatio !== undefined ? shown("cpuRatio", cpuRatio.median) : "";
}

/** The titles of the columns that `row` fills for a workload that measures this. */
export function header(measures: Comparison["measures"]): string {
  const [engine, bare] = TITLES[measures];
  return line([
    "workload",
    "kind",
    "tasks",
    "events",
    engine,
    "spread",
    bare,
    "ratio",
    "min..max",
    measures === "speed" || measures === "time" ? "by CPU" : "",
    "target",
    "peak RSS",
    "",
  ]);
}

/** One line of the table; a quick run has no verdict, since its times mean nothing. */
export function row(comparison: Comparison, quick: boolean): string {
  const { workload, measures, kind, size, engine, bare, figures, verdicts } = comparison;
  const [spread, value] = own(engine, comparison);
  const ratio = measures === "speed" ? figures.ratio : figures.kept;
  // the growth has a line of its own
  const judged = quick ? [] : verdicts.filter(({ target }) => target.figure !== "growth");
  return line([
    workload,
    kind,
    whole(size.tasks),
    whole(size.events),
    value,
    deviation(spread),
    bare ? own(bare, comparison)[1] : "",
    ratio ? shown("ratio", ratio.median) : "",
    ratio ? range("ratio", ratio) : "",
    byCpu(comparison),
    judged.map(({ target }) => boundOf(target)).join(", "),
    shown("peak", engine.peakBytes.most),
    judged.length === 0 ? "" : judged.every(({ met }) => met) ? "met" : "missed",
  ]);
}

/** How much slower an event is when there are many tasks, for each workload that has such sizes. */
export function growth(comparisons: readonly Comparison[]): string[] {
  return comparisons.flatMap(({ workload, kind, verdicts, bareGrowth }) =>
    verdicts.flatMap(({ target, measured, met }) => {
      if (target.figure !== "growth") return [];
      const bare =
        bareGrowth === undefined ? "" : `; the bare loop: ${bareGrowth.median.toFixed(2)}`;
      return [
        `${workload} ${kind}: with ${whole(target.tasks)} tasks ${measured.median.toFixed(2)} ` +
          `(${range("growth", measured)}) of the events/s with 1,000 ` +
          `(target ${boundOf(target)}, ${met ? "met" : "missed"}${bare})`,
      ];
    }),
  );
}
