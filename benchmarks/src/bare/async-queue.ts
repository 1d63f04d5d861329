import type { AsyncLoop } from "./async-loop.ts";
import { Ring } from "./ring.ts";

/**
 * A queue with one consumer on the bare async loop. To get an item:
 * `if (queue.items.length === 0) await queue.parked(); const item = queue.items.shift();`
 */
export class AsyncQueue {
  readonly items: Ring<number> = new Ring();
  readonly #loop: AsyncLoop;
  #consumer: (() => void) | null = null;

  constructor(loop: AsyncLoop) {
    this.#loop = loop;
  }

  put(item: number): void {
    this.items.push(item);
    if (this.#consumer === null) return;
    this.#loop.wake(this.#consumer);
    this.#consumer = null;
  }

  /** Resolves after the next `put`. */
  parked(): Promise<void> {
    return new Promise((resolve) => {
      this.#consumer = resolve;
    });
  }
}
