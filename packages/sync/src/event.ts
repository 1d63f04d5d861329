import type { Coroutine } from "@tickless/core";
import {
  lazyWait,
  Resource,
  type ResourceOptions,
  type Wait,
  WaitQueue,
  type WaitSource,
  type WaitSubject,
} from "@tickless/core/kit";
import { Latest } from "./latest.ts";

/**
 * The source of waits for something that is true or not; many may wait, and one change wakes all.
 * The value of the wait is there from the start.
 */
export class FlagSource implements WaitSource<unknown> {
  readonly waiters: WaitQueue = new WaitQueue();
  readonly label: () => string;
  readonly subject: () => WaitSubject;
  readonly operation: string;
  readonly #isSet: () => boolean;

  constructor(
    label: string,
    isSet: () => boolean,
    subject: () => WaitSubject,
    operation: string = "",
  ) {
    this.label = () => label;
    this.subject = subject;
    this.operation = operation;
    this.#isSet = isSet;
  }

  attempt(wait: Wait<unknown>, woken: boolean): boolean {
    if (woken) {
      // Once woken it has been set, even if it is clear again by now (EVENT-03, QUEUE-10).
      this.waiters.remove(wait);
      return true;
    }
    if (this.#isSet()) return true;
    this.waiters.push(wait);
    return false;
  }

  withdraw(wait: Wait<unknown>): void {
    this.waiters.remove(wait);
  }

  /** It has become true. */
  wakeAll(): void {
    for (const waiter of this.waiters) waiter.wake();
  }
}

/**
 * A flag that tasks wait for (asyncio.Event).
 *
 * @category Sync
 */
export class Event extends Resource {
  #set = false;
  readonly #source = new FlagSource(
    "event.wait()",
    () => {
      this.use();
      this.look();
      return this.#set;
    },
    () => ({ kind: "event", id: this.id, path: this.path, ...this.#shown() }),
  );
  readonly #clearing = new Latest();

  constructor(options: ResourceOptions = {}) {
    super("event", options);
  }

  /** Waits until the flag is set; goes on at once if it is. */
  wait(): Coroutine<true> {
    return lazyWait(this.#source, undefined, true) as Coroutine<true>;
  }

  /** Sets the flag and wakes all who wait, in the order in which they came. */
  set(): void {
    this.use();
    if (this.#set) return;
    this.report("set", 1);
    this.#set = true;
    this.#source.wakeAll();
  }

  /** Clears the flag. Who was woken before goes on nevertheless. */
  clear(): void {
    this.use();
    this.report("clear", 0);
    if (this.#set) this.#clearing.mark(this.stepOwner);
    this.#set = false;
  }

  /** Whether the flag is set. */
  isSet(): boolean {
    this.look();
    return this.#set;
  }

  #shown(): Pick<WaitSubject, "detail" | "advice"> {
    const cleared = this.#clearing.words;
    if (cleared === undefined) return { detail: "which nobody has set" };
    const detail = `which is not set (last cleared ${cleared})`;
    return {
      detail,
      advice:
        "An event that is set and cleared wakes only tasks that wait at that moment. A task that comes " +
        "later waits for the next `set`: let the event stay set, or hand items through a queue.",
    };
  }
}
