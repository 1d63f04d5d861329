import { Bookkeeping } from "./activation.ts";
import { coroutine, type FlowOf, type NoPlainYield, type Result } from "./coroutine.ts";
import { ensureFuture } from "./current.ts";
import { badType, checkTime, isCancelled, TimeoutError } from "./errors.ts";
import { isGenerator } from "./flow.ts";
import type { Future } from "./future.ts";
import { type Coroutine, isCoroutine } from "./suspension.ts";
import { limited } from "./timeout.ts";
import { Wait, type WaitSource, type WaitSubject } from "./wait.ts";

/** What was cancelled has ended. */
class Ended extends Bookkeeping {
  readonly #wait: Wait<void>;

  constructor(wait: Wait<void>) {
    super();
    this.#wait = wait;
  }

  settle(): void {
    // It goes on because of that, and not of whatever was the latest event.
    if (this.#wait.wake()) this.#wait.cause = this.cause;
  }
}

/**
 * The source of the wait that cancels a future and lasts until it has ended. It does not wait for the
 * future itself, so that it can be cancelled (CPython's _cancel_and_wait, Lib/asyncio/tasks.py).
 */
class CancelAndWait implements WaitSource<void> {
  readonly #future: Future<unknown>;
  #ended: Ended | null = null;

  constructor(future: Future<unknown>) {
    this.#future = future;
  }

  label(): string {
    return "waitFor(…)";
  }

  attempt(wait: Wait<void>, woken: boolean): boolean {
    if (woken) return true;
    const future = this.#future;
    if (future.loop !== wait.task.loop) throw future.foreign();
    this.#ended = new Ended(wait);
    future.addWaiter(this.#ended);
    future.cancelNow("");
    return false;
  }

  withdraw(): void {
    if (this.#ended !== null && !this.#future.done()) this.#future.removeWaiter(this.#ended);
  }

  subject(): WaitSubject {
    return this.#future.subject;
  }
}

/** There is no time left: what is done counts, what is not is cancelled before it runs any further. */
function waitForNone(
  awaitable: Coroutine<unknown> | FlowOf<unknown> | (() => unknown),
): Coroutine<unknown> {
  return coroutine(function* waitFor() {
    const future: Future<unknown> = ensureFuture(awaitable);
    if (future.done()) return future.result();
    const wait = new Wait<void>(new CancelAndWait(future));
    yield* wait;
    try {
      return future.result();
    } catch (error) {
      if (!isCancelled(error)) throw error;
      const { loop, path } = wait.task;
      const late = new TimeoutError(`\`${future.path}\` was given no time and is not done.`, {
        time: loop.now,
        task: path,
        cause: error,
      });
      loop.debugMode?.located(late, wait);
      throw late;
    }
  })();
}

/**
 * Waits for `awaitable` for at most `delay` time units; then it is cancelled, and a TimeoutError is
 * thrown when its cleanup has ended. null: no limit. A coroutine or function runs in the calling task,
 * as in asyncio since 3.12 (asyncio.wait_for, Lib/asyncio/tasks.py). 0 or less: what is done already is
 * answered, anything else is cancelled without running a line. To keep what is waited for:
 * `waitFor(shield(task), 5)`.
 *
 * ```ts
 * import { now, run, sleep, TimeoutError, waitFor } from "@tickless/core";
 *
 * await run(async () => {
 *   console.log(await waitFor(sleep(5, "in time"), 10)); // => in time
 *   try {
 *     await waitFor(() => sleep(1000), 10);
 *   } catch (error) {
 *     console.log(error instanceof TimeoutError, now()); // => true 15
 *   }
 * });
 * ```
 *
 * @throws TimeoutError if it took too long; TypeError, RangeError if an argument is wrong
 * @category Time
 */
export function waitFor<R>(
  awaitable: (() => R) & NoPlainYield<R>,
  delay: number | null,
): Coroutine<Result<R>>;
export function waitFor<T>(awaitable: Coroutine<T> | FlowOf<T>, delay: number | null): Coroutine<T>;
export function waitFor(
  awaitable: Coroutine<unknown> | FlowOf<unknown> | (() => unknown),
  delay: number | null,
): Coroutine<unknown> {
  if (typeof awaitable !== "function" && !isCoroutine(awaitable) && !isGenerator(awaitable)) {
    throw badType(
      "awaitable",
      "a future, a coroutine, a generator or a function",
      awaitable,
      "A promise has begun already: give the function itself, `waitFor(() => work(), 5)`.",
    );
  }
  if (delay !== null && checkTime("delay", delay) <= 0) return waitForNone(awaitable);
  return limited(delay, typeof awaitable === "function" ? () => awaitable() : awaitable);
}
