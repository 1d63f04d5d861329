/**
 * What a queue keeps its items in.
 *
 * @category For extenders
 */
export interface Store<T> {
  /** How many items it holds. */
  readonly size: number;
  /** Throws if the item cannot be kept. */
  check?(item: T): void;
  /** Keeps `item`. */
  add(item: T): void;
  /** Gives out the item that leaves next. Not called when empty. */
  take(): T;
  /** Forgets all items. */
  clear(): void;
}

/** Filled, so that V8 knows one kind of array here and not two, of which one never held more than integers. */
function emptySlots<T>(): (T | undefined)[] {
  return new Array<T | undefined>(8).fill(undefined);
}

/** First in, first out, in a ring that doubles when full. */
export class Fifo<T> implements Store<T> {
  /** Length is a power of two; slots outside [front, front + size) hold undefined. */
  #slots: (T | undefined)[] = emptySlots();
  #front = 0;
  size = 0;

  add(item: T): void {
    if (this.size === this.#slots.length) this.#grow();
    this.#slots[(this.#front + this.size) & (this.#slots.length - 1)] = item;
    this.size++;
  }

  take(): T {
    const item = this.#slots[this.#front] as T;
    this.#slots[this.#front] = undefined;
    this.#front = (this.#front + 1) & (this.#slots.length - 1);
    this.size--;
    return item;
  }

  clear(): void {
    this.#slots = emptySlots();
    this.#front = 0;
    this.size = 0;
  }

  #grow(): void {
    const slots = [...this.#slots.slice(this.#front), ...this.#slots.slice(0, this.#front)];
    slots.length *= 2;
    this.#slots = slots.fill(undefined, this.size);
    this.#front = 0;
  }
}
