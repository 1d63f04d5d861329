import { virtualize } from "@tickless/ambient";
import type { DeadlockError } from "@tickless/core";
import { badType, checkNames } from "@tickless/core/kit";
import { explore, type ExploreOptions } from "@tickless/explore";
import { record, sameFingerprint } from "@tickless/trace";

/**
 * Options of `toDeadlock`.
 *
 * @category Testing
 */
export interface DeadlockOptions extends Pick<ExploreOptions, "schedules" | "strategy" | "seed"> {
  /** Paths of all the tasks that cannot go on in the first deadlock that is found, in any order. Default: any. */
  readonly tasks?: readonly string[] | undefined;
}

/**
 * What this package adds to `expect`.
 *
 * @category Testing
 */
export interface TicklessMatchers<R = unknown, T = unknown> {
  /**
   * That a run was this one: of what `record` answers, of a trace, of a fingerprint; of a main (an async or
   * generator function), which is then run, and the answer is a promise: `await expect(main).toHaveFingerprint(…)`.
   */
  toHaveFingerprint(expected: string): T extends (...args: never[]) => unknown ? Promise<void> : R;
  /**
   * That a schedule of this main ends in a deadlock: `await expect(main).toDeadlock({ tasks: ["main"] })`; with
   * `not` that none of them does. Default: 100 schedules.
   */
  toDeadlock(options?: DeadlockOptions): Promise<void>;
}

declare module "vitest" {
  interface Matchers<R, T> extends TicklessMatchers<R, T> {}
}

interface Answer {
  readonly pass: boolean;
  readonly message: () => string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

function compared(actual: string, expected: string): Answer {
  const pass = sameFingerprint(actual, expected);
  return {
    pass,
    message: () =>
      pass
        ? `expected the run not to have fingerprint ${expected}`
        : `expected the run to have fingerprint ${expected}, but it is ${actual}. The order of events, their ` +
          "times, names or random numbers are others than they were. If that is meant, write the new one; " +
          "`diff` of two traces says where they part.",
    actual,
    expected,
  };
}

function fingerprintIn(received: unknown): string {
  if (typeof received === "string") return received;
  const { fingerprint } = (received ?? {}) as { readonly fingerprint?: unknown };
  if (typeof fingerprint === "string") return fingerprint;
  throw badType("received", "a recorded run, a trace, a fingerprint or a main", received);
}

function toHaveFingerprint(received: unknown, expected: unknown): Answer | Promise<Answer> {
  if (typeof expected !== "string") throw badType("expected", "a fingerprint, a text", expected);
  if (typeof received !== "function") return compared(fingerprintIn(received), expected);
  const main = virtualize(received as () => unknown);
  return record(main).then(({ fingerprint }) => compared(fingerprint, expected));
}

function isDeadlock(error: unknown): error is DeadlockError {
  return (error as { code?: unknown } | null | undefined)?.code === "ERR_DEADLOCK";
}

function listed(tasks: readonly string[]): string {
  return tasks.length === 0 ? "no task" : tasks.join(", ");
}

async function toDeadlock(received: unknown, options: DeadlockOptions = {}): Promise<Answer> {
  if (typeof received !== "function") throw badType("received", "a main, a function", received);
  checkNames(options, ["tasks", "schedules", "strategy", "seed"]);
  const { tasks, schedules = 100, strategy, seed } = options;
  const wanted = tasks?.toSorted();
  const main = virtualize(received as () => unknown);
  const found = await explore(main, { schedules, strategy, seed });
  const { failure, schedules: run, choices, text } = found;
  if (failure === null) {
    const what = choices === 0 ? text : `all of ${run} schedules ended`;
    return { pass: false, message: () => `expected a deadlock, but ${what}` };
  }
  if (!isDeadlock(failure.error)) throw failure.error;
  const { error, reproLine } = failure;
  const blocked = error.blocked.map(({ task }) => task).toSorted();
  const pass = wanted === undefined || listed(wanted) === listed(blocked);
  const report = `${error.message}\n\nRun it again: replay("${reproLine}", main)`;
  return {
    pass,
    message: () =>
      pass
        ? `expected no deadlock, but schedule ${failure.schedule} ends in one.\n${report}`
        : `expected a deadlock of ${listed(wanted ?? [])}, but it is one of ${listed(blocked)}.\n${report}`,
    actual: blocked,
    expected: wanted,
  };
}

/** All of them. */
export const matchers: {
  readonly toHaveFingerprint: typeof toHaveFingerprint;
  readonly toDeadlock: typeof toDeadlock;
} = { toHaveFingerprint, toDeadlock };
