/// <reference lib="esnext.disposable" preserve="true" />
import {
  type Coroutine,
  coroutine,
  isCancelled,
  type NoPlainYield,
  type Result,
  type Suspension,
  UsageError,
} from "@tickless/core";
import {
  badType,
  checkInteger,
  Resource,
  type ResourceOptions,
  Wait,
  WaitQueue,
  waitSource,
  type WaitSource,
  type WaitSubject,
} from "@tickless/core/kit";
import type { Held } from "./held.ts";
import { Latest } from "./latest.ts";
import { Lock } from "./lock.ts";

/**
 * Options of a condition.
 *
 * @category Sync
 */
export interface ConditionOptions extends ResourceOptions {
  /** The lock that guards what is waited for; several conditions may share one. Default: a new one. */
  readonly lock?: Lock | undefined;
}

/**
 * What is left of a type when all that counts as false is taken out: what `condition.waitFor` resolves to.
 *
 * @category Sync
 */
export type Truthy<T> = Exclude<T, false | 0 | 0n | "" | null | undefined>;

type Steps<T> = Generator<Suspension, T, unknown>;

/**
 * Waiting, with a lock held, until somebody says that something has changed (asyncio.Condition,
 * Lib/asyncio/locks.py of 3.13). `wait` gives the lock away and has it again when it ends, however it
 * ends. Those who wait are woken in the order in which they came, and a notification is never lost.
 *
 * @category Sync
 */
export class Condition extends Resource {
  /** The lock to be held. `acquire`, `release`, `locked`, `hold` and `withLock` are those of the lock. */
  readonly lock: Lock;
  readonly #waiters = new WaitQueue();
  readonly #notifying = new Latest();

  /** The source of all waits for a notification; the target of the wait is the condition. */
  static readonly #notified: WaitSource<unknown> = waitSource({
    label: () => "condition.wait()",
    object: (wait) => wait.target as Condition,

    attempt(wait: Wait<unknown>, woken: boolean): boolean {
      if (!woken) (wait.target as Condition).#waiters.push(wait);
      return woken;
    },

    withdraw(wait: Wait<unknown>, granted: boolean, abandoned: boolean): void {
      const condition = wait.target as Condition;
      condition.#waiters.remove(wait);
      // Who was only cancelled passes it on when it has the lock again.
      if (granted && abandoned) condition.#waiters.wakeNext();
    },

