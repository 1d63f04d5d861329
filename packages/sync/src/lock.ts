/// <reference lib="esnext.disposable" preserve="true" />
import {
  type Coroutine,
  coroutine,
  type NoPlainYield,
  type Result,
  type Task,
  UsageError,
} from "@tickless/core";
import {
  badType,
  Resource,
  type ResourceOptions,
  Wait,
  WaitQueue,
  type WaitSource,
  type WaitSubject,
} from "@tickless/core/kit";

/**
 * A lock that is held until the end of the block: `using held = await lock.hold()`.
 *
 * @category Sync
 */
export interface Held {
  /** Releases the lock. */
  [Symbol.dispose](): void;
}

/** What acquiring may do to its lock. */
interface Inside {
  readonly locked: boolean;
  use(): void;
  take(wait: Wait<unknown>): void;
  subject(wait: Wait<unknown>): WaitSubject;
}

/** The source of waits for a lock. The value of the wait is there from the start. */
class Acquiring implements WaitSource<unknown> {
  readonly #lock: Inside;
  readonly #waiters = new WaitQueue();

  constructor(lock: Inside) {
    this.#lock = lock;
  }

  label(): string {
    return "lock.acquire()";
  }

  subject(wait: Wait<unknown>): WaitSubject {
    return this.#lock.subject(wait);
  }

  attempt(wait: Wait<unknown>, woken: boolean): boolean {
    this.#lock.use();
    if (woken) {
      this.#waiters.remove(wait);
    } else if (this.#lock.locked || this.#waiters.hasLive) {
      // Also when it is free, as long as somebody was here before: no barging (LOCK-04).
      this.#waiters.push(wait);
      return false;
    }
    this.#lock.take(wait);
    return true;
  }

  withdraw(wait: Wait<unknown>): void {
    this.#waiters.remove(wait);
    this.wakeFirst();
  }

  /** The woken one stays in front until it goes on, so that nobody overtakes it. */
  wakeFirst(): void {
    if (!this.#lock.locked) this.#waiters.first?.wake();
  }
}

/**
 * Mutual exclusion, first come first served (asyncio.Lock, Lib/asyncio/locks.py). Not re-entrant.
 *
 * @category Sync
 */
export class Lock extends Resource {
  #locked = false;
  #holder: Task<unknown> | null = null;
  /** What `hold` gave to whoever holds the lock; true after `acquire`. */
  #token: unknown = null;
  readonly #acquiring: Acquiring;

  constructor(options: ResourceOptions = {}) {
    super("lock", options);
    const locked = (): boolean => this.#locked;
    this.#acquiring = new Acquiring({
      get locked(): boolean {
        return locked();
      },
      use: () => this.use(),
      take: (wait) => {
        this.report("acquire", 1);
        this.#locked = true;
        this.#holder = wait.task;
        this.#token = wait.value;
      },
      subject: (wait) => ({
        kind: "lock",
        id: this.id,
        path: this.path,
        ...this.#holding(wait.task),
      }),
    });
  }

  /** Waits for the lock and takes it; resolves to true, as in asyncio. */
  acquire(): Coroutine<true> {
    return new Wait<true>(this.#acquiring, undefined, true);
  }

  /** As `acquire`; the lock is released at the end of the block: `using held = await lock.hold()`. */
  hold(): Coroutine<Held> {
    const held: Held = {
      [Symbol.dispose]: () => {
        // Once it is released by hand, or disposed of, somebody else may hold the lock.
        if (this.#token === held) this.release();
      },
    };
    return new Wait<Held>(this.#acquiring, undefined, held);
  }

  /** Runs `fn` with the lock held and releases it, however `fn` ends. */
  withLock<R>(fn: (() => R) & NoPlainYield<R>): Coroutine<Result<R>> {
    if (typeof fn !== "function") throw badType("fn", "an async or generator function", fn);
    const acquire = (): Coroutine<true> => this.acquire();
    const release = (): void => this.release();
    const body = coroutine(fn);
    return coroutine(function* withLock() {
      yield* acquire();
      try {
        return yield* body();
      } finally {
        release();
      }
    })();
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
    this.#acquiring.wakeFirst();
  }

  /** Whether somebody holds it. */
  locked(): boolean {
    return this.#locked;
  }

  /** What keeps `waiter` waiting, in words. */
  #holding(waiter: Task<unknown>): Pick<WaitSubject, "detail" | "blockers" | "advice"> {
    const holder = this.#holder;
    if (holder === null) return { detail: "which is free" };
    const blockers = [holder];
    if (holder === waiter) {
      return { detail: "which it holds itself (locks are not re-entrant)", blockers };
    }
    if (!holder.done()) return { detail: `held by \`${holder.path}\``, blockers };
    const detail = `which \`${holder.path}\` took and had not released when it ended`;
    return { detail, advice: "`lock.withLock(fn)` releases a lock however `fn` ends." };
  }
}
