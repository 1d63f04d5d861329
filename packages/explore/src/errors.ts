import {
  type DeadlockError,
  isTicklessError,
  TicklessError,
  type ErrorContext,
} from "@tickless/core";

/**
 * What `always` says did not hold.
 *
 * @category Exploring
 */
export class InvariantError extends TicklessError {
  /** Name of the invariant. */
  readonly invariant: string;

  constructor(message: string, invariant: string, context?: ErrorContext) {
    super("ERR_INVARIANT", message, context);
    this.invariant = invariant;
  }
}

/**
 * A campaign has shown that something does not hold: what `sometimes` says was never true, or outcomes
 * differ that are to be the same.
 *
 * @category Exploring
 */
export class ExplorationError extends TicklessError {}

/** Whether `error` tells that nothing could go on. */
export function isDeadlock(error: unknown): error is DeadlockError {
  return isTicklessError(error) && error.code === "ERR_DEADLOCK";
}
