import type { Activation } from "./activation.ts";
import { driver, isOutside } from "./context.ts";
import {
  badType,
  cancellation,
  CancelledError,
  type ErrorContext,
  InvalidStateError,
  UsageError,
} from "./errors.ts";
import type { Loop } from "./loop.ts";
import { inspectable } from "./inspectable.ts";
import { NameNode } from "./names.ts";
import { DoneCallback, Outlet, settlement } from "./settlement.ts";
import {
  brandCoroutine,
  type Coroutine,
  isCoroutine,
  type Suspension,
  thenForAwait,
} from "./suspension.ts";
import { Wait, type WaitSubject } from "./wait.ts";

const PENDING = 0;
/** How a future settles. */
export const RETURNED = 1;
export const RAISED = 2;
export const CANCELLED = 3;

const OUTCOMES: readonly string[] = ["pending", "returned", "raised", "cancelled"];
const futureBrand = Symbol.for("tickless.future");

/** Whether `value` is a future or a task. */
export function isFuture(value: unknown): value is Future<unknown> {
  return isCoroutine(value) && futureBrand in value;
}

/**
 * A result that is not there yet (asyncio.Future). It has begun, so it may be awaited any number of
 * times. Its callbacks and waiters run through the ready queue, in the order in which they came.
 *
 * @category Tasks
 */
export class Future<T> implements Coroutine<T> {
  /** The loop that it belongs to. */
  readonly loop: Loop;
  /** Id by which probes know it. */
  readonly id: number;
  #state = PENDING;
  /**
   * The value, or the error; of a cancellation the message, or the error that ended a task. While it is
   * pending: who waits. Most futures have one waiter or none, so a lone one stands here by itself. Of
   * many, any may leave (a race, a shield, a `wait` with a timeout), and must not have to look for itself.
   */
  #outcome: unknown = null;

  readonly #parent: NameNode;
  readonly #segment: string | number;

  static {
    brandCoroutine(this.prototype, futureBrand);
    inspectable(this.prototype);
  }

