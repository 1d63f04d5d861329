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

/** `getNowait` on an empty queue. */
export class QueueEmptyError extends TicklessError {
  constructor(path: string, where?: ErrorContext) {
    super(
      "ERR_QUEUE_EMPTY",
      `Queue \`${path}\` is empty. To wait for an item: \`await queue.get()\`.`,
      where,
    );
  }
}

/** `putNowait` on a full queue. */
export class QueueFullError extends TicklessError {
  constructor(path: string, where?: ErrorContext) {
    super(
      "ERR_QUEUE_FULL",
      `Queue \`${path}\` is full. To wait for a place: \`await queue.put(item)\`.`,
      where,
    );
  }
}

/** Options of a queue. */
export interface QueueOptions extends ResourceOptions {
  /** Most items it holds; 0: no limit. Default: 0. */
  readonly maxsize?: number | undefined;
}

/** Getting an item, or putting one: what there is to wait for, and what is done then. */
class Turn<T, R> implements WaitSource<R> {
  readonly waiters: WaitQueue = new WaitQueue();
  readonly #queue: Queue<T>;
  readonly #verb: "get" | "put";
  readonly #use: () => void;
  readonly #possible: () => boolean;
  readonly #perform: (wait: Wait<R>) => R;

  constructor(
    queue: Queue<T>,
    verb: "get" | "put",
    use: () => void,
    possible: () => boolean,
    perform: (wait: Wait<R>) => R,
  ) {
    this.#queue = queue;
    this.#verb = verb;
    this.#use = use;
    this.#possible = possible;
    this.#perform = perform;
  }

  label(): string {
    return `queue.${this.#verb}()`;
  }

  attempt(wait: Wait<R>, woken: boolean): boolean {
    this.#use();
    // A newcomer may have been faster since the wake-up; then it waits again, at the back (QUEUE-07).
    if (!this.#possible()) {
      this.waiters.push(wait);
      return false;
    }
    try {
      wait.value = this.#perform(wait);
    } catch (error) {
      // An item that a queue refuses must not keep the place from the next.
      this.#passOn(woken);
      throw error;
    }
    return true;
  }

  withdraw(wait: Wait<R>, granted: boolean): void {
    this.waiters.remove(wait);
    this.#passOn(granted);
  }

  #passOn(granted: boolean): void {
    if (granted && this.#possible()) this.waiters.wakeNext();
  }

  subject(): WaitSubject {
    const { id, path, maxsize } = this.#queue;
    const size = this.#queue.qsize();
    if (this.#verb === "put") {
      const detail = this.#queue.full()
        ? `which is full (${size} of ${maxsize})`
        : `which has a place`;
      return { kind: "queue", id, path, verb: "waits to put into", detail };
    }
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
  }
}

/**
 * First in, first out, for tasks (asyncio.Queue, Lib/asyncio/queues.py). Those who wait are served
 * in the order in which they came. An item is always in the queue or with one consumer (rule S6).
 */
export class Queue<T> extends Resource {
  /** Most items it holds; 0: no limit. */
  readonly maxsize: number;
  readonly #items: Store<T>;
  readonly #get: Turn<T, T>;
  readonly #put: Turn<T, void>;
  readonly #joined: FlagSource;
  /** Items put and not yet reported by `taskDone`. */
  #unfinished = 0;

  constructor(options: QueueOptions = {}, items: Store<T> = new Fifo()) {
    super("queue", options);
    this.maxsize = Math.max(0, checkInteger("maxsize", options.maxsize ?? 0, -Infinity, true));
    this.#items = items;
    this.#get = new Turn(
      this,
      "get",
      () => this.use(),
      () => !this.empty(),
      () => this.#remove(),
    );
    this.#put = new Turn(
      this,
      "put",
      () => this.use(),
      () => !this.full(),
      (wait) => this.#add(wait.target as T),
    );
    this.#joined = new FlagSource(
      "queue.join()",
      () => {
        this.use();
        return this.#unfinished === 0;
      },
      () => {
        const { id, path } = this;
        const left = this.#unfinished === 1 ? "1 item" : `${this.#unfinished} items`;
        const detail = `with ${left} not yet reported by \`taskDone\``;
        return { kind: "queue", id, path, verb: "waits for the join of", detail };
      },
    );
  }

  /** Puts `item`, waiting while the queue is full. Nothing is put before this is awaited. */
  put(item: T): Coroutine<void> {
    return new Wait(this.#put, item);
  }

  /** Takes the next item, waiting while the queue is empty. */
  get(): Coroutine<T> {
    return new Wait(this.#get);
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
    this.#get.waiters.wakeNext();
  }

  #remove(): T {
    this.report("get", this.#items.size - 1);
    const item = this.#items.take();
    this.#put.waiters.wakeNext();
    return item;
  }
}
