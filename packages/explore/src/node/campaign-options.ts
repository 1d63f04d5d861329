import { availableParallelism } from "node:os";
import type { Jitter, TimeUnit } from "@tickless/core";
import { badRange, badType, checkInteger, checkNames } from "@tickless/core/kit";
import { checkExploreOptions, checkSometimes, DEFAULT_REPLAYS } from "../options.ts";
import type { Strategy } from "../strategy.ts";
import type { PartSettings } from "./campaign-part.ts";

/**
 * How far a campaign has come.
 *
 * @category Exploring
 */
export interface CampaignProgress {
  /** Schedules that were run so far. */
  readonly schedules: number;
  /** Schedules in all, of this shard; Infinity if there is no limit. */
  readonly of: number;
  /** Whether one has failed. */
  readonly failed: boolean;
  /** Replays that the shrinking of the failure has taken so far; null: it has not begun. */
  readonly replays: number | null;
}

/**
 * Options of `campaign`.
 *
 * @category Exploring
 */
export interface CampaignOptions {
  /** Most schedules for each seed and strategy; without any choice it is one. Default: 1,000; for `exhaustive`: 100,000. */
  readonly schedules?: number | undefined;
  /** How to search: names of strategies. Default: `portfolio`. */
  readonly strategy?: string | readonly string[] | undefined;
  /** Root of all random numbers, of the search and of the program. Several: a search for each. Default: 0. */
  readonly seed?: string | number | readonly (string | number)[] | undefined;
  /** What the strategies bound. Default: each strategy's. */
  readonly bound?: number | undefined;
  /** As in `explore`. */
  readonly reduce?: "declared" | undefined;
  /** Whether the first failure ends the campaign. Default: true. */
  readonly stopAtFirst?: boolean | undefined;
  /** How late timers may be (rule S10.16). Default: not at all. */
  readonly jitter?: Jitter | undefined;
  /**
   * Most replays to shrink the failure with; once they have taken 500,000 steps, 20 are the most. 0: it is left
   * as it was found. `wallTimeMs` is for the search alone. Default: 1,000.
   */
  readonly shrinkReplays?: number | undefined;
  /** Names of conditions of `sometimes` that have to be true in some schedule, also if none comes to the call. */
  readonly sometimes?: readonly string[] | undefined;
  /** How many workers; what is found does not depend on it. Default: one for each core. */
  readonly workers?: number | undefined;
  /** Which part of the campaign to run, `2/3`: all parts together are the whole. Default: `1/1`. */
  readonly shard?: string | undefined;
  /** Most real time, in ms, from the first schedule on; those in progress are finished. Default: no limit. */
  readonly wallTimeMs?: number | undefined;
  /** Real time, in ms, after which a step that has not ended counts as one that never does. Default: 10,000. */
  readonly stepTimeMs?: number | undefined;
  /** Whether the program's awaits are hand-overs (rule S10.10). Default: true. */
  readonly handOvers?: boolean | undefined;
  /** What main gets as `args`. Default: none. */
  readonly args?: readonly string[] | undefined;
  /** Virtual time at which each run ends. Default: with main. */
  readonly until?: number | undefined;
  /** What a time unit is called. Default: `ms`. */
  readonly timeUnit?: TimeUnit | undefined;
  /** Most steps of a run; then it has failed. Default: as `simulate` has it. */
  readonly maxSteps?: number | undefined;
  /** Ends the campaign early and keeps what was found. */
  readonly signal?: AbortSignal | undefined;
  /** Called several times a second. */
  readonly onProgress?: ((progress: CampaignProgress) => void) | undefined;
  /** URL of a module that exports `load(path, { handOvers })`, which answers main. Default: `import`. */
  readonly loader?: string | undefined;
}

/** One search: a seed and a strategy. */
interface SearchPlan {
  readonly seed: string;
  readonly strategy: Strategy;
  readonly schedules: number;
}

/** Checked options with their defaults. */
export interface CampaignSettings {
  readonly searches: readonly SearchPlan[];
  readonly shard: { readonly index: number; readonly count: number };
  readonly workers: number;
  readonly wallTimeMs: number;
  readonly stepTimeMs: number;
  readonly shrinkReplays: number;
  readonly part: PartSettings;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: CampaignProgress) => void) | undefined;
  readonly loader: string;
}

const NAMES = [
  "schedules",
  "strategy",
  "seed",
  "bound",
  "reduce",
  "stopAtFirst",
  "jitter",
  "shrinkReplays",
  "sometimes",
  "workers",
  "shard",
  "wallTimeMs",
  "stepTimeMs",
  "handOvers",
  "args",
  "until",
  "timeUnit",
  "maxSteps",
  "signal",
  "onProgress",
  "loader",
] as const;

const DEFAULT_STEP_TIME_MS = 10_000;

function shardOf(text: unknown): CampaignSettings["shard"] {
  const found = typeof text === "string" ? /^([1-9]\d*)\/([1-9]\d*)$/.exec(text) : null;
  const [index, count] = [Number(found?.[1]), Number(found?.[2])];
  if (found !== null && index <= count && Number.isSafeInteger(count)) return { index, count };
  throw badRange("shard", "a part and the number of parts, such as `2/3`", text);
}

function flag(name: string, value: unknown, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  if (typeof value !== "boolean") throw badType(name, "a boolean", value);
  return value;
}

function textsOf(args: unknown): readonly string[] {
  if (Array.isArray(args) && args.every((one) => typeof one === "string")) return args;
  throw badType("args", "a list of texts", args);
}

function listOf<T>(name: string, given: T | readonly T[] | undefined, otherwise: T): readonly T[] {
  const list = given === undefined ? [otherwise] : ([given].flat() as T[]);
  if (list.length === 0) throw badRange(name, "at least one", given);
  return list;
}

/** Checks all options; those of the runs are checked by each run. */
export function checkCampaignOptions(options: CampaignOptions): CampaignSettings {
  checkNames(options, NAMES);
  const { schedules, bound, reduce, until, timeUnit, maxSteps, signal, onProgress } = options;
  const { jitter, shrinkReplays } = options;
  const stopAtFirst = flag("stopAtFirst", options.stopAtFirst, true);
  const strategies = listOf<string | undefined>("strategy", options.strategy, undefined);
  const searches = listOf<string | number>("seed", options.seed, "0").flatMap((seed) =>
    strategies.map((strategy) => {
      const checked = checkExploreOptions({
        seed,
        strategy,
        schedules,
        bound,
        reduce,
        shrinkReplays,
      });
      return { seed: String(seed), strategy: checked.strategy, schedules: checked.schedules };
    }),
  );
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw badType("onProgress", "a function", onProgress);
  }
  const handOvers = flag("handOvers", options.handOvers, true);
  return {
    searches,
    shard: shardOf(options.shard ?? "1/1"),
    workers: checkInteger("workers", options.workers ?? availableParallelism(), 1),
    wallTimeMs: checkInteger("wallTimeMs", options.wallTimeMs ?? Infinity, 1, true),
    stepTimeMs: checkInteger("stepTimeMs", options.stepTimeMs ?? DEFAULT_STEP_TIME_MS, 1),
    shrinkReplays: shrinkReplays ?? DEFAULT_REPLAYS,
    part: {
      bound,
      reduce,
      stopAtFirst,
      sometimes: checkSometimes(options.sometimes),
      handOvers,
      until,
      timeUnit,
      maxSteps,
      jitter,
      args: textsOf(options.args ?? []),
    },
    signal,
    onProgress,
    loader: options.loader ?? import.meta.url.replace(/campaign-options(\.\w+)$/, "load-program$1"),
  };
}
