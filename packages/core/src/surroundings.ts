import { aside, driver, enter, type Scope } from "./context.ts";
import { newStorage } from "./host.ts";
import type { Loop } from "./loop.ts";

/**
 * What code of a loop finds around it: globals that are there for this loop alone. They are put in place
 * when a slice of the loop begins, and taken away when it ends, also by an exception; so code outside
 * never sees them, and two loops never see those of each other.
 *
 * @category For extenders
 */
export interface Surroundings {
  /** The loop's code runs from now on. Must not throw. */
  enter(): void;
  /** It does not any more. Must not throw. */
  leave(): void;
  /** The run is over, and the loop is closed. */
  over?(): void;
  /**
   * Code of `scope` is cancelled. Ends what waits there by means of the surroundings.
   *
   * @returns whether there was such a wait, so that the cancellation is delivered
   */
  cancel?(scope: Scope, message: string): boolean;
  /** Code of `scope` is cancelled and has no wait that could end by it: the next one does (S13.5). */
  owed?(scope: Scope): void;
  /** What a deadlock report says of promises that the loop does not own; null: what it says anyway. */
  advice?(): string | null;
}

/**
 * Gives `loop` surroundings for the rest of its life, from now on if one of its steps is going on.
 *
 * @category For extenders
 */
export function surround(loop: Loop, surroundings: Surroundings): void {
  const current = driver.loop === loop;
  if (current) loop.surroundings?.leave();
  if (loop.surroundings === null) loop.observer?.surround(aside);
  loop.surroundings = surroundings;
  if (current) surroundings.enter();
}

/**
 * The surroundings of `loop`; null if it has none.
 *
 * @category For extenders
 */
export function surroundingsOf(loop: Loop): Surroundings | null {
  return loop.surroundings;
}

/**
 * Code of `loop` has thrown where no code can catch it, as in the callback of a timer. The run fails with that
 * very error; where it has failed already, its exception handler is told.
 *
 * @param what what has called that code, for messages
 * @returns whether a step of `loop` is going on; else the error is none of its own, and nothing is done
 * @category For extenders
 */
export function uncaughtIn(loop: Loop, what: string, error: unknown): boolean {
  if (driver.loop !== loop) return false;
  const { failure } = loop;
  if (failure === null) loop.fail(error);
  // What threw may be a probe, which has failed the run by itself.
  else if (failure.error !== error) {
    loop.callExceptionHandler({
      message: `Exception in ${what} at ${loop.at()}, when the run had failed already`,
      exception: error,
    });
  }
  return true;
}

const NO_ARGUMENTS: readonly unknown[] = [];

/**
 * What is owed to code of `scope` in the way of cancellation, which counts as delivered from now on.
 *
 * @returns the message of the cancellation; null if none is owed
 * @category For extenders
 */
export function payOwed(scope: Scope): string | null {
  return scope.task.payOwed(scope);
}

/** Runs `callback(...args)` as code of `loop` that belongs to no task. */
export function inCallbackOf(
  loop: Loop,
  callback: (...args: readonly unknown[]) => void,
  args: readonly unknown[] = NO_ARGUMENTS,
): void {
  if (driver.storage === null) {
    callback(...args);
    return;
  }
  driver.callbacks ??= newStorage<Loop>();
  driver.callbacks?.run(loop, () => callback(...args));
}

/** Runs `body` as code of the task that `scope` belongs to, or where that is done, as a callback that it has left. */
export function inStepOf(loop: Loop, scope: Scope | null, body: () => void): void {
  const alive = scope !== null && !scope.task.done();
  driver.step = alive ? scope : null;
  driver.origin = scope;
  loop.callbackContext = scope?.task.context ?? null;
  if (alive) enter(scope, body);
  else inCallbackOf(loop, body);
}
