import {
  type Coroutine,
  currentTask,
  type FlowOf,
  gather,
  isCancelled,
  sleep,
  type Task,
  timeout,
  TimeoutError,
} from "@tickless/core";
import { Event, Lock, PriorityQueue, Queue } from "@tickless/sync";
import { type Kind, type Script, wait } from "../../core/test/kinds.ts";

/** A native promise where a script waits: async bodies await it like anything else. */
export function native<T>(promise: Promise<T>): Script<T> {
  return wait(promise as unknown as Coroutine<T>);
}

const ascending = (one: number, other: number): number => one - other;

export function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
}

/** A wait that has begun and not ended, and whether it could end now. */
export interface OpenWait {
  readonly task: Task<unknown> | null;
  readonly what: string;
  readonly possible: () => boolean;
}

/**
 * What the tasks of one program share, with books of its own about who has what: S6 holds as long
 * as the books and the objects agree. Programs go through its methods for everything they do.
 */
export class World {
  readonly queues: readonly Queue<number>[] = [
    new Queue({ name: "one", maxsize: 1 }),
    new Queue({ name: "free" }),
    new PriorityQueue({ name: "ranked", maxsize: 2 }),
    new Queue({ name: "ending", maxsize: 1 }),
  ];
  readonly locks: readonly Lock[] = [new Lock({ name: "left" }), new Lock({ name: "right" })];
  readonly events: readonly Event[] = [new Event({ name: "go" }), new Event({ name: "end" })];
  /** Queues that were shut down. */
  readonly shut = new Set<Queue<number>>();
  /** What was found wrong; a test expects it to be empty. */
  readonly faults: string[] = [];
  /** How often a script of this world has gone on after a wait. */
  resumes = 0;
  /** Called with `resumes` before a script goes on. */
  interfere: (resume: number) => void = () => undefined;
  protected readonly kind: Kind;
  /** Where each item was put. */
  readonly #put = new Map<number, Queue<number>>();
  readonly #got = new Set<number>();
  /** What was lost on purpose, by a shutdown. */
  readonly #dropped = new Set<number>();
  #worked = 0;
  protected readonly held = new Set<Lock>();
  protected readonly waits = new Set<OpenWait>();
  #items = 0;

  constructor(kind: Kind) {
    this.kind = kind;
  }

  queue(index: number): Queue<number> {
    return at(this.queues, index);
  }

  lock(index: number): Lock {
    return at(this.locks, index);
  }

  event(index: number): Event {
    return at(this.events, index);
  }

  /** A script as a body of the kind of this world. */
  body<T>(script: () => Script<T>): () => FlowOf<T> {
    return this.kind.of(script, () => this.interfere(this.resumes++));
  }

  *put(queue: Queue<number>): Script<void> {
    const item = this.#items++;
    yield* this.waiting(
      `put ${queue.path}`,
      () => !queue.full() || this.shut.has(queue),
      () => wait(queue.put(item)),
    );
    this.#put.set(item, queue);
  }

  *get(queue: Queue<number>): Script<number> {
    return yield* this.getting(queue, () => wait(queue.get()));
  }

  /** `script` takes an item out of the queue. */
  *getting(queue: Queue<number>, script: () => Script<number>): Script<number> {
    const possible = (): boolean => !queue.empty() || this.shut.has(queue);
    const item = yield* this.waiting(`get ${queue.path}`, possible, script);
    this.took(item);
    return item;
  }

