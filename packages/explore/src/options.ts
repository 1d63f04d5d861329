import type { RunResult, SimulateOptions } from "@tickless/core";
import { badRange, badType, checkInteger, checkNames } from "@tickless/core/kit";
import { strategies } from "./strategies/index.ts";
import type { Strategy } from "./strategy.ts";

/**
 * Options of `explore`: those of a campaign, and those of each of its runs.
 *
 * @category Exploring
 */
export interface ExploreOptions<T = unknown> extends Omit<SimulateOptions, "policy"> {
  /** Most schedules. Default: 1,000; for `exhaustive`: 100,000. */
  readonly schedules?: number | undefined;
  /** Most real time, in ms; the schedule in progress is finished. Default: no limit. */
  readonly wallTimeMs?: number | undefined;
  /** How to search: the name of a strategy, or one of your own. Default: `portfolio`. */
  readonly strategy?: string | Strategy | undefined;
  /** What the strategy bounds: switches, delays, depth; see there. Default: the strategy's. */
  readonly bound?: number | undefined;
  /** Whether the first failure ends the campaign. Default: true. */
  readonly stopAtFirst?: boolean | undefined;
  /** Most replays to shrink the first failure with; 0: it is left as it was found. Default: 1,000. */
  readonly shrinkReplays?: number | undefined;
  /** What outcomes are compared by. Default: what main returns, and what was marked (`mark(name, value)`). */
  readonly outcome?: ((result: RunResult<T>) => unknown) | undefined;
  /** Throws if a result is wrong. */
  readonly check?: ((result: RunResult<T>) => void) | undefined;
}

/** Most replays of a shrinking, where no number is given. */
export const DEFAULT_REPLAYS = 1000;

/** Checked options with their defaults. */
export interface ExploreSettings<T> {
  readonly schedules: number;
  readonly wallTimeMs: number;
  readonly strategy: Strategy;
  readonly bound: number | undefined;
  readonly stopAtFirst: boolean;
  readonly shrinkReplays: number;
  readonly outcome: ((result: RunResult<T>) => unknown) | undefined;
  readonly check: ((result: RunResult<T>) => void) | undefined;
  /** What is handed to each run. */
  readonly run: SimulateOptions;
}

const OWN = [
  "schedules",
  "wallTimeMs",
  "strategy",
  "bound",
  "stopAtFirst",
  "shrinkReplays",
  "outcome",
  "check",
] as const;

function strategyOf(wanted: unknown): Strategy {
  if (wanted === undefined) return strategies[0] as Strategy;
  if (typeof wanted === "object" && typeof (wanted as Strategy | null)?.begin === "function") {
    return wanted as Strategy;
  }
  const found = strategies.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const names = strategies.map(({ name }) => name).join(", ");
  throw badRange("strategy", `one of ${names}, or a strategy`, wanted);
}

function isFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") throw badType(name, "a function", value);
}

/** Checks all options that are the campaign's; those of the runs are checked by each run. */
export function checkExploreOptions<T>(options: ExploreOptions<T>): ExploreSettings<T> {
  const { schedules, wallTimeMs, strategy, bound, stopAtFirst, shrinkReplays, ...others } = options;
  const { outcome, check, ...run } = others;
  if ("policy" in run) {
    checkNames({ policy: run.policy }, [...OWN, "seed", "until", "probes"]);
  }
  isFunction("outcome", outcome);
  isFunction("check", check);
  if (stopAtFirst !== undefined && typeof stopAtFirst !== "boolean") {
    throw badType("stopAtFirst", "a boolean", stopAtFirst);
  }
  const chosen = strategyOf(strategy);
  const most = schedules ?? (chosen.name === "exhaustive" ? 100_000 : 1000);
  return {
    schedules: checkInteger("schedules", most, 1, true),
    wallTimeMs: checkInteger("wallTimeMs", wallTimeMs ?? Infinity, 1, true),
    strategy: chosen,
    bound: bound === undefined ? undefined : checkInteger("bound", bound, 0),
    stopAtFirst: stopAtFirst ?? true,
    shrinkReplays: checkInteger("shrinkReplays", shrinkReplays ?? DEFAULT_REPLAYS, 0, true),
    outcome,
    check,
    run,
  };
}
