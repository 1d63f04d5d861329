import type { RunResult, SimulateOptions } from "@tickless/core";
import { badRange, badType, checkInteger, checkNames, optionNames } from "@tickless/core/kit";
import { strategies } from "./strategies/index.ts";
import type { Strategy } from "./strategy.ts";

/**
 * Options of `explore`: those of a campaign, and those of each of its runs.
 *
 * @category Exploring
 */
export interface ExploreOptions<T = unknown> extends Omit<SimulateOptions, "policy"> {
  /**
   * Most schedules; of a program without any choice there is one. Default: 1,000; for `exhaustive`:
   * 100,000.
   */
  readonly schedules?: number | undefined;
  /** Most real time, in ms; the schedule in progress is finished, and a failure is shrunk. Default: no limit. */
  readonly wallTimeMs?: number | undefined;
  /** How to search: the name of a strategy, or one of your own. Default: `portfolio`. */
  readonly strategy?: string | Strategy | undefined;
  /** What the strategy bounds: switches, delays, depth; see there. Default: the strategy's. */
  readonly bound?: number | undefined;
  /**
   * `declared`: exhaustive search leaves out schedules that differ only in the order of steps that touch no
   * declared object in common: objects of @tickless/sync, `shared(name, value)`, tasks and futures, random
   * streams. What tasks share without declaring it, plain variables, it does not see: bugs in those are
   * missed. Default: none are left out.
   */
  readonly reduce?: "declared" | undefined;
  /** Whether the first failure ends the campaign. Default: true. */
  readonly stopAtFirst?: boolean | undefined;
  /**
   * Most replays to shrink the first failure with; once they have taken 500,000 steps, 20 are the most.
   * 0: it is left as it was found. Default: 1,000.
   */
  readonly shrinkReplays?: number | undefined;
  /**
   * Names of conditions of `sometimes` that have to be true in at least one schedule, also if no schedule
   * comes to the call. Default: none; of those that are called, all have to.
   */
  readonly sometimes?: readonly string[] | undefined;
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
  readonly reduce: boolean;
  readonly stopAtFirst: boolean;
  readonly shrinkReplays: number;
  readonly sometimes: readonly string[];
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
  "reduce",
  "stopAtFirst",
  "shrinkReplays",
  "sometimes",
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

/** Checks the names of conditions that are to be reached. */
export function checkSometimes(names: unknown = []): readonly string[] {
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  throw badType("sometimes", "a list of names", names, 'Write `sometimes: ["the queue is full"]`.');
}

/** Checks all options that are the campaign's; those of the runs are checked by each run. */
export function checkExploreOptions<T>(options: ExploreOptions<T>): ExploreSettings<T> {
  checkNames(options, [...OWN, ...optionNames]);
  const { schedules, wallTimeMs, strategy, bound, reduce, stopAtFirst, ...others } = options;
  const { shrinkReplays, sometimes, outcome, check, ...run } = others;
  if ("policy" in run && run.policy !== undefined) {
    throw badType("policy", "absent", run.policy, "A campaign has a `strategy`.");
  }
  isFunction("outcome", outcome);
  isFunction("check", check);
  if (stopAtFirst !== undefined && typeof stopAtFirst !== "boolean") {
    throw badType("stopAtFirst", "a boolean", stopAtFirst);
  }
  if (reduce !== undefined && reduce !== "declared") {
    throw badRange("reduce", "`declared`", reduce);
  }
  const chosen = strategyOf(strategy ?? (reduce && "exhaustive"));
  if (reduce !== undefined && (chosen.name !== "exhaustive" || bound !== undefined)) {
    throw badRange("reduce", "used with strategy `exhaustive` and without a bound", reduce);
  }
  const most = schedules ?? (chosen.name === "exhaustive" ? 100_000 : 1000);
  return {
    schedules: checkInteger("schedules", most, 1, true),
    wallTimeMs: checkInteger("wallTimeMs", wallTimeMs ?? Infinity, 1, true),
    strategy: chosen,
    bound: bound === undefined ? undefined : checkInteger("bound", bound, 0),
    reduce: reduce !== undefined,
    stopAtFirst: stopAtFirst ?? true,
    shrinkReplays: checkInteger("shrinkReplays", shrinkReplays ?? DEFAULT_REPLAYS, 0, true),
    sometimes: checkSometimes(sometimes),
    outcome,
    check,
    run,
  };
}
