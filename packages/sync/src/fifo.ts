/** What a queue keeps its items in. */
export interface Store<T> {
  readonly size: number;
  add(item: T): void;
  /** Not called when empty. */
  take(): T;
}

/** Below this length the front of the array is not worth cutting off. */
const CUT_FROM = 64;

/** First in, first out: an array with a moving front, cut off when half of the array is behind it. */
export class Fifo<T> implements Store<T> {
  #items: (T | undefined)[] = [];
  #front = 0;

  get size(): number {
    return this.#items.length - this.#front;
  }

  add(item: T): void {
    this.#items.push(item);
  }

  take(): T {
    const item = this.#items[this.#front] as T;
    this.#items[this.#front++] = undefined;
    if (this.#front === this.#items.length) {
      this.#items.length = 0;
      this.#front = 0;
    } else if (this.#front > CUT_FROM && this.#front * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#front);
      this.#front = 0;
    }
    return item;
  }
}
