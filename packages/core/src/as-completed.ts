import { Activation, Bookkeeping } from "./activation.ts";
import { leaveStep } from "./block.ts";
import {
  checkElements,
  differentOf,
  type FutureOf,
  futuresOf,
  type Gatherable,
  type Gathered,
  loopOf,
} from "./elements.ts";
import { checkNames, checkTime, type ErrorContext, TimeoutError, UsageError } from "./errors.ts";
import type { Future } from "./future.ts";
import type { Loop } from "./loop.ts";
import { pendingText } from "./names.ts";
import type { Coroutine } from "./suspension.ts";
import { WaitQueue } from "./wait-queue.ts";
import { Wait } from "./wait.ts";
import { waitSource, type WaitSource, type WaitSubject } from "./wait-source.ts";

/**
 * What `for await` gives of `asCompleted`. A future by itself would be awaited on the way, by JavaScript's
 * own helpers at run time and by TypeScript in the types.
 *
 * @category Tasks
 */
export interface Completed<F> {
  /** The future of the list, or the task that was made of its element. It is done. */
  readonly future: F;
}

/**
 * What `asCompleted` answers: each of its coroutines gives the next that has completed. All loops over
 * one of these share what there is, so every future comes once.
 *
 * @category Tasks
 */
export interface AsCompleted<T, F = Future<T>>
  extends Iterable<Coroutine<T>>, AsyncIterable<Completed<F>> {
  /** `for (const next of …) await next`: the results, or exceptions, in the order of completion. */
  [Symbol.iterator](): Iterator<Coroutine<T>, undefined>;
  /** `for await (const { future } of …)`: the futures themselves, each of them done. */
  [Symbol.asyncIterator](): AsyncIterator<Completed<F>, undefined>;
  /** As `for await`, for generator bodies: `for (const next of ….entries()) yield* next`. */
  entries(): Iterable<Coroutine<Completed<F>>>;
}

/**
 * Options of `asCompleted`.
 *
 * @category Tasks
 */
export interface AsCompletedOptions {
  /** After so many time units those that remain give a TimeoutError. null: never. Default: null. */
  readonly timeout?: number | null | undefined;
}

/** One of the futures is done. */
class Completion extends Bookkeeping {
  readonly future: Future<unknown>;
  readonly #completions: Completions;

  constructor(future: Future<unknown>, completions: Completions) {
    super();
    this.future = future;
    this.#completions = completions;
  }

  settle(): void {
    this.#completions.completed(this);
  }
}

/** The time is over. It is a step of its own, so that a policy may let others go before it. */
class Expiry extends Activation {
  readonly #completions: Completions;
  readonly #loop: Loop;
  #armed = true;
  #dropped = false;

  constructor(completions: Completions, loop: Loop) {
    super();
    this.#completions = completions;
    this.#loop = loop;
  }

  override get dropped(): boolean {
    return this.#dropped;
  }

  override ripen(ready: Parameters<Activation["ripen"]>[0]): void {
    this.#armed = false;
    super.ripen(ready);
  }

