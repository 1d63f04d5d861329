import type { Wait } from "./wait.ts";

/**
 * First come, first served. Fairness of every primitive is decided here and nowhere else. A
 * wait stands in one queue at a time; leaving from the middle costs no more than from the ends.
 *
 * @category For extenders
 */
export class WaitQueue {
  #first: Wait<unknown> | null = null;
  #last: Wait<unknown> | null = null;

  /** Who came first; null if nobody waits. */
  get first(): Wait<unknown> | null {
    return this.#first;
  }

  /** Puts a wait at the back. */
  push(wait: Wait<unknown>): void {
    wait.queuedBefore = this.#last;
    if (this.#last === null) this.#first = wait;
    else this.#last.queuedAfter = wait;
    this.#last = wait;
  }

  /** Whether a wait stands here. */
  has(wait: Wait<unknown>): boolean {
    return wait === this.#first || wait.queuedBefore !== null;
  }

  /** Answers false if it did not stand here. */
  remove(wait: Wait<unknown>): boolean {
    if (!this.has(wait)) return false;
    const { queuedBefore, queuedAfter } = wait;
    if (queuedBefore === null) this.#first = queuedAfter;
    else queuedBefore.queuedAfter = queuedAfter;
    if (queuedAfter === null) this.#last = queuedBefore;
    else queuedAfter.queuedBefore = queuedBefore;
    wait.queuedBefore = null;
    wait.queuedAfter = null;
    return true;
  }

  /** Takes out waiters from the front until one could be woken. Answers whether one was. */
  wakeNext(): boolean {
    for (let waiter = this.#first; waiter !== null; waiter = this.#first) {
      const after = waiter.queuedAfter;
      this.#first = after;
      if (after === null) this.#last = null;
      else after.queuedBefore = null;
      waiter.queuedAfter = null;
      if (waiter.wake()) return true;
    }
    return false;
  }

  /** Whether anybody here has not been cancelled. */
  get hasLive(): boolean {
    for (let waiter = this.#first; waiter !== null; waiter = waiter.queuedAfter) {
      if (!waiter.cancelled) return true;
    }
    return false;
  }

  /** Those who stand here, oldest first. A wait that is taken out ends the iteration. */
  *[Symbol.iterator](): Generator<Wait<unknown>, void, undefined> {
    for (let waiter = this.#first; waiter !== null; waiter = waiter.queuedAfter) yield waiter;
  }
}
