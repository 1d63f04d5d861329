import { type Activation, TIMER, type ReadyQueue } from "./activation.ts";
import { driver as theDriver, waitingScope, type Flow, type Scope } from "./context.ts";
import { cancellation, type CancelledError, UsageError } from "./errors.ts";
import { inspectable } from "./inspectable.ts";
import type { Observer } from "./probe.ts";
import { sleepEnd, sleeping } from "./sleep-source.ts";
import {
  brandCoroutine,
  type Coroutine,
  notInFlow,
  usedTwice,
  SUSPENDED as SUSPENSION,
  thenForAwait,
  type Suspension,
} from "./suspension.ts";
import type { Task } from "./task.ts";
import type { WaitSource, WaitSubject } from "./wait-source.ts";

export type { WaitSource, WaitSubject } from "./wait-source.ts";

// V8 compiles a constant of the module's own in, and loads and checks an imported one at each use.
const driver = theDriver;
const SUSPENDED = SUSPENSION;
const SLEEPING: WaitSource<unknown> = sleeping;
const { DISARMED, FIRING, UNARMED } = TIMER;

// The life of a wait. WAITING is the only state in which a wake-up or a cancellation is taken.
const NEW = 0;
const RUNNING = 1;
const WAITING = 2;
const WOKEN = 3;
const CANCELLED = 4;
const DONE = 5;

/**
 * One wait of one task, and everything that it takes: the coroutine that the user awaits, the entry
 * in the task's list of waits, the node of a wait queue, the timer in the agenda, and the activation
 * in the ready queue. That makes a wait one allocation, and starting and ceasing to wait one value.
 *
 * @category For extenders
 */
export class Wait<T> implements Activation, Coroutine<T> {
  // An activation in all but inheritance: V8 does not inline the constructor of a derived class, and
  // `new Wait` is a sixth of a message from task to task.
  // Here, in Future and in Task, methods of nobody else's are `private`, not #: for one # method V8 gives
  // each object a word for the right to call it.
  /** Number of the event that began it or woke it; 0 while no probe is present. */
  cause = 0;
  /** @internal */
  timer: number = UNARMED;
  /** What the source needs to know of this wait: the item to put, the delay, the future. */
  target: unknown;
  /** The result, once `attempt` has answered true. */
  value: T | undefined;
  /** @internal Neighbours in the WaitQueue that this stands in; null where there is none. */
  queuedBefore: Wait<unknown> | null = null;
  /** @internal */
  queuedAfter: Wait<unknown> | null = null;
  /** Virtual time at which the wait began. */
  since = 0;
  #source: WaitSource<T>;
  #status: number = NEW;
  #scope: Scope | null = null;
  /** Who goes on: a generator, or (if `#reject` is there) an async function. */
  #goesOn: Flow | ((value: unknown) => void) | null = null;
  #reject: ((error: unknown) => void) | null = null;
  /** Message of a cancellation that is owed to this wait, or that has ended it. */
  #cancellation: string | null = null;

  static {
    brandCoroutine(this.prototype);
    inspectable(this.prototype);
  }

  constructor(source: WaitSource<T>, target?: unknown, value?: T) {
    this.#source = source;
    this.target = target;
    this.value = value;
    driver.debugged?.created(this);
  }

  /** For example `sleep(5) (not awaited)`. */
  toString(): string {
    return this.#status === NEW ? `${this.label} (not awaited)` : this.label;
  }

  /** Name in error messages. */
  get label(): string {
    return this.#source.label(this);
  }

  /** What it is for, as reports show it. */
  get subject(): WaitSubject {
    return this.#source.subject(this);
  }

  /** @internal The scope in which the wait began; null before. */
  get scope(): Scope | null {
    return this.#scope;
  }

