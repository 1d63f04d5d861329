import { driver, enter, type Scope, waitingScope } from "./context.ts";
import { badType } from "./errors.ts";
import { settleWith, stepsOf } from "./flow.ts";
import { inspectable } from "./inspectable.ts";
import {
  brandCoroutine,
  type Coroutine,
  notInFlow,
  SUSPENDED,
  thenForAwait,
  type Suspension,
  usedTwice,
} from "./suspension.ts";

/**
 * A generator that Tickless can run: what a `function*` body returns.
 *
 * @category Tasks
 */
export type FlowOf<T> = Generator<Suspension, T, unknown>;

/**
 * What a task can be made of: an async function, a generator function, or a plain function.
 *
 * @category Tasks
 */
export type Body<T> = () => PromiseLike<T> | Coroutine<T> | FlowOf<T> | T;

/** The wait of a program whose loop was halted. */
const NEVER: Iterable<Suspension, never> = {
  [Symbol.iterator]: () => ({ next: () => SUSPENDED }),
};

/**
 * A coroutine made of a function: it calls the function when it begins and not before. Subclasses
 * run the function in a scope of their own and look at how it ended (`timeout`).
 */
export abstract class Composite<T> implements Coroutine<T> {
  #used = false;

  static {
    brandCoroutine(this.prototype);
    inspectable(this.prototype);
  }

  constructor() {
    driver.debugged?.created(this);
  }

  abstract get label(): string;

  toString(): string {
    return this.#used ? this.label : `${this.label} (not awaited)`;
  }

  /** The scope in which the function runs. */
  protected abstract open(outer: Scope): Scope;
  /** Calls the function. */
  protected abstract call(): unknown;
  /** The function has ended: answers its value, or throws what comes out. */
  protected abstract close(failed: boolean, outcome: unknown): T;

  then(resolve: (value: T) => void, reject: (error: unknown) => void): void {
    if (typeof reject !== "function") throw thenForAwait(this.label);
    if (driver.loop?.halted === true) return;
    let outer: Scope;
    let scope: Scope;
    const end = (failed: boolean, outcome: unknown): void => {
      let value: T;
      if (driver.storage === null) scope.task.scope = outer;
      try {
        value = this.#end(failed, outcome);
      } catch (error) {
        reject(error);
        return;
      }
      resolve(value);
    };
    try {
      this.#use(resolve);
      outer = waitingScope(this);
      scope = this.open(outer);
    } catch (error) {
      reject(error);
      return;
    }
    // Where nothing follows awaits, the task itself remembers what it has open.
    if (driver.storage === null) scope.task.scope = scope;
    try {
      // What it returns begins in its scope, too: it may be a coroutine.
      enter(scope, () =>
        settleWith(
          this.call(),
          scope,
          (value) => end(false, value),
          (error) => end(true, error),
        ),
      );
    } catch (error) {
      end(true, error);
    }
  }

  toPromise(): Promise<T> {
    return new Promise((resolve, reject) => this.then(resolve, reject));
  }

  *[Symbol.iterator](): Generator<Suspension, T, unknown> {
    const { flow } = driver;
    if (flow === null) throw notInFlow(this.label);
    if (flow.scope.task.loop.halted) yield* NEVER;
    this.#use();
    const outer = flow.scope;
    const { task } = outer;
    const open = task.scope;
    flow.scope = this.open(outer);
    // Where nothing follows awaits, an async body finds the scope there.
    if (driver.storage === null) task.scope = flow.scope;
    let outcome: unknown;
    let failed = false;
    try {
      const { scope } = flow;
      outcome = scope.task.loop.sync ? this.call() : enter(scope, () => this.call());
      const steps = stepsOf(outcome, flow.scope);
      if (steps !== null) outcome = yield* { [Symbol.iterator]: () => steps };
    } catch (error) {
      failed = true;
      outcome = error;
    } finally {
      if (driver.storage === null) task.scope = open;
      flow.scope = outer;
    }
    return this.#end(failed, outcome);
  }

  #end(failed: boolean, outcome: unknown): T {
    try {
      return this.close(failed, outcome);
    } finally {
      driver.debugged?.over(this);
    }
  }

  #use(resolve?: (value: T) => void): void {
    if (this.#used) throw usedTwice(this.label);
    this.#used = true;
    driver.debugged?.used(this, resolve);
  }
}

class FunctionCoroutine<A extends unknown[], T> extends Composite<T> {
  readonly #name: string;
  readonly #fn: (...args: A) => unknown;
  readonly #args: A;

  constructor(name: string, fn: (...args: A) => unknown, args: A) {
    super();
    this.#name = name;
    this.#fn = fn;
    this.#args = args;
  }

  get label(): string {
    return `coroutine ${this.#name || "(unnamed)"}()`;
  }

  protected open(outer: Scope): Scope {
    return driver.debugged?.within(this, outer) ?? outer;
  }

  protected call(): unknown {
    return this.#fn(...this.#args);
  }

  protected close(failed: boolean, outcome: unknown): T {
    if (failed) throw outcome;
    return outcome as T;
  }
}

/**
 * Refuses, at compile time, a generator function with a plain `yield sleep(1)`: what its `yield*`
 * hands through are suspensions and nothing else.
 *
 * @category Tasks
 */
export type NoPlainYield<R> = [R] extends [never]
  ? unknown
  : R extends Generator<infer Y, unknown, never>
    ? [Y] extends [Suspension]
      ? unknown
      : {
          /** What the compiler shows. */
          readonly "write `yield*`, not `yield`": never;
        }
    : unknown;

/**
 * What awaiting a body's return value gives.
 *
 * @category Tasks
 */
export type Result<R> =
  R extends Generator<unknown, infer T, unknown>
    ? T
    : R extends Coroutine<infer T>
      ? T
      : Awaited<R>;

/**
 * Wraps an async function or a generator function so that calling it runs nothing, as in Python: it
 * returns a coroutine, which begins when it is awaited, `yield*`-ed or made a task.
 *
 * @category Tasks
 */
export function coroutine<A extends unknown[], R>(
  fn: ((...args: A) => R) & NoPlainYield<R>,
): (...args: A) => Coroutine<Result<R>> {
  if (typeof fn !== "function") throw badType("fn", "an async or generator function", fn);
  return (...args) => new FunctionCoroutine<A, Result<R>>(fn.name, fn, args);
}

/**
 * A coroutine that calls `fn` when it begins. `name` is what messages call it: a function named after what
 * the user has called would be one more for each call, and V8 names it by way of its runtime.
 *
 * @category For extenders
 */
export function lazyCall<R>(name: string, fn: () => R): Coroutine<Result<R>> {
  return new FunctionCoroutine<[], Result<R>>(name, fn, []);
}
