import { ARMED, Bookkeeping } from "./activation.ts";
import { badRange, badType, checkNames, checkTime } from "./errors.ts";
import { type Future, isFuture } from "./future.ts";
import { pendingText } from "./names.ts";
import type { Coroutine } from "./suspension.ts";
import { Wait, type WaitSource, type WaitSubject } from "./wait.ts";

/**
 * When `wait` ends: when all futures are done, when the first is, or when the first has raised an
 * exception (or all are done; a cancelled one has raised none).
 *
 * @category Tasks
 */
export type ReturnWhen = "ALL_COMPLETED" | "FIRST_COMPLETED" | "FIRST_EXCEPTION";

/**
 * Options of `wait`.
 *
 * @category Tasks
 */
export interface WaitOptions {
  /** It ends after so many time units at the latest. null: never. Default: null. */
  readonly timeout?: number | null | undefined;
  /** When it ends. Default: `"ALL_COMPLETED"`. */
  readonly returnWhen?: ReturnWhen | undefined;
}

/**
 * What `wait` gives: each list stands in the order of the argument.
 *
 * @category Tasks
 */
export interface WaitResult<F> {
  /** Those that have returned, raised or been cancelled by the time at which the waiting task goes on. */
  readonly done: F[];
  /** The others. They go on. */
  readonly pending: F[];
}

const WHEN: Readonly<Record<ReturnWhen, string>> = {
  ALL_COMPLETED: "for all",
  FIRST_COMPLETED: "for the first",
  FIRST_EXCEPTION: "for all, or the first exception",
};

/** One of the futures is done. */
class MemberDone extends Bookkeeping {
  readonly future: Future<unknown>;
  readonly #set: WaitSet<Future<unknown>>;
  readonly #wait: Wait<unknown>;

  constructor(future: Future<unknown>, set: WaitSet<Future<unknown>>, waiter: Wait<unknown>) {
    super();
    this.future = future;
    this.#set = set;
    this.#wait = waiter;
  }

  settle(): void {
    // The timer is left alone: it may stand in the ready queue, and is taken back when the task goes on.
    // The task goes on because of this future, and not of whatever was the latest event.
    if (this.#set.completes(this.future) && this.#wait.wake()) this.#wait.cause = this.cause;
  }
}

/** The futures of one `wait`, and the source of that wait (CPython's _wait, Lib/asyncio/tasks.py). */
class WaitSet<F extends Future<unknown>> implements WaitSource<WaitResult<F>> {
  readonly #futures: readonly F[];
  readonly #timeout: number | null;
  readonly #returnWhen: ReturnWhen;
  #members: readonly MemberDone[] = [];
  #left: number;

  constructor(futures: readonly F[], timeout: number | null, returnWhen: ReturnWhen) {
    this.#futures = futures;
    this.#timeout = timeout;
    this.#returnWhen = returnWhen;
    this.#left = futures.length;
  }

  label(): string {
    return "wait(…)";
  }

  attempt(waiter: Wait<WaitResult<F>>, woken: boolean): boolean {
    if (woken) {
      this.withdraw(waiter);
      waiter.value = {
        done: this.#futures.filter((future) => future.done()),
        pending: this.#futures.filter((future) => !future.done()),
      };
      return true;
    }
    const { loop } = waiter.task;
    const foreign = this.#futures.find((future) => future.loop !== loop);
    if (foreign !== undefined) throw foreign.foreign();
    // A negative timeout comes before one of 0, as in asyncio's heap of timers.
    if (this.#timeout !== null) waiter.arm(loop.now + this.#timeout);
    // No shortcut where all are done already: it takes two passes, as in asyncio (WAIT-07).
    this.#members = this.#futures.map((future) => new MemberDone(future, this, waiter));
    for (const member of this.#members) member.future.addWaiter(member);
    return false;
  }

  withdraw(waiter: Wait<WaitResult<F>>): void {
    waiter.disarm();
    for (const member of this.#members) {
      if (!member.future.done()) member.future.removeWaiter(member);
    }
  }

  /** With `timeout: 0` the timer can be due in the pass in which the cancellation is; it must not take its place. */
  cancel(waiter: Wait<WaitResult<F>>): undefined {
    if (waiter.timer === ARMED) waiter.disarm();
  }

  subject(waiter: Wait<WaitResult<F>>): WaitSubject {
    const pending: Future<unknown>[] = this.#futures.filter((future) => !future.done());
    const count = this.#futures.length;
    return {
      kind: "wait",
      id: -1,
      verb: "waits in",
      detail: `${WHEN[this.#returnWhen]}, ${pendingText(pending, count)}`,
      blockers: pending.flatMap((future) => future.subject.blockers ?? []),
      ...(this.#returnWhen !== "ALL_COMPLETED" && { anyBlocker: true }),
      ...(this.#timeout !== null && { until: waiter.since + Math.max(0, this.#timeout) }),
    };
  }

  /** `future` is done. Answers whether that ends the wait. */
  completes(future: Future<unknown>): boolean {
    this.#left--;
    if (this.#left <= 0 || this.#returnWhen === "FIRST_COMPLETED") return true;
    if (this.#returnWhen === "ALL_COMPLETED" || !future.raised) return false;
    // Who looks for an exception has seen it; the last to complete is not looked at (WAIT-12).
    future.retrieve();
    return true;
  }
}

/**
 * Waits until `futures` are done, the first of them is, or `timeout` time units have passed. It throws
 * nothing for what they have thrown, and it cancels nothing, not even when it is cancelled itself. A
 * future that stands in the list twice counts once (asyncio.wait, Lib/asyncio/tasks.py).
 *
 * ```ts
 * import { createTask, run, sleep, wait } from "@tickless/core";
 *
 * await run(async () => {
 *   const tasks = [createTask(() => sleep(30, "slow")), createTask(() => sleep(10, "quick"))];
 *   const { done, pending } = await wait(tasks, { returnWhen: "FIRST_COMPLETED" });
 *   console.log(done[0]?.result(), pending.length); // => quick 1
 * });
 * ```
 *
 * @throws TypeError if an element is no future or task; RangeError if there are none
 * @category Tasks
 */
export function wait<F extends Future<unknown>>(
  futures: readonly F[],
  options: WaitOptions = {},
): Coroutine<WaitResult<F>> {
  if (!Array.isArray(futures)) {
    throw badType("futures", "an array of futures or tasks", futures, "`wait([a, b])`.");
  }
  for (const [i, element] of (futures as readonly unknown[]).entries()) {
    if (isFuture(element)) continue;
    const advice = "Make a task of it first: `createTask(…)`.";
    throw badType(`futures[${i}]`, "a future or a task", element, advice);
  }
  if (futures.length === 0) {
    throw badRange("futures", "an array with at least one future", futures);
  }
  checkNames(options, ["timeout", "returnWhen"]);
  const { timeout = null, returnWhen = "ALL_COMPLETED" } = options;
  if (typeof returnWhen !== "string" || !Object.hasOwn(WHEN, returnWhen)) {
    throw badRange("returnWhen", `one of ${Object.keys(WHEN).join(", ")}`, returnWhen);
  }
  const different = [...new Set(futures as readonly F[])];
  const limit = timeout === null ? null : checkTime("timeout", timeout);
  return new Wait(new WaitSet(different, limit, returnWhen));
}
