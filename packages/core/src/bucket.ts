import { type Activation, TIMER, type ReadyQueue } from "./activation.ts";

// V8 compiles a constant of the module's own in, and loads and checks an imported one at each use.
const { ARMED, BUCKET, UNARMED } = TIMER;

/** Timers with one deadline, in the order of arming. */
export class Bucket {
  /** @internal Never changes. */
  timer: number = BUCKET;
  /** NaN while it is out of the heap: nothing may be added. */
  time: number = NaN;
  /** Those that are left stand in [front, end); the other slots hold undefined. */
  readonly #timers: (Activation | undefined)[] = [];
  #front = 0;
  #end = 0;

  /** How many it holds, those that were disarmed included. */
  get length(): number {
    return this.#end - this.#front;
  }

  add(timer: Activation): void {
    this.#timers[this.#end++] = timer;
  }

  /** Takes out disarmed ones up to the first that is live. Answers how many. */
  skipDisarmed(): number {
    const before = this.#front;
    while (this.#front < this.#end && this.#timers[this.#front]?.timer !== ARMED) {
      this.#timers[this.#front++] = undefined;
    }
    return this.#front - before;
  }

  /** Their time has come. Answers how many were live. */
  ripen(ready: ReadyQueue): number {
    const timers = this.#timers;
    const end = this.#end;
    let live = 0;
    for (let i = this.#front; i < end; i++) {
      const timer = timers[i] as Activation;
      timers[i] = undefined;
      if (timer.timer !== ARMED) continue;
      timer.timer = UNARMED;
      live++;
      timer.ripen(ready);
    }
    this.#front = 0;
    this.#end = 0;
    return live;
  }

  /** Takes out all that are disarmed. */
  compact(): void {
    const timers = this.#timers;
    let kept = 0;
    for (let i = this.#front; i < this.#end; i++) {
      const timer = timers[i] as Activation;
      if (timer.timer === ARMED) timers[kept++] = timer;
    }
    timers.fill(undefined, kept, this.#end);
    this.#front = 0;
    this.#end = kept;
  }
}

/**
 * Finds the bucket of a deadline, in a table with a place for each of 256 integers in a row. A deadline
 * that was pushed out of its place by another one goes on in a new bucket, which stands behind the old
 * one by the order of arming: nothing is lost but a little time.
 */
export class Buckets {
  /** The deadline that was armed last, of those that have this place. */
  readonly #times = new Float64Array(256).fill(NaN);
  /** Its bucket; null while it was armed only once. */
  readonly #buckets: (Bucket | null)[] = new Array<Bucket | null>(256).fill(null);
  readonly #spare: Bucket[] = [];

  /**
   * Answers what has to enter the heap: the timer itself, the first time that its deadline is met; a
   * new bucket with it, the second time; then nothing.
   */
  add(time: number, timer: Activation): Activation | Bucket | null {
    const place = time & 255;
    if (this.#times[place] !== time) {
      this.#times[place] = time;
      this.#buckets[place] = null;
      return timer;
    }
    const present = this.#buckets[place] as Bucket | null;
    if (present !== null && present.time === time) {
      present.add(timer);
      return null;
    }
    const bucket = this.#spare.pop() ?? new Bucket();
    bucket.time = time;
    bucket.add(timer);
    this.#buckets[place] = bucket;
    return bucket;
  }

  /** `bucket` is empty and out of the heap: it may be filled again, for another time. */
  recycle(bucket: Bucket): void {
    bucket.time = NaN;
    this.#spare.push(bucket);
  }
}
