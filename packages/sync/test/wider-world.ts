import { type Coroutine, isTicklessError, race, sleep } from "@tickless/core";
import { Barrier, BoundedSemaphore, Condition, type Lock, Semaphore } from "@tickless/sync";
import { type Kind, type Script, wait } from "../../core/test/kinds.ts";
import { at, native, World } from "./world.ts";

/** Ways to have a permit. */
export const permitForms = ["permit", "permitHeld", "withPermit"] as const;

/** `script`, where an error of this code is an end like any other. */
function* unless(code: string, script: () => Script<unknown>): Script<void> {
  try {
    yield* script();
  } catch (error) {
    if (!isTicklessError(error) || error.code !== code) throw error;
  }
}

/**
 * A world with all the rest: semaphores, conditions, a barrier, a queue that ends, and `race`. Its books
 * know who holds how many permits, how many tokens the conditions guard, and who waits at the barrier.
 */
export class WiderWorld extends World {
  /** With the number of permits that each begins with. */
  readonly semaphores: readonly (readonly [Semaphore, number])[] = [
    [new Semaphore(2, { name: "permits" }), 2],
    [new BoundedSemaphore(1, { name: "bounded" }), 1],
  ];
  /** Nobody holds its permits: one task gives them, another takes them. */
  readonly signal = new Semaphore(0, { name: "signal" });
  readonly conditions: readonly Condition[] = [
    new Condition({ name: "tokens" }),
    new Condition({ name: "shared", lock: this.lock(0) }),
  ];
  readonly barrier = new Barrier(2, { name: "meeting" });
  readonly #permits = new Map<Semaphore, number>();
  /** How many tokens wait to be consumed, by condition. */
  readonly #tokens = new Map<Condition, number>();
  #signalled = 0;

  constructor(kind: Kind) {
    super(kind);
    for (const [semaphore] of this.semaphores) this.#permits.set(semaphore, 0);
    for (const condition of this.conditions) this.#tokens.set(condition, 0);
  }

  semaphore(index: number): Semaphore {
    return at(this.semaphores, index)[0];
  }

  condition(index: number): Condition {
    return at(this.conditions, index);
  }

  /** `script` with a permit, in one of the forms that there are. */
  *withPermit(
    form: (typeof permitForms)[number],
    semaphore: Semaphore,
    script: () => Script<void>,
  ): Script<void> {
    const free = (): boolean => this.#held(semaphore) < this.#initial(semaphore);
    const what = `${form} ${semaphore.path}`;
    if (form === "withPermit") {
      let began = false;
      const body = this.body(() => {
        began = true;
        return this.#withOneMore(semaphore, script);
      });
      yield* this.waiting(
        what,
        () => !began && free(),
        () => wait(semaphore.withPermit(body)),
      );
      return;
    }
    const held = yield* this.waiting(what, free, () =>
      wait<unknown>(form === "permit" ? semaphore.acquire() : semaphore.hold()),
    );
    try {
      yield* this.#withOneMore(semaphore, script);
    } finally {
      if (held === true) semaphore.release();
      else (held as Disposable)[Symbol.dispose]();
    }
  }

  /** Gives a permit that nobody has had. */
  give(): void {
    this.#signalled++;
    this.signal.release();
  }

  *awaitSignal(): Script<void> {
    const given = (): boolean => this.#signalled > 0;
    yield* this.waiting("signal", given, () => wait(this.signal.acquire()));
    this.#signalled--;
  }

  /** One token more, and a notification for it. */
  *produce(condition: Condition, all: boolean): Script<void> {
    const { lock } = condition;
    yield* this.waiting(
      `produce ${condition.path}`,
      () => !lock.locked(),
      () => wait(lock.acquire()),
    );
    this.#tokens.set(condition, this.#left(condition) + 1);
    if (all) condition.notifyAll();
    else condition.notify();
    lock.release();
  }

