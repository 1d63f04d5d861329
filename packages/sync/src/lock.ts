/// <reference lib="esnext.disposable" preserve="true" />
import {
  type Coroutine,
  currentTask,
  type NoPlainYield,
  type Result,
  type Task,
  UsageError,
} from "@tickless/core";
import {
  type Holding,
  lazyWait,
  Resource,
  type ResourceOptions,
  type Wait,
  WaitQueue,
  waitSource,
  type WaitSource,
  type WaitSubject,
} from "@tickless/core/kit";
import { guarded, type Held } from "./held.ts";
import { takenBy } from "./holders.ts";

/**
 * Mutual exclusion, first come first served (asyncio.Lock, Lib/asyncio/locks.py). Not re-entrant.
 *
 * @category Sync
 */
export class Lock extends Resource {
  #locked = false;
  #holder: Task<unknown> | null = null;
  /** When the holder took it. */
  #since = 0;
  /** What `hold` gave to whoever holds the lock; true after `acquire`. */
  #token: unknown = null;
  readonly #waiters = new WaitQueue();

  /** The source of all waits for a lock. The value of the wait is there from the start. */
  static readonly #acquiring: WaitSource<unknown> = waitSource({
    label: () => "lock.acquire()",
    operation: "acquire",
    object: (wait) => wait.target as Lock,
    attempt: (wait, woken) => (wait.target as Lock).attempt(wait, woken),
    withdraw: (wait) => (wait.target as Lock).withdraw(wait),
    subject: (wait) => (wait.target as Lock).subjectOf(wait),
  });

  constructor(options: ResourceOptions = {}) {
    super("lock", options);
  }

  /** Waits for the lock and takes it; resolves to true, as in asyncio. */
  acquire(): Coroutine<true> {
    return lazyWait<unknown>(Lock.#acquiring, this, true) as Coroutine<true>;
  }

  /** As `acquire`; the lock is released at the end of the block: `using held = await lock.hold()`. */
  hold(): Coroutine<Held> {
    const held: Held = {
      [Symbol.dispose]: () => {
        // Once it is released by hand, or disposed of, somebody else may hold the lock.
        if (this.#token === held) this.release();
      },
    };
    return lazyWait<unknown>(Lock.#acquiring, this, held) as Coroutine<Held>;
  }

  /** Runs `fn` with the lock held and releases it, however `fn` ends. */
  withLock<R>(fn: (() => R) & NoPlainYield<R>): Coroutine<Result<R>> {
    return guarded(
      "withLock",
      fn,
      () => this.acquire(),
      () => this.release(),
    );
  }

  /**
   * Releases the lock and wakes the first who waits. Any task may do it.
   *
   * @throws UsageError if the lock is free
   */
  release(): void {
    this.use();
    if (!this.#locked) {
      throw new UsageError(
        "ERR_LOCK_NOT_HELD",
        `Lock \`${this.path}\` is free, so it cannot be released. Release it once for each acquire: ` +
          "`lock.withLock(fn)` does.",
        this.where,
      );
    }
    this.report("release", 0);
    this.#locked = false;
    this.#holder = null;
    this.#token = null;
    this.#wakeFirst();
  }

  /** Whether somebody holds it. */
  locked(): boolean {
    this.look();
    return this.#locked;
  }

  /** Who holds it. */
  override get held(): readonly Holding[] {
    return this.#holder === null ? [] : [{ task: this.#holder, since: this.#since }];
  }

  // From here on: what waits for the lock in the way of `Condition.wait` uses too.

  /** @internal Takes the lock for `wait`, whose value is what `leave` has answered. */
  attempt(wait: Wait<unknown>, woken: boolean): boolean {
    this.use();
    if (woken) {
      this.#waiters.remove(wait);
    } else if (this.#locked || this.#waiters.hasLive) {
      // Also when it is free, as long as somebody was here before: no barging (LOCK-04).
      this.#waiters.push(wait);
      return false;
    }
    const { task } = wait;
    this.report("acquire", 1);
    this.#locked = true;
    this.#holder = task;
    this.#since = task.loop.now;
    this.#token = wait.value;
    return true;
  }

  /** @internal */
  withdraw(wait: Wait<unknown>): void {
    this.#waiters.remove(wait);
    this.#wakeFirst();
  }

  /** @internal */
  subjectOf(wait: Wait<unknown>): WaitSubject {
    return { kind: "lock", id: this.id, path: this.path, ...this.#holding(wait.task) };
  }

  /** @internal As `release`; answers what makes a later `attempt` go on with the same hold. */
  leave(): unknown {
    const token = this.#holder === currentTask() ? this.#token : true;
    this.release();
    return token;
  }

  /** The woken one stays in front until it goes on, so that nobody overtakes it. */
  #wakeFirst(): void {
    if (!this.#locked) this.#waiters.first?.wake();
  }

  /** What keeps `waiter` waiting, in words. */
  #holding(waiter: Task<unknown>): Pick<WaitSubject, "detail" | "blockers" | "advice"> {
    const holder = this.#holder;
    if (holder === null) return { detail: "which is free" };
    const blockers = [holder];
    const when = holder.loop.at(this.#since);
    if (holder === waiter) {
      return {
        detail: `which it took itself at ${when} (locks are not re-entrant)`,
        advice:
          "A task that takes a lock which it holds waits for itself. Let the inner function expect that the " +
          "lock is held instead of taking it.",
        blockers,
      };
    }
    if (!holder.done()) return { detail: `held by ${takenBy(holder, this.#since)}`, blockers };
    const detail = `which \`${holder.path}\` took at ${when} and had not released when it ended`;
    return { detail, advice: "`lock.withLock(fn)` releases a lock however `fn` ends." };
  }
}
