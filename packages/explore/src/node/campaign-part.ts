import type { FailureReason } from "../failure.ts";

/**
 * Why a schedule failed: as in a campaign of one process; or `stuck`: one of its steps did not end, and
 * was ended; or `died`: it took its worker with it (`process.exit`, an exception of real code).
 *
 * @category Exploring
 */
export type CampaignFailureReason = FailureReason | "stuck" | "died";

/**
 * What was thrown, as far as it can be told across threads.
 *
 * @category Exploring
 */
export interface ErrorFacts {
  /** Its class. */
  readonly name: string;
  /** Its code; null if it has none. */
  readonly code: string | null;
  /** Its message. */
  readonly message: string;
  /** In one line: the same for equal failures. */
  readonly text: string;
  /** With its stack, as Node.js shows it. */
  readonly stack: string;
}

/**
 * A schedule that failed.
 *
 * @category Exploring
 */
export interface CampaignFailure {
  /** Why it counts as failed. */
  readonly reason: CampaignFailureReason;
  /** What was thrown. */
  readonly error: ErrorFacts;
  /** The seed under which it was run. */
  readonly seed: string;
  /** Name of the strategy. */
  readonly strategy: string;
  /** Its number under this seed and strategy, from 0; -1 if it is all of them (`sometimes`). */
  readonly schedule: number;
  /** Of `stuck` and `died`: path of the task whose step it was; else null. */
  readonly task: string | null;
  /** Of `stuck` and `died`: the virtual time of that step; else null. */
  readonly now: number | null;
  /** Pasted into `tickless replay` with the program, it fails in the same way; empty where there is none. */
  readonly reproLine: string;
}

/** One of the distinct results, of a part or of the whole. */
export interface PartOutcome {
  /** The result, or what was thrown, in one line. */
  readonly text: string;
  /** How such schedules end. */
  readonly kind: "returned" | CampaignFailureReason;
  /** How many schedules ended like this. */
  readonly count: number;
  /** Number of the first of them. */
  readonly first: number;
  /** By which the shortest is chosen: choices that are not first in, first out, and choices in all. */
  readonly turns: number;
  readonly length: number;
  readonly reproLine: string;
}

/** Schedules `from` to `to` - 1 under one seed and one strategy. */
export interface Chunk {
  /** Which of the campaign's chunks it is, from 0. */
  readonly number: number;
  readonly seed: string;
  readonly strategy: string;
  readonly from: number;
  readonly to: number;
}

/** What came of them. */
export interface PartResult {
  readonly schedules: number;
  readonly complete: boolean;
  readonly choices: number;
  readonly tasks: number;
  readonly failure: CampaignFailure | null;
  readonly outcomes: readonly PartOutcome[];
  readonly sometimes: Readonly<Record<string, number>>;
}

/** What of the options a worker has to know. */
export interface PartSettings {
  readonly bound: number | undefined;
  readonly reduce: "declared" | undefined;
  readonly stopAtFirst: boolean;
  readonly sometimes: readonly string[];
  readonly handOvers: boolean;
  readonly args: readonly string[];
  readonly until: number | undefined;
  readonly timeUnit: "ms" | "s" | "min" | "h" | "none" | undefined;
  readonly maxSteps: number | undefined;
}
