import type { Activation } from "./activation.ts";
import type { Bucket } from "./bucket.ts";

/** What stands in the heap: a timer, or many that are due at one time. */
type Entry = Activation | Bucket;

/** Index of the first entry; the children of `i` stand at `4 * i - 2` and the three behind it. */
const ROOT = 1;
/** Room for two levels. Float64Arrays of up to 8 are made without a trip to the allocator. */
const SMALLEST = 6;
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
 * one that the garbage collector must be told of. `seq` stays in the slot, too: only equal times ask for it.
 */
export class Heap {
  length = 0;
  /** Infinity where no entry stands, so that all groups of four children are whole. */
  #times = new Float64Array(SMALLEST).fill(Infinity);
  /** A permutation: slots of the entries where entries stand, free ones elsewhere. */
  #slots = Int32Array.of(0, 1, 2, 3, 4, 5);
  /** By slot. */
  #seqs = new Float64Array(SMALLEST);
  /** By slot. */
  #items: (Entry | undefined)[] = new Array<Entry | undefined>(SMALLEST);
  #seq = 0;

  /** `time` is finite: Infinity stands where no entry does. */
  push(time: number, item: Entry): void {
    const end = ROOT + this.length;
    if (end === this.#times.length) this.#grow();
    const slot = this.#slots[end] as number;
    this.#items[slot] = item;
    this.#seqs[slot] = this.#seq++;
    this.length++;
    this.#siftUp(end, time, slot);
  }

  top(): Entry | undefined {
    return this.length === 0 ? undefined : this.#items[this.#slots[ROOT] as number];
  }

  /** Infinity when empty. */
  topTime(): number {
    return this.#times[ROOT] as number;
  }

  pop(): Entry | undefined {
    if (this.length === 0) return undefined;
    const times = this.#times;
    const slots = this.#slots;
    const slot = slots[ROOT] as number;
    const item = this.#items[slot];
    this.#items[slot] = undefined;
    const last = this.length--;
    times[ROOT] = times[last] as number;
    slots[ROOT] = slots[last] as number;
    times[last] = Infinity;
    slots[last] = slot;
    // One entry that is left stands at the root.
    if (last > ROOT + 1) this.#siftDown(ROOT);
    return item;
  }

  /** Keeps the entries for which `keep` holds; their order does not change. */
  filter(keep: (item: Entry) => boolean): void {
    const times = this.#times;
    const slots = this.#slots;
    const end = ROOT + this.length;
    let kept = ROOT;
    for (let i = ROOT; i < end; i++) {
      const slot = slots[i] as number;
      if (!keep(this.#items[slot] as Entry)) {
        this.#items[slot] = undefined;
        continue;
      }
      times[kept] = times[i] as number;
      slots[i] = slots[kept] as number;
      slots[kept++] = slot;
    }
    times.fill(Infinity, kept, end);
    this.length = kept - ROOT;
    for (let i = (kept + 1) >> 2; i >= ROOT; i--) this.#siftDown(i);
  }

  #siftUp(start: number, time: number, slot: number): void {
    const times = this.#times;
    const slots = this.#slots;
    let hole = start;
    // The new entry has the highest seq of all, so among equal times it stays below: `<` suffices.
    while (hole > ROOT) {
      const parent = (hole + 2) >> 2;
      const parentTime = times[parent] as number;
      if (parentTime <= time) break;
      times[hole] = parentTime;
      slots[hole] = slots[parent] as number;
      hole = parent;
    }
    times[hole] = time;
    slots[hole] = slot;
  }

  /**
   * The entry at `start` goes down to its place. Handed an index and no time: a time that is handed over
   * is a number on the JavaScript heap.
   */
  #siftDown(start: number): void {
    if (this.length < CACHED) this.#siftDownCached(start);
    else this.#siftDownExact(start);
  }

  /** Finds the least child without branches, and leaves the rest to `#siftDownExact` where times are equal. */
  #siftDownCached(start: number): void {
    const times = this.#times;
    const slots = this.#slots;
    const end = ROOT + this.length;
    const time = times[start] as number;
    const slot = slots[start] as number;
    let hole = start;
    let isTied = false;
    for (let first = hole * 4 - 2; first < end; first = hole * 4 - 2) {
      const a = times[first] as number;
      const b = times[first + 1] as number;
      const c = times[first + 2] as number;
      const d = times[first + 3] as number;
      const left = first + Number(b < a);
      const right = first + 2 + Number(d < c);
      const leftTime = times[left] as number;
      const rightTime = times[right] as number;
      // As `rightTime < leftTime ? right : left`, by a mask: a product of two numbers is checked for -0.
      const least = left ^ ((left ^ right) & -Number(rightTime < leftTime));
      const leastTime = times[least] as number;
      if (leastTime > time) break;
      isTied = a === b || c === d || leftTime === rightTime || leastTime === time;
      if (isTied) break;
      times[hole] = leastTime;
      slots[hole] = slots[least] as number;
      hole = least;
    }
    times[hole] = time;
    slots[hole] = slot;
    if (isTied) this.#siftDownExact(hole);
  }

  #siftDownExact(start: number): void {
    const times = this.#times;
    const slots = this.#slots;
    const end = ROOT + this.length;
    const time = times[start] as number;
    const slot = slots[start] as number;
    const seq = this.#seqs[slot] as number;
    let hole = start;
    for (let first = hole * 4 - 2; first < end; first = hole * 4 - 2) {
      const least = this.#leastFrom(first);
      const leastTime = times[least] as number;
      if (leastTime > time || (leastTime === time && this.#seqAt(least) > seq)) break;
      times[hole] = leastTime;
      slots[hole] = slots[least] as number;
      hole = least;
    }
    times[hole] = time;
    slots[hole] = slot;
  }

  #seqAt(index: number): number {
    return this.#seqs[this.#slots[index] as number] as number;
  }

  /** The least of the four children that begin at `first`. */
  #leastFrom(first: number): number {
    const times = this.#times;
    let least = first;
    let leastTime = times[first] as number;
    for (let child = first + 1; child < first + 4; child++) {
      const time = times[child] as number;
      if (time < leastTime || (time === leastTime && this.#seqAt(child) < this.#seqAt(least))) {
        least = child;
        leastTime = time;
      }
    }
    return least;
  }

  #grow(): void {
    const old = this.#times.length;
    // Two behind a multiple of four: whole groups.
    const size = old * 2 - 2;
    const times = new Float64Array(size).fill(Infinity, old);
    const seqs = new Float64Array(size);
    const slots = new Int32Array(size);
    times.set(this.#times);
    seqs.set(this.#seqs);
    slots.set(this.#slots);
    for (let i = old; i < size; i++) slots[i] = i;
    this.#times = times;
    this.#seqs = seqs;
    this.#slots = slots;
    const items: (Entry | undefined)[] = new Array<Entry | undefined>(size);
    for (let i = 0; i < old; i++) items[i] = this.#items[i];
    this.#items = items;
  }
}
