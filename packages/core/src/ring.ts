import type { Activation } from "./activation.ts";

const SMALLEST = 16;

/**
 * The ready queue: first in, first out, in a ring that doubles when full. `shift` on an array of
 * this length costs microseconds, here it costs a load and a mask.
 */
export class Ring {
  /**
   * Length is a power of two; slots outside [head, head + length) hold undefined. Filled, so that V8 knows
   * one kind of array here: one that has held nothing yet is of another.
   */
  #slots: (Activation | undefined)[] = new Array<Activation | undefined>(SMALLEST).fill(undefined);
  #head = 0;
  length = 0;

  push(item: Activation): void {
    if (this.length === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.length) & (this.#slots.length - 1)] = item;
    this.length++;
  }

  /** Undefined when empty. */
  shift(): Activation | undefined {
    if (this.length === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.length--;
    return item;
  }

  at(index: number): Activation | undefined {
    return index < this.length
      ? this.#slots[(this.#head + index) & (this.#slots.length - 1)]
      : undefined;
  }

  /** Takes out the item at `index`; the others keep their order. */
  take(index: number): Activation | undefined {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const head = this.#head;
    const item = this.at(index);
    if (2 * index < this.length) {
      for (let i = index; i > 0; i--) slots[(head + i) & mask] = slots[(head + i - 1) & mask];
      this.shift();
      return item;
    }
    const last = this.length - 1;
    for (let i = index; i < last; i++) slots[(head + i) & mask] = slots[(head + i + 1) & mask];
    slots[(head + last) & mask] = undefined;
    this.length = last;
    return item;
  }

  clear(): void {
    this.#slots = new Array<Activation | undefined>(SMALLEST).fill(undefined);
    this.#head = 0;
    this.length = 0;
  }

  #grow(): void {
    const old = this.#slots;
    const size = old.length;
    const slots = new Array<Activation | undefined>(size * 2).fill(undefined);
    for (let i = 0; i < size; i++) slots[i] = old[(this.#head + i) & (size - 1)];
    this.#slots = slots;
    this.#head = 0;
  }
}
