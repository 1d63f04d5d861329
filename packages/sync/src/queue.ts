import { type Coroutine, type ErrorContext, TicklessError } from "@tickless/core";
import {
  checkInteger,
  Resource,
  type ResourceOptions,
  Wait,
  WaitQueue,
  type WaitSource,
  type WaitSubject,
} from "@tickless/core/kit";
import { FlagSource } from "./event.ts";
import { Fifo, type Store } from "./fifo.ts";

/**
 * `getNowait` on an empty queue.
 *
 * @category Errors
 */
export class QueueEmptyError extends TicklessError {
  constructor(path: string, where?: ErrorContext) {
    super(
      "ERR_QUEUE_EMPTY",
      `Queue \`${path}\` is empty. To wait for an item: \`await queue.get()\`.`,
      where,
    );
  }
}

/**
 * `putNowait` on a full queue.
 *
 * @category Errors
 */
export class QueueFullError extends TicklessError {
  constructor(path: string, where?: ErrorContext) {
    super(
      "ERR_QUEUE_FULL",
      `Queue \`${path}\` is full. To wait for a place: \`await queue.put(item)\`.`,
      where,
    );
  }
}

/**
 * Options of a queue.
 *
 * @category Sync
 */
export interface QueueOptions extends ResourceOptions {
  /** Most items it holds; 0: no limit. Default: 0. */
  readonly maxsize?: number | undefined;
}

/**
 * First in, first out, for tasks (asyncio.Queue, Lib/asyncio/queues.py). Those who wait are served
 * in the order in which they came. An item is always in the queue or with one consumer (rule S6).
 *
 * @category Sync
 */
export class Queue<T> extends Resource {
  /** Most items it holds; 0: no limit. */
  readonly maxsize: number;
  readonly #items: Store<T>;
  readonly #getters = new WaitQueue();
  readonly #putters = new WaitQueue();
  readonly #joined: FlagSource;
  /** Items put and not yet reported by `taskDone`. */
  #unfinished = 0;

  /** The source of all waits for an item; the target of the wait is the queue. */
  static readonly #getting: WaitSource<unknown> = {
    label: () => "queue.get()",

    attempt(wait: Wait<unknown>, woken: boolean): boolean {
      const queue = wait.target as Queue<unknown>;
      queue.use();
      // A newcomer may have been faster since the wake-up; then it waits again, at the back (QUEUE-07).
      if (queue.#items.size === 0) {
        queue.#getters.push(wait);
        return false;
      }
      try {
        wait.value = queue.#remove();
      } catch (error) {
        if (woken) queue.#getters.wakeNext();
        throw error;
      }
      return true;
    },

    withdraw(wait: Wait<unknown>, granted: boolean): void {
      const queue = wait.target as Queue<unknown>;
      queue.#getters.remove(wait);
      if (granted && queue.#items.size > 0) queue.#getters.wakeNext();
    },

    subject(wait: Wait<unknown>): WaitSubject {
      const { id, path, size } = Queue.#shown(wait);
      return {
        kind: "queue",
        id,
        path,
        verb: "waits to get from",
        detail: size === 0 ? "which is empty" : `which holds ${size}`,
        advice:
          "Nothing that is left can put into the queue. If its consumer should end, cancel it, or put a " +
          "last item that tells it to stop.",
      };
    },
  };

  /** The source of all waits for a place; the value of the wait is the item until it is put. */
  static readonly #putting: WaitSource<unknown> = {
    label: () => "queue.put()",

    attempt(wait: Wait<unknown>, woken: boolean): boolean {
      const queue = wait.target as Queue<unknown>;
      queue.use();
      if (queue.full()) {
        queue.#putters.push(wait);
        return false;
      }
      try {
        queue.#add(wait.value);
      } catch (error) {
        // An item that a queue refuses must not keep the place from the next.
        if (woken) queue.#putters.wakeNext();
        throw error;
      }
      wait.value = undefined;
      return true;
    },