  /** The task that waits. Only once it has begun. */
  get task(): Task<unknown> {
    return (this.#scope as Scope).task;
  }

  /** @internal */
  get taskId(): number {
    return this.task.id;
  }

  /** @internal */
  get quiet(): boolean {
    return this.timer === FIRING || this.#status === DONE;
  }

  /** @internal */
  get dropped(): boolean {
    return false;
  }

  /** Whether it was cancelled and its task has not gone on yet. */
  get cancelled(): boolean {
    return this.#status === CANCELLED;
  }

  /** `await`: begins the wait in the running task. */
  then(resolve: (value: T) => void, reject: (error: unknown) => void): void {
    if (typeof reject !== "function") throw thenForAwait(this.label);
    try {
      if (this.#status !== NEW) throw usedTwice(this.label);
      this.enter(waitingScope(this), resolve);
    } catch (error) {
      reject(error);
      return;
    }
    this.goOn(resolve, reject);
  }

  /** @internal Whether nobody keeps it: neither a queue, nor the agenda, nor the ready queue. */
  get isFree(): boolean {
    return this.#status === DONE && this.timer === UNARMED;
  }

  /** @internal Of a wait that is free: makes it another one. */
  renew(source: WaitSource<T>, target: unknown, value: T | undefined): this {
    this.#status = NEW;
    this.#cancellation = null;
    this.#source = source;
    this.target = target;
    this.value = value;
    return this;
  }

  /** @internal It begins in `scope`. */
  enter(scope: Scope, resolve?: (value: T) => void): void {
    this.#scope = scope;
    if (driver.debugged !== null) driver.debugged.used(this, resolve);
  }

  /**
   * @internal `await`, once it has entered. Only where it has to wait are the two functions kept: they are
   * younger than the wait, so each costs V8 a write barrier.
   */
  goOn(resolve: (value: T) => void, reject: (error: unknown) => void): void {
    let finished: boolean;
    try {
      finished = this.poll();
    } catch (error) {
      reject(error);
      return;
    }
    if (finished) {
      const value = this.value as T;
      this.value = undefined;
      resolve(value);
    } else {
      this.#goesOn = resolve as (value: unknown) => void;
      this.#reject = reject;
    }
  }

  /** A native promise for the result, for `.then` and `.catch`. */
  toPromise(): Promise<T> {
    return new Promise((resolve, reject) => this.then(resolve, reject));
  }

  /** `yield*`: the wait is its own iterator. */
  [Symbol.iterator](): Iterator<Suspension, T, unknown> {
    return this;
  }

  /** One turn of `yield*`. */
  next(): IteratorResult<Suspension, T> {
    const { flow } = driver;
    if (this.#status === NEW) {
      if (flow === null) throw notInFlow(this.label);
      this.#goesOn = flow;
      this.enter(flow.scope);
    } else if (this.#status === DONE || this.#goesOn !== flow) {
      throw usedTwice(this.label);
    }
    if (!this.poll()) return SUSPENDED;
    const value = this.value as T;
    this.value = undefined;
    return { done: true, value };
  }

  /** Makes the task go on with another `attempt`. Answers false if it was not waiting (any more). */
  wake(): boolean {
    if (this.#status !== WAITING) return false;
    this.#status = WOKEN;
    this.task.loop.schedule(this);
    return true;
  }

  /**
   * @internal Ends the wait with a CancelledError at the task's next step. Answers false if the wait has
   * ended already; then `owe` makes the next step throw instead of going on.
   */
  cancelWait(message: string): boolean {
    const elsewhere = this.#source.cancel?.(this, message);
    if (elsewhere !== undefined) return elsewhere;
    if (this.#status !== WAITING) return false;
    this.#status = CANCELLED;
    this.#cancellation = message;
    this.task.loop.schedule(this);
    return true;
  }

  /** @internal The step that this wait leads to throws a CancelledError, whatever it would have brought. */
  owe(message: string): void {
    if (this.#status !== CANCELLED) this.#cancellation = message;
  }

  /** @internal Takes back what `owe` said. */
  forgive(): void {
    if (this.#status !== CANCELLED) this.#cancellation = null;
  }

  /** @internal The task has ended while this still waited: gives up without telling anybody. */
  abandon(): void {
    const granted = this.#status === WOKEN;
    this.#status = DONE;
    this.#source.withdraw(this, granted, true);
  }

  /** For a source whose wait is ready at once (`sleep(0)`): it can be owed, not cancelled. */
  wakeSelf(): void {
    this.#status = WOKEN;
    this.task.loop.schedule(this);
  }

  /** For a source whose wait ends at time `when`. */
  arm(when: number): void {
    if (this.timer === DISARMED) {
      throw new UsageError("ERR_ARMED_TWICE", `${this.label} was armed a second time.`);
    }
    this.task.loop.arm(when, this);
  }

  /** Takes the timer back, if there is one. */
  disarm(): void {
    this.task.loop.disarm(this);
    if (this.timer === FIRING) this.timer = UNARMED;
  }

  /** @internal Its timer is due. Under a policy that and the wake-up are one choice, not two. */
  ripen(ready: ReadyQueue): void {
    this.timer = FIRING;
    if (ready.fires) this.fire();
    else ready.enqueue(this);
  }

  /** @internal */
  activate(): boolean {
    if (this.timer === FIRING) return this.fire();
    if (this.#status === DONE) return false;
    const task = this.task;
    const { observer } = task.loop;
    if (observer !== null) observer.step(this.cause, task.id);
    driver.step = this.#scope;
    task.removeWait(this);
    const reject = this.#reject;
    if (reject === null) (this.#goesOn as Flow).resume();
    else this.advance(this.#goesOn as (value: unknown) => void, reject);
    return true;
  }

  /** A cancellation that came first stands further back in the ready queue; `wake` refuses then. */
  private fire(): boolean {
    this.timer = UNARMED;
    const { loop } = this.task;
    if (this.#status === WAITING) loop.observer?.timer(this.cause, loop.now);
    this.wake();
    return false;
  }

  /** Delivers to an async function that has waited. After a probe has failed nothing is delivered any more. */
  private advance(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
    let finished: boolean;
    try {
      finished = this.poll();
    } catch (error) {
      this.leave();
      reject(error);
      return;
    }
    if (!finished) return;
    const { value } = this;
    this.leave();
    resolve(value);
  }

  /** The task keeps it: it must not keep alive what it was for. */
  private leave(): void {
    this.value = undefined;
    this.#goesOn = null;
    this.#reject = null;
  }

  private poll(): boolean {
    const { loop } = this.task;
    // A probe has failed: the program must not go on, not even with what would need no event.
    if (loop.halted) return false;
    const woken = this.#status === WOKEN;
    if (this.#cancellation !== null) throw this.giveUp(this.#cancellation, woken);
    try {
      this.#status = RUNNING;
      // A sleep that was woken is over: to ask its source would be a call that V8 cannot inline.
      if ((woken && this.#source === SLEEPING) || this.#source.attempt(this, woken)) {
        this.#status = DONE;
        return true;
      }
      this.suspend();
    } catch (error) {
      // What threw is the probe.
      if (loop.halted) return false;
      this.#status = DONE;
      throw error;
    }
    return false;
  }

  private suspend(): void {
    const task = this.task;
    const { loop } = task;
    if (this.#status === RUNNING) this.#status = WAITING;
    this.since = loop.now;
    if (loop.observer !== null) this.tell(loop.observer);
    task.addWait(this);
  }

  private tell(observer: Observer): void {
    const source = this.#source;
    const operation = source.operation ?? "";
    if (source === SLEEPING) {
      observer.wait(this.task.id, "sleep", -1, sleepEnd(this.since, this.target as number), "");
    } else if (source.object === undefined) {
      const { kind, id, until = NaN } = this.subject;
      observer.wait(this.task.id, kind, id, until, operation);
    } else {
      const { kind, id } = source.object(this);
      observer.wait(this.task.id, kind, id, NaN, operation);
    }
    this.cause = observer.event;
  }

  private giveUp(message: string, woken: boolean): CancelledError {
    this.#status = DONE;
    this.#source.withdraw(this, woken, false);
    const { loop, path } = this.task;
    const error =
      this.#source.cancelledError?.(this, message) ??
      cancellation(message, { time: loop.now, task: path });
    driver.debugged?.located(error, this);
    return error;
  }
}
