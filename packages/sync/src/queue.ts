import type { Coroutine } from "@tickless/core";
import {
  badType,
  checkInteger,
  checkNames,
  lazyWait,
  Resource,
  type ResourceOptions,
  type Wait,
  WaitQueue,
  waitSource,
  type WaitSource,
  type WaitSubject,
} from "@tickless/core/kit";
import { FlagSource } from "./event.ts";
import { Fifo, type Store } from "./fifo.ts";
import { Items } from "./items.ts";
import { Latest } from "./latest.ts";
import { QueueEmptyError, QueueFullError, QueueShutDownError } from "./queue-errors.ts";

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
 * Options of `queue.shutdown`.
 *
 * @category Sync
 */
export interface ShutdownOptions {
  /** Drops the items that are left. Default: false, they can still be got. */
  readonly immediate?: boolean | undefined;
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
  #isShutDown = false;
  readonly #lastPut = new Latest();
  readonly #lastGot = new Latest();

  /** The source of all waits for an item; the target of the wait is the queue. */
  static readonly #getting: WaitSource<unknown> = waitSource({
    label: () => "queue.get()",
    operation: "get",
    object: (wait) => wait.target as Queue<unknown>,

    attempt(wait: Wait<unknown>, woken: boolean): boolean {
      const queue = wait.target as Queue<unknown>;
      queue.use();
      // A newcomer may have been faster since the wake-up; then it waits again, at the back (QUEUE-07).
      if (queue.#items.size === 0) {
        if (queue.#isShutDown) throw queue.#noGet();
        queue.#getters.push(wait);
        return false;
      }
      try {
        wait.value = queue.#remove();
      } catch (error) {
        if (woken) queue.#getters.wakeNext();
        throw error;
      }
      queue.#lastGot.mark(wait.task);
      return true;
    },

    withdraw(wait: Wait<unknown>, granted: boolean): void {
      const queue = wait.target as Queue<unknown>;
      queue.#getters.remove(wait);
      if (granted && queue.#items.size > 0) queue.#getters.wakeNext();
    },

    subject(wait: Wait<unknown>): WaitSubject {
      return {
        ...(wait.target as Queue<unknown>).#shown(),
        verb: "waits to get from",
        advice:
          "Nothing that is left can put into the queue. If its consumer should end, call `queue.shutdown()` " +
          "after the last item: `for await (const item of queue)` ends then, and `get` throws.",
      };
    },
  });

  /** The source of all waits of iterators; their value is the result of `next`. */
  static readonly #iterating: WaitSource<unknown> = waitSource({
    label: () => "queue's next()",
    operation: "get",
    object: (wait) => wait.target as Queue<unknown>,

