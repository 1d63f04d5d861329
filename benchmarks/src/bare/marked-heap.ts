import { Heap } from "./heap.ts";

/** A timer that can be cancelled. */
export interface Handle {
  readonly callback: () => void;
  cancelled: boolean;
}

/** Below this many cancelled timers none is collected. */
const COMPACT_FROM = 64;

/**
 * The least that can forget a timer: it is marked, and when more than half are, they are
 * taken out all at once.
 */
export class MarkedHeap {
  readonly #timers = new Heap<Handle>();
  #cancelled = 0;

  arm(time: number, callback: () => void): Handle {
    const handle = { callback, cancelled: false };
    this.#timers.push(time, handle);
    return handle;
  }

  cancel(handle: Handle): void {
    if (handle.cancelled) return;
    handle.cancelled = true;
    if (++this.#cancelled < COMPACT_FROM || this.#cancelled * 2 <= this.#timers.length) return;
    this.#timers.filter((timer) => !timer.cancelled);
    this.#cancelled = 0;
  }

  /** Live timers. */
  get size(): number {
    return this.#timers.length - this.#cancelled;
  }
}
