import { type Coroutine, coroutine, type Result, type Task, UsageError } from "@tickless/core";
import {
  badType,
  Operation,
  Resource,
  type ResourceOptions,
  WaitQueue,
  type WaitSubject,
} from "@tickless/core/kit";

/** A lock that is held until the end of the block: `using held = await lock.hold()`. */
export interface Held {
  [Symbol.dispose](): void;
}

/** What an acquire may do to its lock. */
interface Inside {
  readonly waiters: WaitQueue;
  /** Nobody holds it and nobody was here before. */
  readonly free: boolean;
  take(task: Task<unknown>): void;
  /** Unless it is held: wakes the first, who stays in front until it goes on, so nobody overtakes. */
  wakeFirst(): void;
  subject(): WaitSubject;
}

class Acquire<T> extends Operation<T> {
  readonly #lock: Inside;
  readonly #result: T;
  #queued = false;

  constructor(lock: Inside, result: T) {
    super();
    this.#lock = lock;
    this.#result = result;
  }

  protected attempt(): boolean {
    const lock = this.#lock;
    if (this.#queued) {
      lock.waiters.remove(this);
    } else if (!lock.free) {
      this.#queued = true;
      lock.waiters.push(this);
      return false;
    }
    lock.take(this.task);
    this.value = this.#result;
    return true;
  }

  protected withdraw(): void {
    this.#lock.waiters.remove(this);
    this.#lock.wakeFirst();
  }

  get label(): string {
    return "lock.acquire()";
  }

  get subject(): WaitSubject {
    return this.#lock.subject();
  }
}

/** Mutual exclusion, first come first served (asyncio.Lock, Lib/asyncio/locks.py). Not re-entrant. */
export class Lock extends Resource {
  #locked = false;
  #holder: Task<unknown> | null = null;
  readonly #inside: Inside;

  constructor(options: ResourceOptions = {}) {
    super("lock", options);
    const waiters = new WaitQueue();
    const isFree = (): boolean => !this.#locked && !waiters.hasLive;
    this.#inside = {
      waiters,
      get free(): boolean {
        return isFree();
      },
      take: (task) => {
        this.report("acquire", 1);
        this.#locked = true;
        this.#holder = task;
      },
      wakeFirst: () => {
        if (!this.#locked) waiters.first?.wake();
      },
      subject: () => ({
        kind: "lock",
        id: this.id,
        path: this.path,
        blockers: this.#holder === null ? [] : [this.#holder],
        ...(this.#holder?.done() === true && { detail: "its holder has ended" }),
      }),
    };
  }

  /** Waits for the lock and takes it; resolves to true, as in asyncio. */
  acquire(): Coroutine<true> {
    this.use();
    return new Acquire(this.#inside, true as const);
  }

  /** As `acquire`; the lock is released at the end of the block: `using held = await lock.hold()`. */
  hold(): Coroutine<Held> {
    this.use();
    return new Acquire<Held>(this.#inside, { [Symbol.dispose]: () => this.release() });
  }

  /** Runs `fn` with the lock held and releases it, however `fn` ends. */
  withLock<R>(fn: () => R): Coroutine<Result<R>> {
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
        { task: this.user?.path },
      );
    }
    this.report("release", 0);
    this.#locked = false;
    this.#holder = null;
    this.#inside.wakeFirst();
  }

  locked(): boolean {
    return this.#locked;
  }
}
