import { Heap } from "./heap.ts";
import { Ring } from "./ring.ts";

/** What a body yields to wait until `wake` is called for it. */
export const PARKED = -1;

/** A body yields for how long it sleeps, or PARKED. */
export type Steps = Generator<number, void, void>;

/** The least that can run generators in virtual time: a heap of them, and `next()`. */
export class GeneratorLoop {
  now = 0;
  /** The generator whose code is running. */
  current: Steps | null = null;
  readonly #timers = new Heap<Steps>();
  readonly #ready = new Ring<Steps>();

  /** Runs `steps` up to its first wait. */
  start(steps: Steps): void {
    this.current = steps;
    const { done, value } = steps.next();
    if (done !== true && value >= 0) this.#timers.push(this.now + value, steps);
  }

  /** Ends the wait of a parked generator. */
  wake(steps: Steps): void {
    this.#ready.push(steps);
  }

  /** Runs until nothing is left. */
  run(): void {
    for (;;) {
      if (this.#ready.length > 0) {
        this.start(this.#ready.shift());
      } else {
        if (this.#timers.length === 0) return;
        this.now = this.#timers.topTime();
        this.start(this.#timers.pop());
      }
    }
  }
}
