import { badType, checkNames } from "@tickless/core/kit";
import FastPriorityQueue from "fastpriorityqueue";
import type { Store } from "./fifo.ts";
import { Queue, type QueueOptions } from "./queue.ts";

/**
 * Options of a priority queue.
 *
 * @category Sync
 */
export interface PriorityQueueOptions<T> extends QueueOptions {
  /** Negative if `one` leaves before `other`. Default: `<` of numbers, bigints, strings or dates. */
  readonly compare?: ((one: T, other: T) => number) | undefined;
}

interface Entry<T> {
  readonly item: T;
  /** fastpriorityqueue is not stable: among equals the one that came first has the lower number. */
  readonly order: number;
}

/** What `<` compares without surprises; NaN and invalid dates are neither before nor after anything. */
function familyOf(item: unknown): string | null {
  if (typeof item === "string") return "string";
  if (typeof item === "bigint") return "number";
  if (typeof item === "number") return Number.isNaN(item) ? null : "number";
  const isDate = Object.prototype.toString.call(item) === "[object Date]";
  return isDate && !Number.isNaN(Number(item)) ? "date" : null;
}

function natural<T>(one: T, other: T): number {
  if (one < other) return -1;
  return one > other ? 1 : 0;
}

class Heap<T> implements Store<T> {
  readonly #entries: FastPriorityQueue<Entry<T>>;
  readonly #natural: boolean;
  #order = 0;
  /** What all items are, where nobody has said how they compare. */
  #family: string | null = null;
  /** What `compare` threw. It must not pass through the heap, which would be left half changed. */
  #thrown: { readonly error: unknown } | null = null;
  /** The heap has been changed without `compare`: all is in it, but in no order. */
  #unordered = false;

  constructor(compare: ((one: T, other: T) => number) | undefined) {
    this.#natural = compare === undefined;
    const order = compare ?? natural;
    this.#entries = new FastPriorityQueue((one, other) => {
      const difference = this.#difference(order, one.item, other.item);
      return difference < 0 || (difference === 0 && one.order < other.order);
    });
  }

  get size(): number {
    return this.#entries.size;
  }

  check(item: T): void {
    if (!this.#natural) return;
    const family = familyOf(item);
    if (family !== null && (this.size === 0 || family === this.#family)) {
      this.#family = family;
      return;
    }
    throw badType(
      "item",
      family === null
        ? "a number, bigint, string or date"
        : `a ${this.#family}, as those that are in the queue`,
      item,
      "For other items say how they compare: `new PriorityQueue({ compare: (a, b) => a.due - b.due })`.",
    );
  }

  add(item: T): void {
    this.#restoreOrder();
    const entry = { item, order: this.#order++ };
    this.#entries.add(entry);
    this.#undo(() => this.#entries.removeOne((other) => other === entry));
  }

  take(): T {
    this.#restoreOrder();
    const entry = this.#entries.poll() as Entry<T>;
    this.#undo(() => this.#entries.add(entry));
    return entry.item;
  }

  clear(): void {
    this.#entries.removeMany(() => true);
    this.#unordered = false;
  }

  #difference(compare: (one: T, other: T) => number, one: T, other: T): number {
    try {
      const difference: unknown = compare(one, other);
      if (typeof difference === "number" && !Number.isNaN(difference)) return difference;
      throw badType("compare", "a function that answers a number", difference);
    } catch (error) {
      this.#thrown ??= { error };
      return 0;
    }
  }

  /** If `compare` has thrown: takes the change back and throws that. */
  #undo(change: () => unknown): void {
    if (this.#thrown === null) return;
    const { error } = this.#thrown;
    change();
    this.#thrown = null;
    this.#unordered = true;
    throw error;
  }

  #restoreOrder(): void {
    if (!this.#unordered) return;
    this.#entries.heapify(this.#entries.removeMany(() => true));
    this.#undo(() => undefined);
    this.#unordered = false;
  }
}

/**
 * A queue whose smallest item leaves first; equal ones leave in the order in which they came.
 *
 * @category Sync
 */
export class PriorityQueue<T> extends Queue<T> {
  constructor(options: PriorityQueueOptions<T> = {}) {
    const known = ["maxsize", "name", "compare"];
    checkNames(options, known, "Write `{ compare: (a, b) => a.due - b.due }`.");
    const { compare } = options;
    if (compare !== undefined && typeof compare !== "function") {
      throw badType("compare", "a function", compare);
    }
    super(options, new Heap(compare), known);
  }
}
