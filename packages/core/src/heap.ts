import type { Activation } from "./activation.ts";
import type { Bucket } from "./bucket.ts";

/** What stands in the heap: a timer, or many that are due at one time. */
type Entry = Activation | Bucket;

/** Float64Arrays of up to 8 are made without a trip to the allocator, and many runs never need more. */
const SMALLEST = 8;
/**
 * Up to this many entries stay in the processor's caches, and the least child is found without
 * branches, which nobody can predict. Beyond, a wrong prediction costs less than it saves: the next
 * level is on its way from memory before the comparison is done.
 */
const CACHED = 1 << 15;

/**
 * A 4-ary heap of activations by (time, seq), in typed arrays. The order is total: `seq` is the
 * number of the arming, so equal times leave in the order in which they came (rule S1).
 *
 * Four children a node halve the depth of a binary heap, and keys in typed arrays are compared
 * without following a pointer: 2 to 5 times a heap of objects (docs/semantics.md, S1). Activations stay
 * in a slot of their own while their keys move, since each store of a young object into an old array is
 * one that the garbage collector must be told of.
 */
export class Heap {
  length = 0;
  #times = new Float64Array(SMALLEST);
  #seqs = new Float64Array(SMALLEST);
  /** A permutation: the first `length` are the slots of the entries, the others are free. */
  #slots = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7);
  #items: (Entry | undefined)[] = new Array<Entry | undefined>(SMALLEST);
  #seq = 0;

  push(time: number, item: Entry): void {
    if (this.length === this.#times.length) this.#grow();
    const slot = this.#slots[this.length] as number;
    this.#items[slot] = item;
    this.#siftUp(this.length++, time, this.#seq++, slot);
  }

  top(): Entry | undefined {
    return this.length === 0 ? undefined : this.#items[this.#slots[0] as number];
  }

  /** Infinity when empty. */
  topTime(): number {
    return this.length === 0 ? Infinity : (this.#times[0] as number);
  }

  pop(): Entry | undefined {
    if (this.length === 0) return undefined;
    const slots = this.#slots;
    const slot = slots[0] as number;
    const item = this.#items[slot];
    this.#items[slot] = undefined;
    const last = --this.length;
    const moved = slots[last] as number;
    slots[last] = slot;
    if (last > 0) {
      this.#siftDown(0, this.#times[last] as number, this.#seqs[last] as number, moved);
    }
    return item;
  }

  /** Keeps the entries for which `keep` holds; their order does not change. */
  filter(keep: (item: Entry) => boolean): void {
    const slots = this.#slots;
    const count = this.length;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const slot = slots[i] as number;
      if (!keep(this.#items[slot] as Entry)) {
        this.#items[slot] = undefined;
        continue;
      }
      this.#times[kept] = this.#times[i] as number;
      this.#seqs[kept] = this.#seqs[i] as number;
      slots[i] = slots[kept] as number;
      slots[kept++] = slot;
    }
    this.length = kept;
    for (let i = (kept - 2) >> 2; i >= 0; i--) {
      this.#siftDown(
        i,
        this.#times[i] as number,
        this.#seqs[i] as number,
        this.#slots[i] as number,
      );
    }
  }

  #siftUp(start: number, time: number, seq: number, slot: number): void {
    const times = this.#times;
    let hole = start;
    // The new entry has the highest seq of all, so among equal times it stays below: `<` suffices.
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if ((times[parent] as number) <= time) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#set(hole, time, seq, slot);
  }

  #siftDown(start: number, time: number, seq: number, slot: number): void {
    const times = this.#times;
    const seqs = this.#seqs;
    const length = this.length;
    let hole = start;
    let first = hole * 4 + 1;
    while (first < length) {
      const least =
        first + 3 < length && length < CACHED ? this.#leastOfFour(first) : this.#leastFrom(first);
      const leastTime = times[least] as number;
      if (leastTime > time || (leastTime === time && (seqs[least] as number) > seq)) break;
      this.#move(least, hole);
      hole = least;
      first = hole * 4 + 1;
    }
    this.#set(hole, time, seq, slot);
  }

  #leastOfFour(first: number): number {
    const times = this.#times;
    const a = times[first] as number;
    const b = times[first + 1] as number;
    const c = times[first + 2] as number;
    const d = times[first + 3] as number;
    const left = first + Number(b < a);
    const right = first + 2 + Number(d < c);
    const leftTime = times[left] as number;
    const rightTime = times[right] as number;
    if (a === b || c === d || leftTime === rightTime) return this.#leastFrom(first);
    return left + (right - left) * Number(rightTime < leftTime);
  }

  /** The least of the up to four children that begin at `first`. */
  #leastFrom(first: number): number {
    const times = this.#times;
    const seqs = this.#seqs;
    const end = first + 4 < this.length ? first + 4 : this.length;
    let least = first;
    let leastTime = times[first] as number;
    for (let child = first + 1; child < end; child++) {
      const time = times[child] as number;
      if (
        time < leastTime ||
        (time === leastTime && (seqs[child] as number) < (seqs[least] as number))
      ) {
        least = child;
        leastTime = time;
      }
    }
    return least;
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number;
    this.#seqs[to] = this.#seqs[from] as number;
    this.#slots[to] = this.#slots[from] as number;
  }

  #set(index: number, time: number, seq: number, slot: number): void {
    this.#times[index] = time;
    this.#seqs[index] = seq;
    this.#slots[index] = slot;
  }

  #grow(): void {
    const size = this.#times.length * 2;
    const times = new Float64Array(size);
    const seqs = new Float64Array(size);
    const slots = new Int32Array(size);
    times.set(this.#times);
    seqs.set(this.#seqs);
    slots.set(this.#slots);
    for (let i = this.length; i < size; i++) slots[i] = i;
    this.#times = times;
    this.#seqs = seqs;
    this.#slots = slots;
    const items: (Entry | undefined)[] = new Array<Entry | undefined>(size);
    for (let i = 0; i < this.length; i++) items[i] = this.#items[i];
    this.#items = items;
  }
}
