import type { VirtualizeOptions } from "@tickless/ambient";
import type { Jitter, TimeUnit } from "@tickless/core";
import { badRange, badType, checkInteger, checkNames } from "@tickless/core/kit";
import { type Strategy, strategies } from "@tickless/explore";
import { environment } from "./environment.ts";

/**
 * Options of `simTest`.
 *
 * @category Testing
 */
export interface SimTestOptions {
  /** Most schedules. Default: 100. `TICKLESS_SCHEDULES` comes before both. */
  readonly schedules?: number | undefined;
  /** How to search: the name of a strategy, or one of your own. Default: `portfolio`. */
  readonly strategy?: string | Strategy | undefined;
  /** What the strategy bounds; see there. Default: the strategy's. */
  readonly bound?: number | undefined;
  /** Names of conditions of `sometimes` that have to be true in some schedule, also if none comes to the call. */
  readonly sometimes?: readonly string[] | undefined;
  /** Timers may be late by so much, as the strategy chooses: `{ upTo: 5 }`. Default: none is late. */
  readonly jitter?: Jitter | undefined;
  /** Root of the program's random streams and of the search. Default: `"0"`. `TICKLESS_SEED` comes before both. */
  readonly seed?: string | number | undefined;
  /**
   * Where the trace of the run that failed is written: a folder, relative to the working directory; false:
   * nowhere. Default: `.tickless`, which belongs into .gitignore.
   */
  readonly record?: boolean | string | undefined;
  /**
   * Whether timers, dates and chance of the host are those of the run, as `virtualize` makes them; its
   * options, too. Default: true.
   */
  readonly ambient?: boolean | VirtualizeOptions | undefined;
  /** Most virtual time that a run may take, in its time unit. Default: no limit. */
  readonly timeout?: number | undefined;
  /**
   * Most real time of the whole test, in ms, also as Vitest's own time-out. It is no part of the
   * search: a test that needs more fails. Default: 60,000.
   */
  readonly realTimeoutMs?: number | undefined;
  /** Most steps of a run, so that one that never ends is told with its schedule. Default: 1,000,000. */
  readonly maxSteps?: number | undefined;
  /** Label of the time unit. Default: `"ms"`. */
  readonly timeUnit?: TimeUnit | undefined;
  /** Whether it runs beside other concurrent tests, as in Vitest. Default: what its `describe` says. */
  readonly concurrent?: boolean | undefined;
  /** How often Vitest tries again. Default: Vitest's. */
  readonly retry?: number | undefined;
}

/** Options of `simTest.prop`. */
export interface PropertyOptions extends SimTestOptions {
  /** Most schedules of each input. Default: 20. `TICKLESS_SCHEDULES` comes before both. */
  readonly schedules?: number | undefined;
  /** How many inputs are tried. Default: what `fc.configureGlobal` says, else 100. The seed is that of the test. */
  readonly numRuns?: number | undefined;
  /** What the test is called, where no name stands before the arbitraries. Default: the name of the function. */
  readonly name?: string | undefined;
}

/** Checked options with their defaults. */
export interface Settings {
  readonly schedules: number;
  readonly strategy: string | Strategy | undefined;
  readonly bound: number | undefined;
  readonly sometimes: readonly string[];
  readonly jitter: Jitter | undefined;
  readonly seed: string;
  /** null: traces are not written. */
  readonly folder: string | null;
  /** null: the host's own timers and dates. */
  readonly ambient: VirtualizeOptions | null;
  readonly timeout: number;
  readonly realTimeoutMs: number;
  readonly maxSteps: number;
  readonly timeUnit: TimeUnit;
  /** Undefined: as fast-check is configured. */
  readonly numRuns: number | undefined;
}

const NAMES = [
  "schedules",
  "strategy",
  "bound",
  "sometimes",
  "jitter",
  "seed",
  "record",
  "ambient",
  "timeout",
  "realTimeoutMs",
  "maxSteps",
  "timeUnit",
  "concurrent",
  "retry",
] as const;

const DEFAULT_FOLDER = ".tickless";

function schedulesOf(options: SimTestOptions, otherwise: number): number {
  const wish = environment("TICKLESS_SCHEDULES");
  if (wish === undefined) return checkInteger("schedules", options.schedules ?? otherwise, 1);
  const count = Number(wish);
  if (Number.isInteger(count) && count >= 1) return count;
  throw badRange("TICKLESS_SCHEDULES", "a number of schedules, an integer ≥ 1", wish);
}

function seedOf({ seed = "0" }: SimTestOptions): string {
  const wish = environment("TICKLESS_SEED");
  if (wish !== undefined) return wish;
  if (typeof seed === "string" || Number.isFinite(seed)) return String(seed);
  throw badType("seed", "a string or a finite number", seed);
}

function folderOf({ record = true }: SimTestOptions): string | null {
  if (record === true) return DEFAULT_FOLDER;
  if (record === false) return null;
  if (typeof record === "string" && record !== "") return record;
  throw badType("record", "true, false or the path of a folder", record);
}

function ambientOf({ ambient = true }: SimTestOptions): VirtualizeOptions | null {
  if (typeof ambient === "boolean") return ambient ? {} : null;
  if (typeof ambient === "object" && ambient !== null) return ambient;
  throw badType("ambient", "true, false or the options of `virtualize`", ambient);
}

function sometimesOf({ sometimes = [] }: SimTestOptions): readonly string[] {
  const names: unknown = sometimes;
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  throw badType("sometimes", "a list of names", names);
}

function timeoutOf({ timeout = Infinity }: SimTestOptions): number {
  if (typeof timeout !== "number") throw badType("timeout", "a number of virtual time", timeout);
  if (!(timeout > 0)) throw badRange("timeout", "a span of virtual time > 0", timeout);
  return timeout;
}

function checkStrategy(strategy: unknown): void {
  if (strategy === undefined || typeof strategy === "object") return;
  const names = strategies.map(({ name }) => name);
  if (names.includes(strategy as string)) return;
  throw badRange("strategy", `one of ${names.join(", ")}, or a strategy`, strategy);
}

/** Checks all options when the test is declared, so that a mistake is told there. */
export function checkSimOptions(options: PropertyOptions, isProperty: boolean): Settings {
  checkNames(options, isProperty ? [...NAMES, "numRuns", "name"] : NAMES);
  checkStrategy(options.strategy);
  return {
    schedules: schedulesOf(options, isProperty ? 20 : 100),
    strategy: options.strategy,
    bound: options.bound,
    sometimes: sometimesOf(options),
    jitter: options.jitter,
    seed: seedOf(options),
    folder: folderOf(options),
    ambient: ambientOf(options),
    timeout: timeoutOf(options),
    realTimeoutMs: checkInteger("realTimeoutMs", options.realTimeoutMs ?? 60_000, 1),
    maxSteps: checkInteger("maxSteps", options.maxSteps ?? 1_000_000, 1, true),
    timeUnit: options.timeUnit ?? "ms",
    numRuns:
      options.numRuns === undefined ? undefined : checkInteger("numRuns", options.numRuns, 1),
  };
}
