import type { Case } from "./compare.ts";
import type { Spread } from "./spread.ts";
import type { FigureName, Target } from "./workload.ts";

/** The figures of a comparison, as far as it has them; `cpuRatio` is `ratio` by processor time. */
export type Figures = { readonly [F in FigureName | "cpuRatio"]?: Spread };

/** Whether a target is met. */
export interface Verdict {
  /** Of what, in words. */
  readonly what: string;
  readonly target: Target;
  readonly measured: Spread;
  readonly met: boolean;
}

/** For these figures, more is better. */
const AT_LEAST: ReadonlySet<FigureName> = new Set(["ratio", "rate", "growth"]);

const NAMES: { readonly [F in FigureName]: string } = {
  ratio: "events/s by those of the bare loop",
  rate: "events/s",
  growth: "events/s by those with 1,000 tasks",
  cost: "processor time an event by that without",
  bytes: "bytes a task",
  peak: "peak resident set",
  kept: "bytes kept by those of live timers alone",
  ms: "milliseconds",
  size: "bytes an event",
};

/** `1234567.8` as `1,234,568`. */
export function whole(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** A value of a figure, with the digits that mean something. */
export function shown(figure: FigureName | "cpuRatio", value: number): string {
  if (figure === "rate" || figure === "bytes") return whole(value);
  if (figure === "ms") return value.toFixed(1);
  if (figure === "peak") return `${whole(value / 1e6)} MB`;
  return value.toFixed(2);
}

/** `≥ 0.50`, `≤ 500`. */
export function boundOf({ figure, bound }: Target): string {
  return `${AT_LEAST.has(figure) ? "≥" : "≤"} ${shown(figure, bound)}`;
}

/** Compares the figures of a case with the targets that hold at its size. */
export function judge({ workload, kind, variant, size }: Case, figures: Figures): Verdict[] {
  return variant.targets.flatMap((target) => {
    const { figure, bound, tasks } = target;
    const measured = figures[figure];
    if (tasks !== size.tasks || measured === undefined) return [];
    const met = AT_LEAST.has(figure) ? measured.median >= bound : measured.median <= bound;
    const what = `${workload.id} ${kind}, ${whole(tasks)} tasks: ${NAMES[figure]}`;
    return [{ what, target, measured, met }];
  });
}

/** Which targets are missed, a line each, and how many are met. */
export function conclusion(verdicts: readonly Verdict[]): string[] {
  const missed = verdicts.filter(({ met }) => !met);
  const lines = missed.map(({ what, target, measured: { median, least, most } }) => {
    const [value, from, to] = [median, least, most].map((one) => shown(target.figure, one));
    return `missed: ${what} ${boundOf(target)}, measured ${value} (${from}..${to})`;
  });
  return [...lines, `${verdicts.length - missed.length} of ${verdicts.length} targets met`];
}
