import type { Wait } from "./wait.ts";

/**
 * First come, first served. Fairness of every primitive is decided here and nowhere else. A
 * wait stands in one queue at a time; leaving from the middle costs no more than from the ends.
 *
 * @category For extenders
 */
export class WaitQueue {
  #last: Wait<unknown> | null = null;
  /** Who came first, where two or more wait. That is a store less for a lone waiter, the common case. */
  #front: Wait<unknown> | null = null;

  /** Who came first; null if nobody waits. */
  get first(): Wait<unknown> | null {
    return this.#front ?? this.#last;
  }

  /** Puts a wait at the back. */
  push(wait: Wait<unknown>): void {
    const last = this.#last;
    this.#last = wait;
    if (last === null) return;
    this.#front ??= last;
    last.queuedAfter = wait;
    wait.queuedBefore = last;
  }

  /** Whether a wait stands here. */
  has(wait: Wait<unknown>): boolean {
    return wait === this.#last || wait.queuedAfter !== null;
  }

  /** Answers false if it did not stand here. */
  remove(wait: Wait<unknown>): boolean {
    if (!this.has(wait)) return false;
    const { queuedBefore, queuedAfter } = wait;
    if (queuedAfter === null) this.#last = queuedBefore;
    else queuedAfter.queuedBefore = queuedBefore;
    if (queuedBefore === null) this.#front = queuedAfter;
    else queuedBefore.queuedAfter = queuedAfter;
    if (this.#front === this.#last) this.#front = null;
    wait.queuedBefore = null;
    wait.queuedAfter = null;
    return true;
  }

  /** Takes out waiters from the front until one could be woken. Answers whether one was. */
  wakeNext(): boolean {
    for (let waiter = this.first; waiter !== null; waiter = this.first) {
      const after = waiter.queuedAfter;
      if (after === null) {
        this.#last = null;
      } else {
        this.#front = after === this.#last ? null : after;
        after.queuedBefore = null;
        waiter.queuedAfter = null;
      }
      if (waiter.wake()) return true;
    }
    return false;
  }

  /** Whether anybody here has not been cancelled. */
  get hasLive(): boolean {
    for (let waiter = this.first; waiter !== null; waiter = waiter.queuedAfter) {
      if (!waiter.cancelled) return true;
    }
    return false;
  }

  /** Those who stand here, oldest first. A wait that is taken out ends the iteration. */
  *[Symbol.iterator](): Generator<Wait<unknown>, void, undefined> {
    for (let waiter = this.first; waiter !== null; waiter = waiter.queuedAfter) yield waiter;
  }
}