  /** @internal Programs write `loop.createFuture()`. */
  constructor(loop: Loop, name?: string) {
    this.loop = loop;
    this.#parent = loop.namer();
    this.#segment = this.#parent.claim(this.kind, name);
    this.id = loop.introduce(this.kind, this.#segment);
    loop.debugMode?.made(this);
  }

  /** Path by which reports and traces know it, for example `main/future-1`. */
  get path(): string {
    return this.#parent.pathOf(String(this.#segment));
  }

  /** For example `task main/worker (pending)`. */
  toString(): string {
    return `${this.kind} ${this.path} (${OUTCOMES[this.#state]})`;
  }

  /** @internal A node for what is named below this. */
  protected nameNode(): NameNode {
    return new NameNode(this.#parent, String(this.#segment), this.id);
  }

  /** @internal Somebody looks at whether it has settled. */
  look(): void {
    this.loop.watcher?.touch(this.id);
  }

  /** Whether it has settled. */
  done(): boolean {
    this.look();
    return this.#state !== PENDING;
  }

  /** Whether it has settled by a cancellation. */
  cancelled(): boolean {
    return this.#state === CANCELLED;
  }

  /** The value; throws the exception, a CancelledError, or InvalidStateError while pending. */
  result(): T {
    if (this.#state === RETURNED) return this.#outcome as T;
    if (this.#state === CANCELLED) throw this.cancelledError();
    if (this.#state === RAISED) {
      this.retrieve();
      throw this.#outcome;
    }
    throw this.invalid("has no result yet. Await it, or look at `done()` first.");
  }

  /** The exception, undefined if there is none; throws a CancelledError, or InvalidStateError while pending. */
  exception(): unknown {
    if (this.#state === PENDING) {
      throw this.invalid("has no outcome yet. Await it, or look at `done()` first.");
    }
    if (this.#state === CANCELLED) throw this.cancelledError();
    this.retrieve();
    return this.error;
  }

  /** Settles it with a value. Throws InvalidStateError if it has settled. */
  setResult(value: T): void {
    this.loop.checkInside("setResult()");
    this.settle(RETURNED, value);
  }

  /** Settles with `error`, any value but undefined; whoever awaits the future gets that very value. */
  setException(error: unknown): void {
    if (error === undefined) throw badType("error", "an error", error);
    this.loop.checkInside("setException()");
    this.settle(RAISED, error);
  }

  /** Settles as cancelled. Answers false if it was settled already; then its exception counts as seen. */
  cancel(message = ""): boolean {
    this.loop.checkInside("cancel()");
    return this.cancelNow(message);
  }

  /** @internal As `cancel`, whoever asks. */
  cancelNow(message: string): boolean {
    if (this.#state !== PENDING) {
      this.retrieve();
      return false;
    }
    this.settle(CANCELLED, message);
    return true;
  }

  /** Calls `callback(future)` in the pass after the future settled, also if it has settled already. */
  addDoneCallback(callback: (future: Future<T>) => void): void {
    if (typeof callback !== "function") throw badType("callback", "a function", callback);
    this.loop.checkInside("addDoneCallback()");
    const waiter = new DoneCallback(this, callback);
    this.loop.debugMode?.scheduled(waiter);
    this.addWaiter(waiter);
  }

  /** Answers how many registrations of `callback` were removed. */
  removeDoneCallback(callback: (future: Future<T>) => void): number {
    this.loop.checkInside("removeDoneCallback()");
    const leaving = this.waiterList().filter(
      (waiter) => waiter instanceof DoneCallback && waiter.callback === callback,
    );
    for (const waiter of leaving) this.removeWaiter(waiter);
    return leaving.length;
  }

  /** `await`: returns nothing, see `toPromise`. */
  then(resolve: (value: T) => void, reject: (error: unknown) => void): void {
    if (typeof reject !== "function") throw thenForAwait(`\`${this.path}\``);
    // After a run, and for code outside, a settled future is just its outcome.
    if (this.#state !== PENDING && driver.loop === null) {
      try {
        resolve(this.result());
      } catch (error) {
        reject(error);
      }
      return;
    }
    if (isOutside()) reject(this.awaitedOutside());
    else new Wait<T>(settlement, this).then(resolve, reject);
  }

  /** `yield*`: waits for it in a generator body. */
  [Symbol.iterator](): Iterator<Suspension, T, unknown> {
    return new Wait<T>(settlement, this);
  }

  /** A native promise of the outcome. Inside a run it is a wait of the running task. */
  toPromise(): Promise<T> {
    return new Promise((resolve, reject) => {
      if (driver.loop === this.loop || this.done()) this.then(resolve, reject);
      else this.addWaiter(new Outlet(this, resolve, reject));
    });
  }

  /** @internal What paths, probes and reports call such an object. */
  get kind(): string {
    return "future";
  }

  /** @internal What a wait for this is for. */
  get subject(): WaitSubject {
    return { kind: this.kind, id: this.id, path: this.path };
  }

  /** @internal Marks its exception as seen by somebody. */
  retrieve(): void {
    if (this.#state === RAISED) this.loop.reports.seen(this);
  }

  /** Whether it settled with an exception; that may be any value, undefined too. */
  get raised(): boolean {
    return this.#state === RAISED;
  }

  /** @internal Its exception, without marking it as seen. */
  get error(): unknown {
    return this.#state === RAISED ? this.#outcome : undefined;
  }

  /** @internal True while its cancellation goes through what it waits for. */
  get isBeingCancelled(): boolean {
    return false;
  }

  /** @internal The error that ended a task goes to the first who asks, and a bare one to the others (CANCEL-16). */
  cancelledError(context?: ErrorContext): CancelledError {
    const outcome = this.#outcome;
    if (typeof outcome === "string") {
      return context === undefined ? new CancelledError(outcome) : cancellation(outcome, context);
    }
    this.#outcome = "";
    return outcome as CancelledError;
  }

  /** @internal Schedules `waiter` when this settles, or now if it has. */
  addWaiter(waiter: Activation): void {
    const waiters = this.waiters();
    if (this.#state !== PENDING) this.loop.schedule(waiter);
    else if (waiters === null) this.#outcome = waiter;
    else if (waiters instanceof Set) waiters.add(waiter);
    else this.#outcome = new Set([waiters, waiter]);
  }

  /** @internal */
  removeWaiter(waiter: Activation): void {
    const waiters = this.waiters();
    if (waiters instanceof Set) waiters.delete(waiter);
    else if (waiters === waiter) this.#outcome = null;
  }

  /** @internal */
  foreign(): UsageError {
    return new UsageError(
      "ERR_OTHER_LOOP",
      `\`${this.path}\` belongs to another loop. Make it inside the main that uses it.`,
    );
  }

  /** @internal Settles and makes its waiters ready. */
  protected settle(state: number, outcome: unknown): void {
    if (this.#state !== PENDING) {
      throw this.invalid(`has settled already (${OUTCOMES[this.#state]}).`);
    }
    this.loop.observer?.settle(this.id, OUTCOMES[state] as string);
    const waiters = this.waiters();
    this.#state = state;
    this.#outcome = outcome;
    if (state === RAISED) this.loop.reports.raised(this);
    if (waiters === null) return;
    if (waiters instanceof Set) for (const waiter of waiters) this.loop.schedule(waiter);
    else this.loop.schedule(waiters);
  }

  private awaitedOutside(): UsageError {
    return new UsageError(
      "ERR_NO_RUNNING_LOOP",
      `\`${this.path}\` was awaited outside its run. Write \`await it.toPromise()\` there, or await it ` +
        "inside main.",
    );
  }

  private waiterList(): Activation[] {
    const waiters = this.waiters();
    if (waiters === null) return [];
    return waiters instanceof Set ? [...waiters] : [waiters];
  }

  /** Who waits; nobody once it has settled. No getter: for a private one V8 calls its runtime. */
  private waiters(): Activation | Set<Activation> | null {
    return this.#state === PENDING ? (this.#outcome as Activation | Set<Activation> | null) : null;
  }

  private invalid(what: string): InvalidStateError {
    return new InvalidStateError(`\`${this.path}\` ${what}`, { time: this.loop.now });
  }
}
