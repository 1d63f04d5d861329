import { Heap } from "./heap.ts";
import { type Activation, ARMED, DISARMED, UNARMED } from "./activation.ts";

/** Below this many entries dropped timers are not worth collecting. */
const COMPACT_FROM = 64;

/**
 * The timers of one loop. A timer that is disarmed stays in the heap, marked, until it comes to the
 * top or until half of the heap is such: a disarm is then O(1), and what is kept is at most twice
 * what is live. A disarmed timer never moves the clock.
 */
export class Agenda {
  #heap = new Heap();
  /** How many entries of the heap are marked DISARMED. */
  #dropped = 0;

  /** Whether there is nothing in it, not even what was disarmed. */
  get isEmpty(): boolean {
    return this.#heap.length === 0;
  }

  /** Live timers. */
  get size(): number {
    return this.#heap.length - this.#dropped;
  }

  arm(time: number, activation: Activation): void {
    activation.timer = ARMED;
    this.#heap.push(time, activation);
  }

  /** Does nothing if `activation` does not stand here (any more). */
  disarm(activation: Activation): void {
    if (activation.timer !== ARMED) return;
    activation.timer = DISARMED;
    this.#dropped++;
    if (this.#dropped > COMPACT_FROM && this.#dropped * 2 > this.#heap.length) {
      this.#heap.filter((entry) => entry.timer === ARMED);
      this.#dropped = 0;
    }
  }

  clear(): void {
    if (this.#heap.length > 0) this.#heap = new Heap();
    this.#dropped = 0;
  }

  /** Time of the earliest live timer; Infinity if there is none. */
  peek(): number {
    for (;;) {
      const top = this.#heap.top();
      if (top === undefined) return Infinity;
      if (top.timer === ARMED) return this.#heap.topTime();
      this.#heap.pop();
      this.#dropped--;
    }
  }

  /** Takes out the earliest timer. It is live if `peek` was called just before. */
  take(): Activation | undefined {
    const due = this.#heap.pop();
    if (due !== undefined) due.timer = UNARMED;
    return due;
  }
}
