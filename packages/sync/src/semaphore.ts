/// <reference lib="esnext.disposable" preserve="true" />
import { type Coroutine, currentTask, type NoPlainYield, type Result } from "@tickless/core";
import {
  checkInteger,
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
import { Holders } from "./holders.ts";

/**
 * At most `value` tasks at a time, first come first served (asyncio.Semaphore, Lib/asyncio/locks.py
 * of 3.13). A permit is always in exactly one of {semaphore, holder} (rule S6).
 *
 * @category Sync
 */
export class Semaphore extends Resource {
  /** Permits that nobody has, and that nobody has been woken for. */
  #value: number;
  /** Permits given to waiters that were woken and have not gone on yet. */
  #given = 0;
  readonly #waiters = new WaitQueue();
  readonly #holders = new Holders();

  /** The source of all waits for a permit. The value of the wait is there from the start. */
  static readonly #acquiring: WaitSource<unknown> = waitSource({
    label: () => "semaphore.acquire()",
    operation: "acquire",
    object: (wait) => wait.target as Semaphore,

    attempt(wait: Wait<unknown>, woken: boolean): boolean {
      const semaphore = wait.target as Semaphore;
      semaphore.use();
      if (woken) {
        semaphore.report("acquire", semaphore.#value);
        semaphore.#given--;
      } else if (semaphore.locked()) {
        semaphore.#waiters.push(wait);
        return false;
      } else {
        semaphore.report("acquire", semaphore.#value - 1);
        semaphore.#value--;
      }
      semaphore.#holders.take(wait.task);
      // Permits may have come while newcomers had to queue behind this one (SEM-09).
      if (woken) semaphore.#wakeAllowed();
      return true;
    },

    withdraw(wait: Wait<unknown>, granted: boolean): void {
      const semaphore = wait.target as Semaphore;
      semaphore.#waiters.remove(wait);
      if (granted) {
        semaphore.#given--;
        semaphore.#value++;
      }
      semaphore.#wakeAllowed();
    },

    subject(wait: Wait<unknown>): WaitSubject {
      const semaphore = wait.target as Semaphore;
      const { id, path } = semaphore;
      return { kind: "semaphore", id, path, ...semaphore.#holders.holding(wait.task) };
    },
  });

  /**
   * @param value how many permits it has to begin with, an integer ≥ 0
   * @throws RangeError if `value` is negative or no integer
   */
  constructor(value = 1, options: ResourceOptions = {}) {
    super("semaphore", options);
    this.#value = checkInteger("value", value, 0);
  }

  /** Waits for a permit and takes it; resolves to true, as in asyncio. */
  acquire(): Coroutine<true> {
    return lazyWait<unknown>(Semaphore.#acquiring, this, true) as Coroutine<true>;
  }

  /** As `acquire`; the permit is given back at the end of the block: `using held = await semaphore.hold()`. */
  hold(): Coroutine<Held> {
    let over = false;
    const held: Held = {
      [Symbol.dispose]: () => {
        if (over) return;
        over = true;
        this.release();
      },
    };
    return lazyWait<unknown>(Semaphore.#acquiring, this, held) as Coroutine<Held>;
  }

  /** Runs `fn` with a permit and gives it back, however `fn` ends. */
  withPermit<R>(fn: (() => R) & NoPlainYield<R>): Coroutine<Result<R>> {
    return guarded(
      "withPermit",
      fn,
      () => this.acquire(),
      () => this.release(),
    );
  }

  /**
   * Gives a permit back, or one more than there were, and wakes the first who waits. Any task may do
   * it, and callbacks too.
   */
  release(): void {
    this.use();
    this.report("release", this.#value + 1);
    this.#holders.giveBack(currentTask());
    this.#value++;
    this.#wakeFirst();
  }

  /** Whether `acquire` would have to wait: no permit is left, or somebody is waiting already (SEM-03). */
  locked(): boolean {
    this.look();
    return this.#value === 0 || this.#given > 0 || this.#waiters.hasLive;
  }

  /** Who holds permits, by the order in which they took their first. */
  override get held(): readonly Holding[] {
    return this.#holders.list;
  }

  /** @internal Permits that can be taken. */
  protected get free(): number {
    return this.#value;
  }

  /** The permit belongs to the woken one from now on, so that no newcomer takes it (SEM-04). */
  #wakeFirst(): boolean {
    if (!this.#waiters.wakeNext()) return false;
    this.#value--;
    this.#given++;
    return true;
  }

  #wakeAllowed(): void {
    while (this.#value > 0 && this.#wakeFirst());
  }
}
