import type { Cast } from "./cast.ts";

/**
 * Who the options of a choice are. A task that waits for several things at once (`Promise.all`) has
 * several activations in the ready queue, and a strategy must be able to tell them apart: each is a
 * *strand* of the task. What a strand's step makes ready for its own task goes on with that strand; else
 * it is the first strand of its task that is not ready.
 *
 * The ready queue keeps its order and gets new activations at its end, so what stood there at the last
 * choice is known, and only the rest has to be looked at.
 */
export class Strands {
  readonly #cast: Cast;
  /** Strands of what is ready, in its order, as far as they are known. */
  readonly #ready: number[] = [];
  /** Whether a strand is ready, by its number. */
  #isReady = new Uint8Array(32);
  /** The task of each strand. */
  readonly #taskOf: number[] = [];
  /** The strand whose step is going on, until it has an heir; -1 when there is none. */
  #heirless = -1;
  #heirlessTask = -1;

  constructor(cast: Cast) {
    this.#cast = cast;
  }

  clear(): void {
    this.#ready.length = 0;
    this.#isReady.fill(0);
    this.#heirless = -1;
    this.#heirlessTask = -1;
  }

  /** Before a choice among `count`: makes all of them known. `made` is told of a strand that begins. */
  look(count: number, task: (index: number) => number): void {
    const ready = this.#ready;
    // Something was taken back: nothing is known of the order any more.
    if (count < ready.length) this.#forget();
    for (let i = ready.length; i < count; i++) ready.push(this.#assign(task(i)));
  }

  /** The strand of option `index`. */
  at(index: number): number {
    return this.#ready[index] as number;
  }

  /** A step of `task` begins: of option `picked` of the last choice, or (-1) of the only one ready. */
  step(task: number, picked: number): number {
    const strand = this.#take(task, picked);
    this.#isReady[strand] = 0;
    this.#heirless = strand;
    this.#heirlessTask = task;
    return strand;
  }

  #take(task: number, picked: number): number {
    const ready = this.#ready;
    const place = picked < 0 ? 0 : picked;
    const strand = ready[place];
    if (strand === undefined) return this.#assign(task);
    if (this.#taskOf[strand] === task) {
      if (place === ready.length - 1) ready.pop();
      else ready.splice(place, 1);
      return strand;
    }
    this.#forget();
    return this.#assign(task);
  }

  #assign(task: number): number {
    let strand = task;
    if (this.#heirlessTask === task && this.#isReady[this.#heirless] !== 1) {
      strand = this.#heirless;
      this.#heirlessTask = -1;
    } else {
      for (let index = 1; this.#isReady[strand] === 1; index++) {
        strand = this.#cast.strand(task, index);
      }
    }
    if (strand >= this.#isReady.length) {
      const larger = new Uint8Array(2 * strand);
      larger.set(this.#isReady);
      this.#isReady = larger;
    }
    this.#isReady[strand] = 1;
    this.#taskOf[strand] = task;
    return strand;
  }

  #forget(): void {
    for (const strand of this.#ready) this.#isReady[strand] = 0;
    this.#ready.length = 0;
  }
}
