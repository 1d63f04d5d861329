const ARITY = 4;

/**
 * Timers of a bare loop: a 4-ary heap by (time, order of arming) with its keys in typed arrays. The
 * order is the engine's, so that both reach the same check values; nothing is taken out early but by
 * `filter`.
 */
export class Heap<T> {
  length = 0;
  #times = new Float64Array(64);
  #seqs = new Float64Array(64);
  #items: (T | undefined)[] = Array.from({ length: 64 });
  #seq = 0;

  push(time: number, item: T): void {
    if (this.length === this.#times.length) this.#grow();
    const times = this.#times;
    let hole = this.length++;
    // The newcomer has the highest number, so among equal times it stays below.
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if ((times[parent] as number) <= time) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#set(hole, time, this.#seq++, item);
  }

  /** Not called when empty. */
  topTime(): number {
    return this.#times[0] as number;
  }

  /** Not called when empty. */
  pop(): T {
    const item = this.#items[0] as T;
    const last = --this.length;
    const moved = this.#items[last] as T;
    this.#items[last] = undefined;
    if (last > 0) this.#siftDown(0, this.#times[last] as number, this.#seqs[last] as number, moved);
    return item;
  }

  /** Takes out whatever `keep` answers false for. */
  filter(keep: (item: T) => boolean): void {
    const length = this.length;
    this.length = 0;
    for (let i = 0; i < length; i++) {
      if (keep(this.#items[i] as T)) this.#move(i, this.length++);
    }
    this.#items.fill(undefined, this.length, length);
    for (let i = (this.length - 2) >> 2; i >= 0; i--) {
      this.#siftDown(i, this.#times[i] as number, this.#seqs[i] as number, this.#items[i] as T);
    }
  }

  #siftDown(hole: number, time: number, seq: number, item: T): void {
    const times = this.#times;
    const seqs = this.#seqs;
    const length = this.length;
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

  #set(index: number, time: number, seq: number, item: T): void {
    this.#times[index] = time;
    this.#seqs[index] = seq;
    this.#items[index] = item;
  }

  #grow(): void {
    const size = this.#times.length * 2;
    const times = new Float64Array(size);
    const seqs = new Float64Array(size);
    const items: (T | undefined)[] = Array.from({ length: size });
    times.set(this.#times);
    seqs.set(this.#seqs);
    for (let i = 0; i < this.length; i++) items[i] = this.#items[i];
    this.#times = times;
    this.#seqs = seqs;
    this.#items = items;
  }
}
