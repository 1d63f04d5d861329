import { getRunningLoop, type Loop, UsageError } from "@tickless/core";
import { badRange, badType, checkNames } from "@tickless/core/kit";
import { beginning } from "./beginning.ts";
import { exchanges } from "./exchanges.ts";
import { World } from "./world.ts";

/**
 * Options of `virtualize`.
 *
 * @category Running
 */
export interface VirtualizeOptions {
  /**
   * The date at the start of the run: a Date, milliseconds since 1970, or a text that `Date` reads.
   * Default: 2000-01-01T00:00:00.000Z, so that runs repeat.
   */
  readonly startDate?: Date | number | string | undefined;
}

/** 2000-01-01T00:00:00.000Z */
const DEFAULT_START_MS = 946_684_800_000;

function startOf(startDate: unknown): number {
  if (startDate === undefined) return DEFAULT_START_MS;
  const isDate = Object.prototype.toString.call(startDate) === "[object Date]";
  if (!isDate && typeof startDate !== "number" && typeof startDate !== "string") {
    throw badType("startDate", "a Date, a number of ms or a text", startDate);
  }
  const ms = new Date(startDate as Date | number | string).getTime();
  if (Number.isNaN(ms)) {
    throw badRange("startDate", "a date", startDate, 'For example `"2026-01-31T12:00:00Z"`.');
  }
  return ms;
}

function enterWorld(loop: Loop, startMs: number): void {
  const world = World.of(loop);
  if (!world.virtual) world.virtualize(startMs, exchanges());
  else if (world.startMs !== startMs) {
    throw new UsageError(
      "ERR_TWO_WORLDS",
      "This run is virtualized already, with another date at its start. Virtualize main, once.",
      { time: loop.now },
    );
  }
}

/**
 * Makes a main, or the body of a task, in whose run timers, dates and clocks of the host follow virtual
 * time: `setTimeout`, `Date`, `performance.now` and all others that the docs list, for all code of the
 * run, also for libraries that know nothing of Tickless. Code outside the run keeps the real ones.
 *
 * ```ts
 * import { run } from "@tickless/core";
 * import { virtualize } from "@tickless/ambient";
 *
 * const main = virtualize(async () => {
 *   const start = Date.now();
 *   await new Promise((resolve) => setTimeout(resolve, 86_400_000));
 *   console.log(Date.now() - start); // => 86400000
 * });
 * await run(main);
 * ```
 *
 * @typeParam F what `main` is: an async or a generator function
 * @returns a function of the kind of `main`, with its arguments and its result
 * @category Running
 */
export function virtualize<F extends (...args: never[]) => unknown>(
  main: F,
  options: VirtualizeOptions = {},
): F {
  if (typeof main !== "function") {
    throw badType("main", "a function", main, "`run(virtualize(async () => { … }))`.");
  }
  checkNames(options, ["startDate"]);
  const startMs = startOf(options.startDate);
  return beginning(main, () => enterWorld(getRunningLoop(), startMs));
}
