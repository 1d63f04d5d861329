import type { Jitter } from "@tickless/core";
import type { Choice } from "../choices.ts";
import type { FailureReason } from "../failure.ts";
import type { Shrunk } from "../shrunk.ts";

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
  /** Where in the program it was made: `at transfer (bank.ts:8:11)`; empty if its stack does not tell. */
  readonly place: string;
  /** With its stack, as Node.js shows it. */
  readonly stack: string;
}

/**
 * What a failing schedule was shrunk to, as far as it can be told across threads.
 *
 * @category Exploring
 */
export interface CampaignShrunk extends Omit<Shrunk, "error" | "choices" | "text"> {
  /** What the shrunk schedule throws. */
  readonly error: ErrorFacts;
  /** How many choices it has. */
  readonly choices: number;
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
  /**
   * The simplest schedule that fails in the same way; null: none was looked for, or none was found, which
   * `text` explains.
   */
  readonly shrunk: CampaignShrunk | null;
  /** What failed, where, and what it was shrunk to, for people. How long that took stands here alone. */
  readonly text: string;
}

/** A failure as a part of a campaign has it: with all that it takes to shrink it. */
export interface PartFailure extends Omit<CampaignFailure, "shrunk" | "text"> {
  readonly choices: readonly Choice[];
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
  /** Number of the schedule that is run first, to learn from it. Default: 0, unless that never ends. */
  readonly profile?: number;
}

/** What came of them. */
export interface PartResult {
  readonly schedules: number;
  readonly complete: boolean;
  readonly choices: number;
  readonly tasks: number;
  readonly failure: PartFailure | null;
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
  readonly jitter: Jitter | undefined;
}