    attempt(wait: Wait<unknown>, woken: boolean): boolean {
      const queue = wait.target as Queue<unknown>;
      if (queue.#isShutDown && queue.#items.size === 0) {
        queue.use();
        wait.value = { done: true, value: undefined };
        return true;
      }
      if (!Queue.#getting.attempt(wait, woken)) return false;
      wait.value = { done: false, value: wait.value };
      return true;
    },

    withdraw: (wait, granted, abandoned) => Queue.#getting.withdraw(wait, granted, abandoned),
    subject: (wait) => Queue.#getting.subject(wait),
  });

  /** The source of all waits for a place; the value of the wait is the item until it is put. */
  static readonly #putting: WaitSource<unknown> = waitSource({
    label: () => "queue.put()",
    operation: "put",
    object: (wait) => wait.target as Queue<unknown>,

    attempt(wait: Wait<unknown>, woken: boolean): boolean {
      const queue = wait.target as Queue<unknown>;
      queue.use();
      if (queue.#isShutDown) throw queue.#noPut();
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
      queue.#lastPut.mark(wait.task);
      wait.value = undefined;
      return true;
    },

    withdraw(wait: Wait<unknown>, granted: boolean): void {
      const queue = wait.target as Queue<unknown>;
      queue.#putters.remove(wait);
      if (granted && !queue.full()) queue.#putters.wakeNext();
    },

    subject(wait: Wait<unknown>): WaitSubject {
      return {
        ...(wait.target as Queue<unknown>).#shown(),
        verb: "waits to put into",
        advice:
          "Nothing that is left can take from the queue. If its consumers have ended, let whoever ends last " +
          "call `queue.shutdown()`: `put` throws then.",
      };
    },
  });

  constructor(
    options: QueueOptions = {},
    items: Store<T> = new Fifo(),
    known: readonly string[] = ["maxsize", "name"],
  ) {
    super("queue", options, known);
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
        const state = `${this.#items.size} still in the queue; ${this.#gets}`;
        return {
          ...this.#shown(),
          verb: "waits for the join of",
          detail: `with ${left} not yet reported by \`taskDone\` (${state})`,
          advice:
            this.#unfinished > this.#items.size
              ? "Each item that `get` gives wants one `queue.taskDone()`, also when its work has failed."
              : "Nothing that is left can take these items and report them by `queue.taskDone()`.",
        };
      },
      "join",
    );
  }

  /** Puts `item`, waiting while the queue is full. Nothing is put before this is awaited. */
  put(item: T): Coroutine<void> {
    return lazyWait<unknown>(Queue.#putting, this, item) as Coroutine<void>;
  }

  /** Takes the next item, waiting while the queue is empty. */
  get(): Coroutine<T> {
    return lazyWait<unknown>(Queue.#getting, this) as Coroutine<T>;
  }

  /** Puts `item` now. Throws QueueFullError if there is no place. */
  putNowait(item: T): void {
    this.use();
    if (this.#isShutDown || this.full()) throw this.#noPut();
    this.#add(item);
    this.#lastPut.mark(this.stepOwner);
  }

  /** Errors are made apart, so that what is done every time is small enough to be compiled into its caller. */
  #noPut(): Error {
    if (this.#isShutDown) return new QueueShutDownError(this.path, "put", this.where);
    return new QueueFullError(this.path, this.where);
  }

  #noGet(): Error {
    if (this.#isShutDown) return new QueueShutDownError(this.path, "get", this.where);
    return new QueueEmptyError(this.path, this.where);
  }

  /** Takes the next item now. Throws QueueEmptyError if there is none. */
  getNowait(): T {
    this.use();
    if (this.empty()) throw this.#noGet();
    const item = this.#remove();
    this.#lastGot.mark(this.stepOwner);
    return item;
  }

  /** How many items it holds. */
  qsize(): number {
    this.look();
    return this.#items.size;
  }

  /** Whether it holds nothing. */
  empty(): boolean {
    this.look();
    return this.#items.size === 0;
  }

  /** Whether it holds `maxsize` items. */
  full(): boolean {
    this.look();
    return this.maxsize > 0 && this.#items.size >= this.maxsize;
  }

  /**
   * Ends the queue (asyncio 3.13): from now on every `put` throws a QueueShutDownError, and every `get`
   * that finds no item. Who waits now is woken to find out. With `immediate` the items that are left are
   * dropped, and count as reported by `taskDone`.
   */
  shutdown(options: ShutdownOptions = {}): void {
    this.use();
    // asyncio's `shutdown(True)` would be taken for one that drops nothing.
    checkNames(options, ["immediate"], "`queue.shutdown({ immediate: true })`.");
    const { immediate = false } = options;
    if (typeof immediate !== "boolean") throw badType("immediate", "true or false", immediate);
    this.report("shutdown", immediate ? 0 : this.#items.size);
    this.#isShutDown = true;
    if (immediate) this.#drop();
    while (this.#getters.wakeNext());
    while (this.#putters.wakeNext());
  }

  /**
   * The items, one after the other, until the queue is shut down and empty:
   * `for await (const job of queue)`. Waits for each as `get` does.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return new Items(() => this.#next());
  }

  /** Waits until every item that was put has been reported by `taskDone`. */
  join(): Coroutine<void> {
    return lazyWait<unknown>(this.#joined) as Coroutine<void>;
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

  /** As `get`, for iteration: an end is no error. */
  #next(): Coroutine<IteratorResult<T, undefined>> {
    const wait = lazyWait<unknown>(Queue.#iterating, this);
    return wait as Coroutine<IteratorResult<T, undefined>>;
  }

  #drop(): void {
    const before = this.#unfinished;
    this.#unfinished = Math.max(0, before - this.#items.size);
    this.#items.clear();
    if (before > 0 && this.#unfinished === 0) this.#joined.wakeAll();
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

  /** Its state, for reports. */
  #shown(): Pick<WaitSubject, "kind" | "id" | "path" | "detail"> {
    const { id, path, maxsize } = this;
    const { size } = this.#items;
    let state = size === 0 ? "which is empty" : `which holds ${size}`;
    if (maxsize > 0 && size > 0) state = this.full() ? "which is full" : "which has a place";
    const length = maxsize > 0 ? `${size} of ${maxsize}; ` : "";
    const put = this.#lastPut.words;
    const puts = put === undefined ? "nobody has put into it" : `last put ${put}`;
    return { kind: "queue", id, path, detail: `${state} (${length}${puts}; ${this.#gets})` };
  }

  get #gets(): string {
    const got = this.#lastGot.words;
    return got === undefined ? "nobody has taken from it" : `last got ${got}`;
  }
}
