import { type Activation, TIMER, type ReadyQueue } from "./activation.ts";
import { Bucket, Buckets } from "./bucket.ts";
import { Heap } from "./heap.ts";

// V8 compiles a constant of the module's own in, and loads and checks an imported one at each use.
const { ARMED, DISARMED, UNARMED } = TIMER;

/** Below this many entries dropped timers are not worth collecting. */
const COMPACT_FROM = 64;
/**
 * Until the heap has had this many entries it is not worth looking for equal deadlines; nor is it among
 * times that are no integers, of which few are equal.
 */
const BUCKETS_FROM = 32;

/**
 * The timers of one loop. A timer that is disarmed stays where it is, marked, until its time comes or
 * until half of all are such: a disarm is then O(1), and what is kept is at most twice what is live. A
 * disarmed timer never moves the clock.
 */
export class Agenda {
  #heap = new Heap();
  #buckets: Buckets | null = null;
  /** How many timers it keeps, those marked DISARMED included. */
  length = 0;
  /** How many live ones do not keep a run going: where there are no others, it ends. */
  background = 0;
  /** How many of them are marked DISARMED. */
  #dropped = 0;

  /** Whether there is nothing in it, not even what was disarmed. */
  get isEmpty(): boolean {
    return this.#heap.length === 0;
  }

  /** Live timers. */
  get size(): number {
    return this.length - this.#dropped;
  }

  /** Whether nothing in it keeps a run going. */
  get onlyBackground(): boolean {
    return this.background > 0 && this.background === this.size;
  }

  arm(time: number, activation: Activation): void {
    activation.timer = ARMED;
    this.length++;
    if (this.#buckets === null && this.#heap.length === BUCKETS_FROM) this.#buckets = new Buckets();
    // Never aside of a bucket that is there: what was put into it afterwards would come out before.
    if (this.#buckets === null || time !== Math.floor(time)) {
      this.#heap.push(time, activation);
      return;
    }
    const entry = this.#buckets.add(time, activation);
    if (entry !== null) this.#heap.push(time, entry);
  }

  /** Does nothing if `activation` does not stand here (any more). */
  disarm(activation: Activation): void {
    if (activation.timer !== ARMED) return;
    activation.timer = DISARMED;
    this.#dropped++;
    if (this.#dropped > COMPACT_FROM && this.#dropped * 2 > this.length) this.#compact();
  }

  clear(): void {
    if (this.length === 0) return;
    this.#heap = new Heap();
    this.#buckets = null;
    this.length = 0;
    this.#dropped = 0;
  }

  /** Time of the earliest live timer; Infinity if there is none. */
  peek(): number {
    // Without what was disarmed the first entry is live, and need not be fetched to see that.
    return this.#dropped === 0 ? this.#heap.topTime() : this.#peekBehindDropped();
  }

  /** Apart, so that `peek` is inlined: a time that is handed from call to call is a number on the heap. */
  #peekBehindDropped(): number {
    for (;;) {
      const top = this.#heap.top();
      if (top === undefined) return Infinity;
      if (top.timer === ARMED) return this.#heap.topTime();
      if (top instanceof Bucket) {
        this.#forget(top.skipDisarmed());
        if (top.length > 0) return this.#heap.topTime();
        this.#heap.pop();
        this.#buckets?.recycle(top);
      } else {
        this.#forget(1);
        this.#heap.pop();
      }
    }
  }

  /** Makes ready all that is due, of which there is something: `peek` was called just before. */
  ripen(ready: ReadyQueue): void {
    do {
      const due = this.#heap.pop() as Activation | Bucket;
      if (due.timer === ARMED) {
        due.timer = UNARMED;
        this.length--;
        (due as Activation).ripen(ready);
      } else {
        this.#ripenAll(due as Bucket, ready);
      }
    } while (this.peek() <= ready.now);
  }

  #ripenAll(bucket: Bucket, ready: ReadyQueue): void {
    const { length } = bucket;
    const live = bucket.ripen(ready);
    this.length -= live;
    this.#forget(length - live);
    this.#buckets?.recycle(bucket);
  }

  #forget(disarmed: number): void {
    this.length -= disarmed;
    this.#dropped -= disarmed;
  }

  #compact(): void {
    this.#heap.filter((entry) => {
      if (!(entry instanceof Bucket)) return entry.timer === ARMED;
      entry.compact();
      if (entry.length === 0) this.#buckets?.recycle(entry);
      return entry.length > 0;
    });
    this.length -= this.#dropped;
    this.#dropped = 0;
  }
}
