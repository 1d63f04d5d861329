import type { Operation } from "./wait.ts";

/**
 * First come, first served. Fairness of every primitive is decided here and nowhere else. An
 * operation stands in one queue at a time; leaving from the middle costs no more than from the ends.
 */
export class WaitQueue {
  #first: Operation<unknown> | null = null;
  #last: Operation<unknown> | null = null;
  length = 0;

  get first(): Operation<unknown> | null {
    return this.#first;
  }

  push(operation: Operation<unknown>): void {
    operation.queuedBefore = this.#last;
    if (this.#last === null) this.#first = operation;
    else this.#last.queuedAfter = operation;
    this.#last = operation;
    this.length++;
  }

  has(operation: Operation<unknown>): boolean {
    return operation === this.#first || operation.queuedBefore !== null;
  }

  /** Answers false if it did not stand here. */
  remove(operation: Operation<unknown>): boolean {
    if (!this.has(operation)) return false;
    const { queuedBefore, queuedAfter } = operation;
    if (queuedBefore === null) this.#first = queuedAfter;
    else queuedBefore.queuedAfter = queuedAfter;
    if (queuedAfter === null) this.#last = queuedBefore;
    else queuedAfter.queuedBefore = queuedBefore;
    operation.queuedBefore = null;
    operation.queuedAfter = null;
    this.length--;
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
      this.length--;
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

  *[Symbol.iterator](): Generator<Operation<unknown>, void, undefined> {
    for (let waiter = this.#first; waiter !== null; waiter = waiter.queuedAfter) yield waiter;
  }
}