  activate(): boolean {
    if (this.#dropped) return false;
    leaveStep();
    this.#loop.observer?.timer(this.cause, this.#loop.now);
    this.#completions.expire();
    return true;
  }

  cancel(): void {
    if (this.#armed) this.#loop.disarm(this);
    this.#dropped = true;
  }
}

/** What one wait is for: the next that is done, in one shape or another. */
interface Next {
  readonly from: Completions;
  readonly shape: (future: Future<unknown>, where: ErrorContext) => unknown;
}

function resultOf(future: Future<unknown>, where: ErrorContext): unknown {
  if (future.cancelled()) throw future.cancelledError(where);
  return future.result();
}

function entryOf(future: Future<unknown>): Completed<Future<unknown>> {
  return { future };
}

/** The source of all waits for the next. */
const nextDone: WaitSource<unknown> = waitSource({
  label: () => "the next of asCompleted(…)",
  attempt: (waiter) => (waiter.target as Next).from.attempt(waiter),
  withdraw: (waiter, granted) => (waiter.target as Next).from.withdraw(waiter, granted),
  // The subject looks at all that are not done, and there is a wait for each of them.
  object: () => ({ kind: "asCompleted", id: -1 }),
  subject: (waiter) => (waiter.target as Next).from.subject,
});

/** Futures, and a queue of those that are done (CPython's _AsCompletedIterator, Lib/asyncio/tasks.py). */
class Completions implements AsCompleted<unknown> {
  readonly #loop: Loop;
  readonly #todo: Set<Completion>;
  readonly #count: number;
  readonly #timeout: number | null;
  readonly #waiters = new WaitQueue();
  /** Those that are done and that nobody has taken; null stands for one that came too late. */
  readonly #done: (Future<unknown> | null)[] = [];
  #expiry: Expiry | null = null;
  /** How many may still be asked for. */
  #left: number;

  constructor(loop: Loop, futures: readonly Future<unknown>[], limit: number | null) {
    this.#loop = loop;
    this.#timeout = limit;
    this.#count = futures.length;
    this.#left = futures.length;
    this.#todo = new Set(futures.map((future) => new Completion(future, this)));
    for (const completion of this.#todo) completion.future.addWaiter(completion);
    if (limit === null || futures.length === 0) return;
    // A negative one comes before one of 0, as in asyncio's heap of timers.
    const when = loop.now + limit;
    loop.observer?.arm(loop.currentTaskId(), when);
    this.#expiry = new Expiry(this, loop);
    loop.arm(when, this.#expiry);
  }

  [Symbol.iterator](): Iterator<Coroutine<unknown>, undefined> {
    return this.#coroutines(resultOf);
  }

  entries(): Iterable<Coroutine<Completed<Future<unknown>>>> {
    const entries = this.#coroutines(entryOf);
    return { [Symbol.iterator]: () => entries as Iterator<Coroutine<never>, undefined> };
  }

  [Symbol.asyncIterator](): AsyncIterator<Completed<Future<unknown>>, undefined> {
    const entries = this.#coroutines(entryOf);
    return {
      next: async () => {
        const { done, value } = entries.next();
        if (done === true) return { done, value };
        return { done: false, value: (await value) as Completed<Future<unknown>> };
      },
    };
  }

  get subject(): WaitSubject {
    const pending = [...this.#todo].map(({ future }) => future);
    return {
      kind: "asCompleted",
      id: -1,
      verb: "waits for the next of",
      detail: pendingText(pending, this.#count),
      blockers: pending.flatMap((future) => future.subject.blockers ?? []),
      anyBlocker: true,
    };
  }

  /** The head of the queue goes to whoever goes on first, as in asyncio.Queue. */
  attempt(waiter: Wait<unknown>): boolean {
    const { loop, path } = waiter.task;
    if (loop !== this.#loop) {
      throw new UsageError(
        "ERR_OTHER_LOOP",
        "asCompleted(…) belongs to another run. Make it inside the main that uses it.",
        { time: loop.now, task: path },
      );
    }
    const future = this.#done.shift();
    if (future === undefined) {
      this.#waiters.push(waiter);
      return false;
    }
    const where = { time: loop.now, task: path };
    if (future === null) {
      const error = new TimeoutError(`Not done within ${this.#timeout}${loop.unit}.`, where);
      loop.debugMode?.located(error, waiter);
      throw error;
    }
    waiter.value = (waiter.target as Next).shape(future, where);
    return true;
  }

  withdraw(waiter: Wait<unknown>, granted: boolean): void {
    this.#waiters.remove(waiter);
    if (granted && this.#done.length > 0) this.#waiters.wakeNext();
  }

  completed(completion: Completion): void {
    // The time was over before.
    if (!this.#todo.delete(completion)) return;
    this.#put(completion.future, completion.cause);
    if (this.#todo.size === 0) this.#expiry?.cancel();
  }

  expire(): void {
    for (const completion of this.#todo) {
      completion.future.removeWaiter(completion);
      this.#put(null);
    }
    this.#todo.clear();
  }

  /** `cause`: what settled the future, if the waiter goes on because of that and not of the latest event. */
  #put(future: Future<unknown> | null, cause?: number): void {
    this.#done.push(future);
    let next: Wait<unknown> | undefined;
    for (const waiter of this.#waiters) {
      if (waiter.cancelled) continue;
      next = waiter;
      break;
    }
    if (this.#waiters.wakeNext() && next !== undefined && cause !== undefined) next.cause = cause;
  }

  #coroutines(shape: Next["shape"]): Iterator<Coroutine<unknown>, undefined> {
    return {
      next: () => {
        if (this.#left === 0) return { done: true, value: undefined };
        this.#left--;
        return { done: false, value: new Wait<unknown>(nextDone, { from: this, shape }) };
      },
    };
  }
}

/**
 * Runs all of `list` at the same time and gives them in the order of completion, those of one instant in
 * the order in which they ended. They begin at once; a coroutine or function becomes a task; the same
 * element twice runs once. After `timeout` time units each that remains is a TimeoutError, and nothing
 * is cancelled (asyncio.as_completed, Lib/asyncio/tasks.py, as of 3.13).
 *
 * ```ts
 * import { asCompleted, now, run, sleep } from "@tickless/core";
 *
 * await run(async () => {
 *   for (const next of asCompleted([() => sleep(30, "slow"), () => sleep(10, "quick")])) {
 *     console.log(await next, now());
 *   }
 *   // => quick 10
 *   // => slow 30
 * });
 * ```
 *
 * `for await (const { future } of asCompleted(tasks))` gives the futures themselves, so that one can tell
 * which it is.
 *
 * @throws TypeError if an element is no future, coroutine or function
 * @category Tasks
 */
export function asCompleted<const L extends readonly Gatherable<unknown>[]>(
  list: L,
  options: AsCompletedOptions = {},
): AsCompleted<Gathered<L[number]>, FutureOf<L[number]>> {
  const elements = checkElements(list, "asCompleted");
  checkNames(options, ["timeout"]);
  const { timeout = null } = options;
  const limit = timeout === null ? null : checkTime("timeout", timeout);
  const loop = loopOf(elements, "asCompleted");
  const completions = new Completions(loop, futuresOf(differentOf(elements), loop), limit);
  return completions as AsCompleted<unknown> as AsCompleted<never, never>;
}
