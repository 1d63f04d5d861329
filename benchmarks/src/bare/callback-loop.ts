import FastPriorityQueue from "fastpriorityqueue";

interface Armed {
  readonly time: number;
  readonly seq: number;
  readonly callback: () => void;
}

/**
 * What one writes who needs an agenda and takes a library: objects in a `fastpriorityqueue`, ordered
 * by (time, order of arming) as the engine orders them.
 */
export class CallbackLoop {
  now = 0;
  #seq = 0;
  readonly #timers = new FastPriorityQueue<Armed>(
    (a, b) => a.time < b.time || (a.time === b.time && a.seq < b.seq),
  );

  callLater(delay: number, callback: () => void): void {
    this.#timers.add({ time: this.now + delay, seq: this.#seq++, callback });
  }

  /** Calls what is armed until `isOver`, which is asked before each call. */
  run(isOver: () => boolean): void {
    while (!isOver()) {
      const next = this.#timers.poll();
      if (next === undefined) return;
      this.now = next.time;
      next.callback();
    }
  }
}
