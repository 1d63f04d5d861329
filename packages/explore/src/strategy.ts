import type { ChoiceKind } from "@tickless/core/kit";
import type { Choices } from "./choices.ts";
import type { Random } from "./random.ts";

/**
 * Takes the choices of one schedule. Tasks go by numbers that mean the same task, by its path, in every
 * schedule of a campaign: small integers ≥ 0. Callbacks of the loop have a number too. A task that waits
 * for several things at once has a number for each: what is called a task here is one strand of it.
 *
 * @category Exploring
 */
export interface SchedulePolicy {
  /**
   * @param count number of options, at least 2
   * @param task number of the task that option `index` would run; for `ready` alone
   * @returns the option taken, an integer in [0, count); 0 is the one that has been ready for longest
   */
  choose(kind: ChoiceKind, count: number, task: (index: number) => number): number;
  /** A step of `task` begins, also one that was no choice because nothing else was ready. */
  stepped?(task: number): void;
  /** The task that runs makes `task`. */
  created?(task: number, parent: number): void;
}

/**
 * What a strategy learns of a schedule that was run.
 *
 * @category Exploring
 */
export interface ScheduleRun {
  /** Its number, from 0. */
  readonly index: number;
  /** Its choices. They are valid until the next schedule begins. */
  readonly choices: Choices;
  /** How many steps each task took, by the task's number. Valid until the next schedule begins. */
  readonly steps: ArrayLike<number>;
  /** The parent of each task, by number; -1 for main. */
  readonly parents: ArrayLike<number>;
  /** How many tasks the campaign has met. */
  readonly tasks: number;
  /** Whether it failed. */
  readonly failed: boolean;
  /** Its outcome in words: the same for equal outcomes. */
  readonly outcome: string;
}

/**
 * A search in progress. It is asked for schedules with ascending numbers, and told of each that was
 * run. Schedule 0 is always the first, in every worker of a campaign: what a search learns that is to
 * be the same for all, it learns from that one.
 *
 * @category Exploring
 */
export interface Search {
  /** The policy of schedule number `index`; null: the whole space has been explored. */
  next(index: number): SchedulePolicy | null;
  /** Schedule `run.index` has ended. */
  finished?(run: ScheduleRun): void;
}

/**
 * What a search begins with.
 *
 * @category Exploring
 */
export interface StrategySetup {
  /** Root of all its random numbers. */
  readonly seed: string;
  /** What the strategy bounds; each says what that is. undefined: its default. */
  readonly bound: number | undefined;
  /** A generator for `purpose`, to be seeded with the number of each schedule. */
  readonly random: (purpose: string) => Random;
}

/**
 * A way to search for schedules: one file each in `strategies/`, entered in its `index.ts`, from where
 * `explore` and the command's help have it.
 *
 * @category Exploring
 */
export interface Strategy {
  /** By which users choose it: `random-walk`. */
  readonly name: string;
  /** What it does and when to use it, in a line for help. */
  readonly summary: string;
  /** True where a schedule depends on all schedules before it, so that one worker must run them all. */
  readonly sequential?: boolean;
  /** Begins a search. */
  begin(setup: StrategySetup): Search;
}
