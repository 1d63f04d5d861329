import type { Activation } from "./activation.ts";
import type { Bucket } from "./bucket.ts";

/** What stands in the heap: a timer, or many that are due at one time. */
type Entry = Activation | Bucket;

const ARITY = 4;
/** Float64Arrays of up to 8 are made without a trip to the allocator, and many runs never need more. */
const SMALLEST = 8;

/**
 * A 4-ary heap of activations by (time, seq), in typed arrays. The order is total: `seq` is the
 * number of the arming, so equal times leave in the order in which they came (rule S1).
 *
 * Four children a node halve the depth of a binary heap, and keys in typed arrays are compared
 * without following a pointer: 2 to 5 times a heap of objects (docs/semantics.md, S1).
 */
export class Heap {
  length = 0;
  #times = new Float64Array(SMALLEST);
  #seqs = new Float64Array(SMALLEST);
  #items: (Entry | undefined)[] = new Array<Entry | undefined>(SMALLEST);
  #seq = 0;

  push(time: number, item: Entry): void {
    if (this.length === this.#times.length) this.#grow();
    this.#siftUp(this.length++, time, this.#seq++, item);
  }

  top(): Entry | undefined {
    return this.#items[0];
  }

  /** Infinity when empty. */
  topTime(): number {
    return this.length === 0 ? Infinity : (this.#times[0] as number);
  }

  pop(): Entry | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[0];
    const last = --this.length;
    const moved = this.#items[last] as Entry;
    this.#items[last] = undefined;
    if (last > 0) {
      this.#siftDown(0, this.#times[last] as number, this.#seqs[last] as number, moved);
    }
    return item;
  }

  /** Keeps the entries for which `keep` holds; their order does not change. */
  filter(keep: (item: Entry) => boolean): void {
    const count = this.length;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const item = this.#items[i] as Entry;
      if (!keep(item)) continue;
      this.#times[kept] = this.#times[i] as number;
      this.#seqs[kept] = this.#seqs[i] as number;
      this.#items[kept++] = item;
    }
    this.#items.fill(undefined, kept, count);
    this.length = kept;
    for (let i = (kept - 2) >> 2; i >= 0; i--) {
      const item = this.#items[i] as Entry;
      this.#siftDown(i, this.#times[i] as number, this.#seqs[i] as number, item);
    }
  }

  #siftUp(start: number, time: number, seq: number, item: Entry): void {
    const times = this.#times;
    let hole = start;
    // The new entry has the highest seq of all, so among equal times it stays below: `<` suffices.
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if ((times[parent] as number) <= time) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#set(hole, time, seq, item);
  }

  #siftDown(start: number, time: number, seq: number, item: Entry): void {
    const times = this.#times;
    const seqs = this.#seqs;
    const length = this.length;
    let hole = start;
    for (;;) {
      const first = hole * ARITY + 1;
      if (first >= length) break;
      const end = first + ARITY < length ? first + ARITY : length;
      let least = first;
      let leastTime = times[first] as number;
      for (let child = first + 1; child < end; child++) {
        const childTime = times[child] as number;
        if (
          childTime < leastTime ||
          (childTime === leastTime && (seqs[child] as number) < (seqs[least] as number))
        ) {
          least = child;
          leastTime = childTime;
        }
      }
      if (leastTime > time || (leastTime === time && (seqs[least] as number) > seq)) break;
      this.#move(least, hole);
      hole = least;
    }
    this.#set(hole, time, seq, item);
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number;
    this.#seqs[to] = this.#seqs[from] as number;
    this.#items[to] = this.#items[from];
  }

  #set(index: number, time: number, seq: number, item: Entry): void {
    this.#times[index] = time;
    this.#seqs[index] = seq;
    this.#items[index] = item;
  }

  #grow(): void {
    const size = this.#times.length * 2;
    const times = new Float64Array(size);
    const seqs = new Float64Array(size);
    times.set(this.#times);
    seqs.set(this.#seqs);
    this.#times = times;
    this.#seqs = seqs;
    const items: (Entry | undefined)[] = new Array<Entry | undefined>(size);
    for (let i = 0; i < this.length; i++) items[i] = this.#items[i];
    this.#items = items;
  }
}
