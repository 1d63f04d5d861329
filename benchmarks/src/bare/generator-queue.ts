import { type GeneratorLoop, PARKED, type Steps } from "./generator-loop.ts";
import { Ring } from "./ring.ts";

/**
 * A queue with one consumer on the bare generator loop. To get an item:
 * `if (queue.items.length === 0) yield queue.park(); const item = queue.items.shift();`
 */
export class GeneratorQueue {
  readonly items: Ring<number> = new Ring();
  readonly #loop: GeneratorLoop;
  #consumer: Steps | null = null;

  constructor(loop: GeneratorLoop) {
    this.#loop = loop;
  }

  put(item: number): void {
    this.items.push(item);
    if (this.#consumer === null) return;
    this.#loop.wake(this.#consumer);
    this.#consumer = null;
  }

  /** What the running generator yields to go on after the next `put`. */
  park(): number {
    this.#consumer = this.#loop.current;
    return PARKED;
  }
}
