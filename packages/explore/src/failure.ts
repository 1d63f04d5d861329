import type { RunResult, SimulateOptions, StopReason } from "@tickless/core";
import type { Shrunk } from "./shrunk.ts";
import { reproLineOf } from "@tickless/trace";
import type { Choice, Choices } from "./choices.ts";

/**
 * Why a schedule counts as failed: why its run did (`error`, `deadlock`, `limit`), or `check`: the
 * campaign's own check threw. `sometimes`: what is to be reached was reached in none; then it is all
 * schedules that failed, and `schedule` is -1.
 *
 * @category Exploring
 */
export type FailureReason =
  | Exclude<StopReason, "done" | "until" | "exhausted" | "stopped">
  | "check"
  | "sometimes";

/**
 * A schedule that failed.
 *
 * @category Exploring
 */
export interface Failure {
  /** What was thrown: the program's own error object, a DeadlockError, a LimitError. */
  readonly error: unknown;
  /** Why it counts as failed. */
  readonly reason: FailureReason;
  /** Name of the strategy that found it. */
  readonly strategy: string;
  /** Number of the schedule, from 0. */
  readonly schedule: number;
  /** Its choices: what it takes to run it again. */
  readonly choices: readonly Choice[];
  /** Pasted into `replay` with the same program, it fails in the same way; empty for `sometimes`. */
  readonly reproLine: string;
  /**
   * The simplest schedule that fails in the same way. null: none was looked for, or the schedule came to
   * something else when it was run again, so the program takes something from outside the run.
   */
  readonly shrunk: Shrunk | null;
}

/** What failed in a run; null if nothing did. `check` throws for a result that is not wanted. */
export function failureOf<T>(
  result: RunResult<T>,
  check: ((result: RunResult<T>) => void) | undefined,
): Pick<Failure, "error" | "reason"> | null {
  const { reason, outcome } = result;
  if (reason === "error" || reason === "deadlock" || reason === "limit") {
    return { reason, error: outcome?.status === "rejected" ? outcome.reason : undefined };
  }
  try {
    check?.(result);
  } catch (error) {
    return { reason: "check", error };
  }
  return null;
}

/** The line that repeats a schedule with these choices. */
export function lineOf(options: SimulateOptions, choices: Choices | readonly Choice[]): string {
  return reproLineOf(options, choices);
}