  /** For the books: an item has been taken. */
  took(item: number): void {
    if (this.#got.has(item)) this.faults.push(`item ${item} was got twice`);
    this.#got.add(item);
  }

  putNowait(queue: Queue<number>): void {
    if (queue.full() || this.shut.has(queue)) return;
    queue.putNowait(this.#items);
    this.#put.set(this.#items++, queue);
  }

  getNowait(queue: Queue<number>): void {
    if (!queue.empty()) this.took(queue.getNowait());
  }

  shutdown(queue: Queue<number>, immediate: boolean): void {
    this.shut.add(queue);
    if (immediate) {
      for (const [item, home] of this.#put) {
        if (home === queue && !this.#got.has(item)) this.#dropped.add(item);
      }
    }
    queue.shutdown({ immediate });
  }

  /** Gets an item, and reports it as done after `script`, however that ends. */
  *work(queue: Queue<number>, script: () => Script<void>): Script<void> {
    yield* this.get(queue);
    try {
      yield* script();
    } finally {
      this.#worked++;
      queue.taskDone();
    }
  }

  /** For a program all of whose items go through one queue and `work`. */
  *join(queue: Queue<number>): Script<void> {
    const possible = (): boolean => this.#put.size === this.#worked;
    yield* this.waiting(`join ${queue.path}`, possible, () => wait(queue.join()));
  }

  /** `script` with the lock held, by `acquire` and `release`. */
  *acquiring(lock: Lock, script: () => Script<void>): Script<void> {
    yield* this.#acquire(lock, () => wait(lock.acquire()));
    try {
      yield* this.counted(lock, script);
    } finally {
      lock.release();
    }
  }

  /** The same by `hold`, disposed of by hand, as `using` does it. */
  *holding(lock: Lock, script: () => Script<void>): Script<void> {
    const held = yield* this.#acquire(lock, () => wait(lock.hold()));
    try {
      yield* this.counted(lock, script);
    } finally {
      held[Symbol.dispose]();
    }
  }

  /** The same by `withLock`. */
  *within(lock: Lock, script: () => Script<void>): Script<void> {
    let began = false;
    const counted = (): Script<void> => {
      began = true;
      return this.counted(lock, script);
    };
    const body = this.body(counted);
    const possible = (): boolean => !began && !lock.locked();
    yield* this.waiting(`withLock ${lock.path}`, possible, () => wait(lock.withLock(body)));
  }

  *until(event: Event): Script<void> {
    yield* this.waiting(
      `wait ${event.path}`,
      () => event.isSet(),
      () => wait(event.wait()),
    );
  }

  /** `script` under a deadline; a TimeoutError ends here. */
  *limited(delay: number, script: () => Script<unknown>): Script<void> {
    try {
      yield* wait(timeout(delay, this.body(script)));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    }
  }

  /** The first of `scripts` that ends; async bodies leave the others behind, generators have no such thing. */
  *race(scripts: readonly (() => Script<unknown>)[], delay: number): Script<void> {
    if (this.kind.kind === "generator") {
      const [first] = scripts;
      if (first !== undefined) yield* this.limited(delay, first);
      return;
    }
    const sleeping = (): Script<void> => wait(sleep(delay));
    yield* native(Promise.race(this.#promises([...scripts, sleeping])));
  }

  /** Both at the same time: two waits of one task in async bodies, two tasks in generators. */
  *both(scripts: readonly (() => Script<unknown>)[]): Script<void> {
    const results =
      this.kind.kind === "generator"
        ? yield* wait(
            gather(
              scripts.map((script) => this.body(script)),
              { returnExceptions: true },
            ),
          )
        : yield* native(Promise.allSettled(this.#promises(scripts)));
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  /** To be called when nothing is ready: books and objects agree, and nobody sleeps who could run. */
  checkAtRest(when: string): void {
    for (const { task, what, possible } of this.waits) {
      // What a race has left behind ends with its task (S13).
      if (task?.done() !== true && possible())
        this.faults.push(`${when}: \`${what}\` sleeps though it could go on`);
    }
    for (const lock of this.locks) {
      if (lock.locked() === this.held.has(lock)) continue;
      const whose = lock.locked() ? "is held by nobody" : "is free though somebody holds it";
      this.faults.push(`${when}: lock ${lock.path} ${whose}`);
    }
    const kept = this.queues.reduce((sum, queue) => sum + queue.qsize(), 0);
    const [put, got, dropped] = [this.#put.size, this.#got.size, this.#dropped.size];
    if (put !== got + dropped + kept) {
      const books = `${put} put, ${got} got, ${dropped} dropped, ${kept} in the queues`;
      this.faults.push(`${when}: items lost or doubled: ${books}`);
    }
  }

  /** To be called when no task is left: every item is in exactly one place, every lock free. */
  checkAtEnd(tasks: readonly Task<unknown>[]): void {
    this.checkAtRest("at the end");
    for (const task of tasks) this.#checkOutcome(task);
    for (const lock of this.locks) {
      if (lock.locked()) this.faults.push(`lock ${lock.path} is held after the end`);
    }
    const kept = this.queues.flatMap((queue) => {
      const items: number[] = [];
      while (!queue.empty()) items.push(queue.getNowait());
      return items;
    });
    const found = [...this.#got, ...this.#dropped, ...kept].toSorted(ascending).join();
    const put = [...this.#put.keys()].toSorted(ascending).join();
    if (found !== put) this.faults.push(`put ${put}, but found ${found}`);
  }

  #checkOutcome(task: Task<unknown>): void {
    if (!task.done()) {
      this.faults.push(`${task.path} is not done`);
      return;
    }
    if (task.cancelled()) return;
    const error = task.exception();
    if (error !== undefined && !isCancelled(error))
      this.faults.push(`${task.path} raised ${JSON.stringify(error)}`);
  }

  /** Scripts that begin now, as parts of the running task: what calling async functions gives. */
  #promises(scripts: readonly (() => Script<unknown>)[]): Promise<unknown>[] {
    return scripts.map((script) => this.body(script)() as unknown as Promise<unknown>);
  }

  /** The part in which the lock is held, as the books have it. */
  protected *counted(lock: Lock, script: () => Script<void>): Script<void> {
    if (this.held.has(lock)) this.faults.push(`lock ${lock.path} has two holders`);
    this.held.add(lock);
    try {
      yield* script();
    } finally {
      this.held.delete(lock);
    }
  }

  #acquire<T>(lock: Lock, script: () => Script<T>): Script<T> {
    return this.waiting(`acquire ${lock.path}`, () => !lock.locked(), script);
  }

  protected *waiting<T>(what: string, possible: () => boolean, script: () => Script<T>): Script<T> {
    const open = { task: currentTask(), what, possible };
    this.waits.add(open);
    try {
      return yield* script();
    } finally {
      this.waits.delete(open);
    }
  }
}