  /** Waits for a token and takes it. */
  *consume(condition: Condition): Script<void> {
    const { lock } = condition;
    yield* this.acquiring(lock, () => this.#consuming(condition, lock));
  }

  *meet(): Script<void> {
    const possible = (): boolean => this.barrier.broken || this.#meeting() >= this.barrier.parties;
    yield* unless("ERR_BROKEN_BARRIER", () =>
      this.waiting("meet", possible, () => wait(this.barrier.wait())),
    );
  }

  resetBarrier(): Script<void> {
    return wait(this.barrier.reset());
  }

  abortBarrier(): Script<void> {
    return wait(this.barrier.abort());
  }

  /** Puts into the queue that ends. */
  *offer(): Script<void> {
    yield* unless("ERR_QUEUE_SHUT_DOWN", () => this.put(this.queue(3)));
  }

  /** Takes from the queue that ends, in async bodies as `for await` does. */
  *take(): Script<void> {
    const queue = this.queue(3);
    yield* unless("ERR_QUEUE_SHUT_DOWN", () =>
      this.kind.kind === "async" ? this.#next() : this.get(queue),
    );
  }

  /** The first of several, by `race`; what it has got is given back or counted. */
  *first(queues: readonly number[], lock: number, semaphore: number, delay: number): Script<void> {
    const sources = queues.map((index) => this.queue(index));
    const locks = [this.lock(lock), this.semaphore(semaphore)];
    const waits: Coroutine<unknown>[] = [
      ...sources.map((queue) => queue.get()),
      ...locks.map((one) => one.hold()),
      sleep(delay, "slept"),
    ];
    const possible = (): boolean =>
      sources.some((queue) => !queue.empty()) || locks.some((one) => !one.locked());
    const won = yield* this.waiting("race", possible, () => wait(race(waits)));
    if (typeof won === "number") this.took(won);
    else if (won !== "slept") (won as Disposable)[Symbol.dispose]();
  }

  override checkAtRest(when: string): void {
    super.checkAtRest(when);
    for (const [semaphore, initial] of this.semaphores) {
      const [free, held] = [freeIn(semaphore), this.#held(semaphore)];
      if (free + held !== initial) {
        this.faults.push(`${when}: ${semaphore.path} has ${free} of ${initial}, ${held} are held`);
      }
    }
    if (freeIn(this.signal) !== this.#signalled) {
      this.faults.push(`${when}: ${freeIn(this.signal)} signals, not ${this.#signalled}`);
    }
    const { broken, nWaiting } = this.barrier;
    if (!broken && nWaiting !== this.#meeting()) {
      this.faults.push(`${when}: ${nWaiting} at the barrier, not ${this.#meeting()}`);
    }
  }

  *#next(): Script<void> {
    const queue = this.queue(3);
    const items = queue[Symbol.asyncIterator]();
    const possible = (): boolean => !queue.empty() || this.shut.has(queue);
    const result = yield* this.waiting("next", possible, () => native(items.next()));
    if (result.done !== true) this.took(result.value);
  }

  *#consuming(condition: Condition, lock: Lock): Script<void> {
    const possible = (): boolean => this.#left(condition) > 0 && !lock.locked();
    // The books, too, have the lock free while this waits, and again when it ends, however it ends.
    this.held.delete(lock);
    try {
      yield* this.waiting(`consume ${condition.path}`, possible, () =>
        wait(condition.waitFor(() => this.#left(condition) > 0)),
      );
    } finally {
      if (this.held.has(lock)) this.faults.push(`lock ${lock.path} has two holders`);
      this.held.add(lock);
    }
    this.#tokens.set(condition, this.#left(condition) - 1);
  }

  *#withOneMore(semaphore: Semaphore, script: () => Script<void>): Script<void> {
    this.#permits.set(semaphore, this.#held(semaphore) + 1);
    if (this.#held(semaphore) > this.#initial(semaphore)) {
      this.faults.push(`${semaphore.path} lets too many in`);
    }
    try {
      yield* script();
    } finally {
      this.#permits.set(semaphore, this.#held(semaphore) - 1);
    }
  }

  #held(semaphore: Semaphore): number {
    return this.#permits.get(semaphore) ?? 0;
  }

  #initial(semaphore: Semaphore): number {
    return this.semaphores.find(([one]) => one === semaphore)?.[1] ?? 0;
  }

  #left(condition: Condition): number {
    return this.#tokens.get(condition) ?? 0;
  }

  /** How many wait at the barrier. What a race has left behind ends with its task. */
  #meeting(): number {
    return [...this.waits].filter(({ task, what }) => what === "meet" && task?.done() !== true)
      .length;
  }
}

/** Permits that can be taken: tests alone may look. */
function freeIn(semaphore: Semaphore): number {
  return (semaphore as unknown as { readonly free: number }).free;
}
