import { type Coroutine, TicklessError } from "@tickless/core";
import {
  badRange,
  checkInteger,
  Operation,
  Resource,
  type ResourceOptions,
  WaitQueue,
  type WaitSubject,
} from "@tickless/core/kit";
import { FlagWait } from "./event.ts";
import { Fifo, type Store } from "./fifo.ts";

/** `getNowait` on an empty queue. */
export class QueueEmptyError extends TicklessError {
  constructor(path: string) {
    super(
      "ERR_QUEUE_EMPTY",
      `Queue \`${path}\` is empty. To wait for an item: \`await queue.get()\`.`,
    );
  }
}

/** `putNowait` on a full queue. */
export class QueueFullError extends TicklessError {
  constructor(path: string) {
    super(
      "ERR_QUEUE_FULL",
      `Queue \`${path}\` is full. To wait for a place: \`await queue.put(item)\`.`,
    );
  }
}

/** Options of a queue. */
export interface QueueOptions extends ResourceOptions {
  /** Most items it holds; 0: no limit. Default: 0. */
  readonly maxsize?: number | undefined;
}

abstract class QueueOperation<T, R> extends Operation<R> {
  protected readonly queue: Queue<T>;
  readonly #waiters: WaitQueue;

  constructor(queue: Queue<T>, waiters: WaitQueue) {
    super();
    this.queue = queue;
    this.#waiters = waiters;
  }

  /** Whether there is an item to get, or a place to put one. */
  protected abstract possible(): boolean;
  protected abstract perform(): R;

  protected attempt(): boolean {
    // A newcomer may have been faster since the wake-up; then it waits again, at the back (QUEUE-07).
    if (!this.possible()) {
      this.#waiters.push(this);
      return false;
    }
    this.value = this.perform();
    return true;
  }

  protected withdraw(granted: boolean): void {
    this.#waiters.remove(this);
    if (granted && this.possible()) this.#waiters.wakeNext();
  }

  get subject(): WaitSubject {
    const { id, path, maxsize } = this.queue;
    const size = this.queue.qsize();
    const limit = maxsize > 0 ? ` of ${maxsize}` : "";
    return { kind: "queue", id, path, detail: `${this.label}, ${size}${limit} items` };
  }
}

class Get<T> extends QueueOperation<T, T> {
  get label(): string {
    return "get";
  }

  protected possible(): boolean {
    return !this.queue.empty();
  }

  protected perform(): T {
    return this.queue.getNowait();
  }
}

class Put<T> extends QueueOperation<T, void> {
  readonly #item: T;

  constructor(queue: Queue<T>, waiters: WaitQueue, item: T) {
    super(queue, waiters);
    this.#item = item;
  }

  get label(): string {
    return "put";
  }

  protected possible(): boolean {
    return !this.queue.full();
  }

  protected perform(): void {
    this.queue.putNowait(this.#item);
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
  readonly #getters = new WaitQueue();
  readonly #putters = new WaitQueue();
  readonly #joiners = new WaitQueue();
  /** Items put and not yet reported by `taskDone`. */
  #unfinished = 0;

  constructor(options: QueueOptions = {}, items: Store<T> = new Fifo()) {
    super("queue", options);
    this.maxsize = Math.max(0, checkInteger("maxsize", options.maxsize ?? 0, -Infinity));
    this.#items = items;
  }

  /** Puts `item`, waiting while the queue is full. Nothing is put before this is awaited. */
  put(item: T): Coroutine<void> {
    this.use();
    return new Put(this, this.#putters, item);
  }

  /** Takes the next item, waiting while the queue is empty. */
  get(): Coroutine<T> {
    this.use();
    return new Get(this, this.#getters);
  }

  /** Puts `item` now. Throws QueueFullError if there is no place. */
  putNowait(item: T): void {
    this.use();
    if (this.full()) throw new QueueFullError(this.path);
    this.report("put", this.#items.size + 1);
    this.#items.add(item);
    this.#unfinished++;
    this.#getters.wakeNext();
  }

  /** Takes the next item now. Throws QueueEmptyError if there is none. */
  getNowait(): T {
    this.use();
    if (this.empty()) throw new QueueEmptyError(this.path);
    this.report("get", this.#items.size - 1);
    const item = this.#items.take();
    this.#putters.wakeNext();
    return item;
  }

  /** How many items it holds. */
  qsize(): number {
    return this.#items.size;
  }

  empty(): boolean {
    return this.#items.size === 0;
  }

  full(): boolean {
    return this.maxsize > 0 && this.#items.size >= this.maxsize;
  }

  /** Waits until every item that was put has been reported by `taskDone`. */
  join(): Coroutine<void> {
    this.use();
    const flag = {
      waiters: this.#joiners,
      label: "queue.join()",
      isSet: () => this.#unfinished === 0,
      subject: () => ({
        kind: "queue",
        id: this.id,
        path: this.path,
        detail: `join, ${this.#unfinished} unfinished`,
      }),
    };
    return new FlagWait<void>(flag, undefined);
  }

  /**
   * Reports that the work on one item is done.
   *
   * @throws RangeError if it is called more often than items were put
   */
  taskDone(): void {
    this.use();
    if (this.#unfinished === 0) {
      throw badRange("taskDone() calls", "at most as many as items put", this.#unfinished + 1);
    }
    this.report("taskDone", this.#unfinished - 1);
    if (--this.#unfinished > 0) return;
    for (const joiner of this.#joiners) joiner.wake();
  }
}