    withdraw(wait: Wait<unknown>, granted: boolean): void {
      const queue = wait.target as Queue<unknown>;
      queue.#putters.remove(wait);
      if (granted && !queue.full()) queue.#putters.wakeNext();
    },

    subject(wait: Wait<unknown>): WaitSubject {
      const { id, path, size, maxsize } = Queue.#shown(wait);
      const detail = size < maxsize ? "which has a place" : `which is full (${size} of ${maxsize})`;
      return { kind: "queue", id, path, verb: "waits to put into", detail };
    },
  };

  constructor(options: QueueOptions = {}, items: Store<T> = new Fifo()) {
    super("queue", options);
    this.maxsize = Math.max(0, checkInteger("maxsize", options.maxsize ?? 0, -Infinity, true));
    this.#items = items;
    this.#joined = new FlagSource(
      "queue.join()",
      () => {
        this.use();
        return this.#unfinished === 0;
      },
      () => {
        const left = this.#unfinished === 1 ? "1 item" : `${this.#unfinished} items`;
        const { id, path } = this;
        const detail = `with ${left} not yet reported by \`taskDone\``;
        return { kind: "queue", id, path, verb: "waits for the join of", detail };
      },
    );
  }

  /** Puts `item`, waiting while the queue is full. Nothing is put before this is awaited. */
  put(item: T): Coroutine<void> {
    return new Wait<unknown>(Queue.#putting, this, item) as Coroutine<unknown> as Coroutine<void>;
  }

  /** Takes the next item, waiting while the queue is empty. */
  get(): Coroutine<T> {
    return new Wait<unknown>(Queue.#getting, this) as Coroutine<unknown> as Coroutine<T>;
  }

  /** Puts `item` now. Throws QueueFullError if there is no place. */
  putNowait(item: T): void {
    this.use();
    if (this.full()) throw new QueueFullError(this.path, this.where);
    this.#add(item);
  }

  /** Takes the next item now. Throws QueueEmptyError if there is none. */
  getNowait(): T {
    this.use();
    if (this.empty()) throw new QueueEmptyError(this.path, this.where);
    return this.#remove();
  }

  /** How many items it holds. */
  qsize(): number {
    return this.#items.size;
  }

  /** Whether it holds nothing. */
  empty(): boolean {
    return this.#items.size === 0;
  }

  /** Whether it holds `maxsize` items. */
  full(): boolean {
    return this.maxsize > 0 && this.#items.size >= this.maxsize;
  }

  /** Waits until every item that was put has been reported by `taskDone`. */
  join(): Coroutine<void> {
    return new Wait<void>(this.#joined);
  }

  /**
   * Reports that the work on one item is done.
   *
   * @throws RangeError if it is called more often than items were put
   */
  taskDone(): void {
    this.use();
    if (this.#unfinished === 0) {
      throw Object.assign(
        new RangeError(
          `taskDone() was called on queue \`${this.path}\` more often than items were put into it. ` +
            "Call it once for each item that `get` gave you.",
        ),
        { code: "ERR_OUT_OF_RANGE" },
      );
    }
    this.report("taskDone", this.#unfinished - 1);
    if (--this.#unfinished === 0) this.#joined.wakeAll();
  }

  #add(item: T): void {
    this.#items.check?.(item);
    this.report("put", this.#items.size + 1);
    this.#items.add(item);
    this.#unfinished++;
    this.#getters.wakeNext();
  }

  #remove(): T {
    this.report("get", this.#items.size - 1);
    const item = this.#items.take();
    this.#putters.wakeNext();
    return item;
  }

  static #shown(wait: Wait<unknown>): { id: number; path: string; size: number; maxsize: number } {
    const queue = wait.target as Queue<unknown>;
    return { id: queue.id, path: queue.path, size: queue.#items.size, maxsize: queue.maxsize };
  }
}