    subject: (wait) => (wait.target as Condition).#subject(),
  });

  /** The source of all waits to have the lock again after a notification or a cancellation. */
  static readonly #reacquiring: WaitSource<unknown> = waitSource({
    label: () => "condition.wait()",
    operation: "reacquire",
    object: (wait) => (wait.target as Condition).lock,
    attempt: (wait, woken) => (wait.target as Condition).lock.attempt(wait, woken),

    withdraw(wait: Wait<unknown>, _granted: boolean, abandoned: boolean): void {
      const condition = wait.target as Condition;
      condition.lock.withdraw(wait);
      if (abandoned) condition.#waiters.wakeNext();
    },

    subject: (wait) => (wait.target as Condition).lock.subjectOf(wait),
  });

  constructor(options: ConditionOptions = {}) {
    super("condition", options, ["lock", "name"]);
    const { lock } = options;
    if (lock !== undefined && !(lock instanceof Lock)) throw badType("lock", "a Lock", lock);
    this.lock = lock ?? new Lock({ name: this.#nameOfLock() });
  }

  /** As `lock.acquire()`. */
  acquire(): Coroutine<true> {
    return this.lock.acquire();
  }

  /** As `lock.release()`. */
  release(): void {
    this.lock.release();
  }

  /** Whether the lock is held, by whomever. */
  locked(): boolean {
    this.look();
    return this.lock.locked();
  }

  /** As `lock.hold()`: `using held = await condition.hold()`. */
  hold(): Coroutine<Held> {
    return this.lock.hold();
  }

  /** As `lock.withLock(fn)`. */
  withLock<R>(fn: (() => R) & NoPlainYield<R>): Coroutine<Result<R>> {
    return this.lock.withLock(fn);
  }

  /**
   * Releases the lock, waits for a notification, and acquires the lock again; resolves to true. If it is
   * cancelled it acquires the lock before it throws. It may be woken without a change (asyncio's
   * spurious wake-ups): look again, or use `waitFor`.
   *
   * @throws UsageError if the lock is free (`ERR_LOCK_NOT_HELD`)
   */
  wait(): Coroutine<true> {
    return coroutine({ "condition.wait": () => this.#wait() }["condition.wait"])();
  }

  /**
   * Waits until `predicate` answers something truthy, and resolves to that. It is asked with the lock
   * held: at once, and after each notification.
   *
   * @throws UsageError if it has to wait and the lock is free (`ERR_LOCK_NOT_HELD`)
   */
  waitFor<T>(predicate: () => T): Coroutine<Truthy<T>> {
    if (typeof predicate !== "function") throw badType("predicate", "a function", predicate);
    return coroutine(
      { "condition.waitFor": () => this.#waitFor(predicate) }["condition.waitFor"],
    )();
  }

  /**
   * Wakes the `n` who have waited for longest, or all if there are fewer. They go on when they have the
   * lock, which this does not release.
   *
   * @throws UsageError if the lock is free (`ERR_LOCK_NOT_HELD`)
   */
  notify(n = 1): void {
    this.#notify("notify", checkInteger("n", n, 0, true));
  }

  /** As `notify`, for all who wait. */
  notifyAll(): void {
    this.#notify("notifyAll", Infinity);
  }

  *#wait(): Steps<true> {
    this.use();
    this.#checkLocked("wait for");
    const token = this.lock.leave();
    let failure: { readonly error: unknown } | null = null;
    try {
      try {
        yield* new Wait<unknown>(Condition.#notified, this);
      } catch (error) {
        failure = { error };
      }
      // Also when it was cancelled; a further cancellation meanwhile counts instead of the first.
      for (let held = false; !held;) {
        try {
          yield* new Wait<unknown>(Condition.#reacquiring, this, token);
          held = true;
        } catch (error) {
          if (!isCancelled(error)) throw error;
          failure = { error };
        }
      }
      if (failure !== null) throw failure.error;
    } catch (error) {
      // It may have been notified, and will not use that: somebody else does (COND-07).
      this.#waiters.wakeNext();
      throw error;
    }
    return true;
  }

  *#waitFor<T>(predicate: () => T): Steps<Truthy<T>> {
    for (;;) {
      const answer = predicate();
      if (isPromise(answer)) {
        throw badType(
          "predicate",
          "a function that answers at once",
          answer,
          "It is asked with the lock held.",
        );
      }
      if (answer) return answer as Truthy<T>;
      yield* this.#wait();
    }
  }

  #notify(operation: string, most: number): void {
    this.use();
    this.#checkLocked("notify");
    this.report(operation, 0);
    this.#notifying.mark(this.stepOwner);
    for (let left = most; left > 0 && this.#waiters.wakeNext(); left--);
  }

  #checkLocked(what: string): void {
    if (this.lock.locked()) return;
    throw new UsageError(
      "ERR_LOCK_NOT_HELD",
      `To ${what} condition \`${this.path}\` its lock must be held, and \`${this.lock.path}\` is free. ` +
        "Do it inside `condition.withLock(async () => { … })`.",
      this.where,
    );
  }

  #subject(): WaitSubject {
    const { id, path } = this;
    const notified = this.#notifying.words;
    return {
      kind: "condition",
      id,
      path,
      verb: "waits for a notification of",
      detail:
        notified === undefined
          ? "which nobody has notified yet"
          : `which did not come (the last one was ${notified})`,
      advice:
        "A notification wakes only tasks that wait already. Change the state and call `notify` with the " +
        "lock held, and wait with `condition.waitFor(() => ready)`, which looks at the state first.",
    };
  }

  /** The lock's name says whose it is: `ready-lock` for `ready`. */
  #nameOfLock(): string {
    const segment = this.path.split("/").at(-1) ?? this.kind;
    return `${segment.replace("#", "-")}-lock`;
  }
}

function isPromise(value: unknown): boolean {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
