import type { Coroutine } from "@tickless/core";
import {
  Operation,
  Resource,
  type ResourceOptions,
  WaitQueue,
  type WaitSubject,
} from "@tickless/core/kit";

/** Something that is true or not, and that tasks wait for. */
interface Flag {
  readonly waiters: WaitQueue;
  readonly label: string;
  isSet(): boolean;
  subject(): WaitSubject;
}

/** A wait for a flag; many may wait, and one change wakes all. */
export class FlagWait<T> extends Operation<T> {
  readonly #flag: Flag;
  readonly #result: T;
  #queued = false;

  constructor(flag: Flag, result: T) {
    super();
    this.#flag = flag;
    this.#result = result;
  }

  protected attempt(): boolean {
    this.value = this.#result;
    if (this.#queued) {
      // Once woken it has been set, even if it is clear again by now (EVENT-03, QUEUE-10).
      this.#flag.waiters.remove(this);
      return true;
    }
    if (this.#flag.isSet()) return true;
    this.#queued = true;
    this.#flag.waiters.push(this);
    return false;
  }

  protected withdraw(): void {
    this.#flag.waiters.remove(this);
  }

  get label(): string {
    return this.#flag.label;
  }

  get subject(): WaitSubject {
    return this.#flag.subject();
  }
}

/** A flag that tasks wait for (asyncio.Event). */
export class Event extends Resource {
  #set = false;
  readonly #flag: Flag = {
    waiters: new WaitQueue(),
    label: "event.wait()",
    isSet: () => this.#set,
    subject: () => ({ kind: "event", id: this.id, path: this.path, detail: "not set" }),
  };

  constructor(options: ResourceOptions = {}) {
    super("event", options);
  }

  /** Waits until the flag is set; goes on at once if it is. */
  wait(): Coroutine<true> {
    this.use();
    return new FlagWait(this.#flag, true as const);
  }

  /** Sets the flag and wakes all who wait, in the order in which they came. */
  set(): void {
    this.use();
    if (this.#set) return;
    this.report("set", 1);
    this.#set = true;
    for (const waiter of this.#flag.waiters) waiter.wake();
  }

  /** Clears the flag. Who was woken before goes on nevertheless. */
  clear(): void {
    this.use();
    this.report("clear", 0);
    this.#set = false;
  }

  isSet(): boolean {
    return this.#set;
  }
}
