import type { DeadlockError, TicklessError } from "@tickless/core";
import { isTicklessError as isOurs } from "@tickless/core";

/** Whether `error` was made by Tickless. */
export function isTicklessError(error: unknown): error is TicklessError {
  return isOurs(error);
}

/** Whether `error` tells that nothing could go on. */
export function isDeadlock(error: unknown): error is DeadlockError {
  return isOurs(error) && error.code === "ERR_DEADLOCK";
}
