import { driver as theDriver, waitingScope } from "./context.ts";
import { inspectable } from "./inspectable.ts";
import {
  brandCoroutine,
  type Coroutine,
  type Suspension,
  thenForAwait,
  usedTwice,
} from "./suspension.ts";
import { Wait, type WaitSource } from "./wait.ts";

// V8 compiles a constant of the module's own in, and loads and checks an imported one at each use.
const driver = theDriver;

/**
 * What the user has in hand before a wait begins. It is small and dies young: when it begins, the task
 * lends it the `Wait` that it keeps for all its waits (`Task.lend`).
 */
export class Call<T> implements Coroutine<T> {
  readonly #source: WaitSource<T>;
  /** As that of the wait, for `label`. */
  readonly target: unknown;
  readonly #value: T | undefined;
  #used = false;

  static {
    brandCoroutine(this.prototype);
    inspectable(this.prototype);
  }

  constructor(source: WaitSource<T>, target: unknown, value: T | undefined) {
    this.#source = source;
    this.target = target;
    this.#value = value;
  }

  /** For example `sleep(5) (not awaited)`. */
  toString(): string {
    return this.#used ? this.label : `${this.label} (not awaited)`;
  }

  /** Name in error messages. */
  get label(): string {
    return this.#source.label(this);
  }

  /** `await`: begins the wait in the running task. */
  then(resolve: (value: T) => void, reject: (error: unknown) => void): void {
    if (typeof reject !== "function") throw thenForAwait(this.label);
    let wait: Wait<T>;
    try {
      if (this.#used) throw usedTwice(this.label);
      const scope = waitingScope(this);
      this.#used = true;
      wait = scope.task.lend(this.#source, this.target, this.#value);
      wait.enter(scope, resolve);
    } catch (error) {
      reject(error);
      return;
    }
    wait.goOn(resolve, reject);
  }

  /** A native promise for the result, for `.then` and `.catch`. */
  toPromise(): Promise<T> {
    return new Promise((resolve, reject) => this.then(resolve, reject));
  }

  /** `yield*`: the wait is the iterator. */
  [Symbol.iterator](): Iterator<Suspension, T, unknown> {
    if (this.#used) throw usedTwice(this.label);
    this.#used = true;
    const { flow } = driver;
    if (flow === null) return new Wait(this.#source, this.target, this.#value);
    return flow.scope.task.lend(this.#source, this.target, this.#value);
  }

  /** For a race, in which a task waits for several things at once: a wait of its own. */
  toWait(): Wait<T> {
    if (this.#used) throw usedTwice(this.label);
    this.#used = true;
    return new Wait(this.#source, this.target, this.#value);
  }
}

/**
 * A coroutine that waits for what `source` gives. Debug mode keeps notes on each wait, so there it gets
 * one of its own from the start.
 *
 * @category For extenders
 */
export function lazyWait<T>(source: WaitSource<T>, target?: unknown, value?: T): Coroutine<T> {
  return driver.debugged === null
    ? new Call(source, target, value)
    : new Wait(source, target, value);
}
