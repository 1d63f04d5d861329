import {
  type Coroutine,
  coroutine,
  type ErrorContext,
  type Task,
  TicklessError,
} from "@tickless/core";
import {
  checkInteger,
  Resource,
  type ResourceOptions,
  Wait,
  WaitQueue,
  waitSource,
  type WaitSource,
  type WaitSubject,
} from "@tickless/core/kit";
import { listed } from "./holders.ts";

/**
 * A barrier was reset or aborted while a task waited at it, or a task came to one that was aborted.
 *
 * @category Errors
 */
export class BrokenBarrierError extends TicklessError {
  constructor(message: string, where?: ErrorContext) {
    super("ERR_BROKEN_BARRIER", message, where);
  }
}

// The life of a barrier. DRAINING: all have come, and not all have gone on yet. RESETTING: some have
// not learned yet that it was reset. Meanwhile newcomers wait for the next round.
const FILLING = "filling";
const DRAINING = "draining";
const RESETTING = "resetting";
const BROKEN = "broken";

/** One call of `wait`: it becomes an arrival when the barrier takes part in it. */
interface Arrival {
  readonly barrier: Barrier;
  /** Which of the round it is, from 0; -1 while it waits for the round to begin. */
  index: number;
  /** When it came. */
  since: number;
}

/**
 * Makes `parties` tasks wait for each other, round after round (asyncio.Barrier, Lib/asyncio/locks.py).
 *
 * asyncio builds it on a Condition. Its lock is never held across a wait, so that nothing ever queues
 * for it; what is left are the tasks that wait for a change of state, and who wakes them when.
 *
 * @category Sync
 */
export class Barrier extends Resource {
  /** How many tasks open it. */
  readonly parties: number;
  #state: string = FILLING;
  /** Who takes part in the round, those included that go on and have not done so yet. */
  readonly #arrived = new Map<Arrival, Task<unknown>>();
  readonly #waiters = new WaitQueue();

  /** The source of all waits at a barrier; the target of the wait is its arrival. */
  static readonly #waiting: WaitSource<unknown> = waitSource({
    label: () => "barrier.wait()",
    object: (wait) => (wait.target as Arrival).barrier,
    attempt: (wait) => (wait.target as Arrival).barrier.#pass(wait),
    withdraw: (wait) => (wait.target as Arrival).barrier.#withdraw(wait),
    subject: (wait) => (wait.target as Arrival).barrier.#subject(wait.target as Arrival),
  });

  /**
   * @param parties how many tasks open it, an integer ≥ 1
   * @throws RangeError if `parties` is less than 1 or no integer
   */
  constructor(parties: number, options: ResourceOptions = {}) {
    super("barrier", options);
    this.parties = checkInteger("parties", parties, 1);
  }

  /**
   * Waits until `parties` tasks wait here. The last one goes on at once, the others after it in the
   * order in which they came. Resolves to how many were there before it, from 0 to `parties` - 1. A
   * wait that is cancelled leaves the round, and the barrier is not broken; two of that round may then
   * get the same number, as in asyncio.
   *
   * @throws BrokenBarrierError if the barrier is reset or aborted meanwhile, or has been aborted
   */
  wait(): Coroutine<number> {
    const arrival: Arrival = { barrier: this, index: -1, since: 0 };
    return new Wait<unknown>(Barrier.#waiting, arrival) as Coroutine<unknown> as Coroutine<number>;
  }

  /** Sends all who wait away with a BrokenBarrierError and begins anew, also after `abort`. Never waits. */
  reset(): Coroutine<void> {
    return coroutine({ "barrier.reset": () => this.#reset() }["barrier.reset"])();
  }

  /** Sends all who wait, and all who come before a `reset`, away with a BrokenBarrierError. Never waits. */
  abort(): Coroutine<void> {
    return coroutine({ "barrier.abort": () => this.#abort() }["barrier.abort"])();
  }

  /** How many tasks wait for the round to be complete. */
  get nWaiting(): number {
    this.look();
    return this.#state === FILLING ? this.#arrived.size : 0;
  }

  /** Whether it was aborted and not reset. */
  get broken(): boolean {
    this.look();
    return this.#state === BROKEN;
  }

  #pass(wait: Wait<unknown>): boolean {
    const arrival = wait.target as Arrival;
    this.use();
    if (arrival.index < 0) {
      if (this.#state === BROKEN) throw this.#error("was aborted");
      if (this.#state !== FILLING) return this.#suspend(wait);
      this.#arrive(arrival, wait.task);
    }
    if (this.#state === FILLING) return this.#suspend(wait);
    const sentAway = this.#state !== DRAINING;
    const error = sentAway ? this.#error(this.broken ? "was aborted" : "was reset") : null;
    this.#leave(arrival);
    if (error !== null) throw error;
    wait.value = arrival.index;
    return true;
  }

  /** Back to the end of the line also if it was woken in vain, as in asyncio. */
  #suspend(wait: Wait<unknown>): boolean {
    this.#waiters.push(wait);
    return false;
  }

  #arrive(arrival: Arrival, task: Task<unknown>): void {
    this.report("arrive", this.#arrived.size + 1);
    arrival.index = this.#arrived.size;
    arrival.since = task.loop.now;
    this.#arrived.set(arrival, task);
    if (this.#arrived.size === this.parties) {
      this.#state = DRAINING;
      this.#wakeAll();
    }
  }

  #leave(arrival: Arrival): void {
    this.#arrived.delete(arrival);
    if (this.#arrived.size > 0) return;
    if (this.#state !== BROKEN) this.#state = FILLING;
    this.#wakeAll();
  }

  #withdraw(wait: Wait<unknown>): void {
    const arrival = wait.target as Arrival;
    this.#waiters.remove(wait);
    // asyncio's Condition notifies another whenever a wait fails; it looks again and queues up anew.
    this.#waiters.wakeNext();
    if (arrival.index >= 0) this.#leave(arrival);
  }

  #reset(): void {
    this.use();
    this.report("reset", 0);
    this.#state = this.#arrived.size > 0 ? RESETTING : FILLING;
    this.#wakeAll();
  }

  #abort(): void {
    this.use();
    this.report("abort", 0);
    this.#state = BROKEN;
    this.#wakeAll();
  }

  #wakeAll(): void {
    while (this.#waiters.wakeNext());
  }

  #error(what: string): BrokenBarrierError {
    const again = what === "was aborted" ? " `await barrier.reset()` makes it usable again." : "";
    return new BrokenBarrierError(`Barrier \`${this.path}\` ${what}.${again}`, this.where);
  }

  #subject(arrival: Arrival): WaitSubject {
    const subject = { kind: "barrier", id: this.id, path: this.path, verb: "waits at" };
    if (arrival.index < 0) {
      return { ...subject, detail: "until those of the last round have gone on" };
    }
    const names = Array.from(this.#arrived, ([{ since }, task]) => {
      return `\`${task.path}\` at ${task.loop.at(since)}`;
    });
    const missing = this.parties - this.#arrived.size;
    return {
      ...subject,
      detail: `to which ${this.#arrived.size} of ${this.parties} have come (${listed(names)})`,
      advice:
        `A barrier opens when all its parties wait at it together; ${missing === 1 ? "one is" : `${missing} are`} ` +
        "missing here. If a task that was to come has ended, make the barrier for fewer, or `abort` it.",
    };
  }
}
