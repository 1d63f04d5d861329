import { badType } from "@tickless/core/kit";
import FastPriorityQueue from "fastpriorityqueue";
import type { Store } from "./fifo.ts";
import { Queue, type QueueOptions } from "./queue.ts";

/** Options of a priority queue. */
export interface PriorityQueueOptions<T> extends QueueOptions {
  /** Negative if `one` leaves before `other`. Default: `<` of numbers, bigints, strings or dates. */
  readonly compare?: ((one: T, other: T) => number) | undefined;
}

interface Entry<T> {
  readonly item: T;
  /** fastpriorityqueue is not stable: among equals the one that came first has the lower number. */
  readonly order: number;
}

const COMPARABLE = new Set(["number", "bigint", "string"]);

function natural<T>(one: T, other: T): number {
  if (one < other) return -1;
  return one > other ? 1 : 0;
}

class Heap<T> implements Store<T> {
  readonly #entries: FastPriorityQueue<Entry<T>>;
  readonly #check: boolean;
  #order = 0;

  constructor(compare: ((one: T, other: T) => number) | undefined) {
    this.#check = compare === undefined;
    const order = compare ?? natural;
    this.#entries = new FastPriorityQueue((one, other) => {
      const difference = order(one.item, other.item);
      return difference < 0 || (difference === 0 && one.order < other.order);
    });
  }

  get size(): number {
    return this.#entries.size;
  }

  add(item: T): void {
    if (
      this.#check &&
      !COMPARABLE.has(typeof item) &&
      !(typeof item === "object" && item !== null && "getTime" in item)
    ) {
      throw badType(
        "item",
        "a number, bigint, string or date",
        item,
        "For other items say how they compare: `new PriorityQueue({ compare: (a, b) => a.due - b.due })`.",
      );
    }
    this.#entries.add({ item, order: this.#order++ });
  }

  take(): T {
    return (this.#entries.poll() as Entry<T>).item;
  }
}

/** A queue whose smallest item leaves first; equal ones leave in the order in which they came. */
export class PriorityQueue<T> extends Queue<T> {
  constructor(options: PriorityQueueOptions<T> = {}) {
    const { compare } = options;
    if (compare !== undefined && typeof compare !== "function") {
      throw badType("compare", "a function", compare);
    }
    super(options, new Heap(compare));
  }
}
