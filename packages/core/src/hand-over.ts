import { type Activation, Bookkeeping, type ReadyQueue, UNARMED } from "./activation.ts";
import { currentScope, driver, type Flow, inExternal, type Scope } from "./context.ts";
import type { Loop } from "./loop.ts";
import {
  brandCoroutine,
  type Coroutine,
  notInFlow,
  SUSPENDED,
  type Suspension,
  thenForAwait,
} from "./suspension.ts";

/**
 * One hand-over of one task: ready at once, and run when the policy chooses it. It is no wait (rule
 * S10.9): a cancellation does not end it, because what the code has just awaited is its own by then,
 * and it outlives its task, as code after a plain await does.
 */
class HandOver implements Activation, Iterator<Suspension, void, unknown> {
  cause = 0;
  /** @internal */
  timer: number = UNARMED;
  readonly #scope: Scope;
  /** A generator, or what an await has given; null until it has begun. */
  #goesOn: Flow | (() => void) | null = null;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  get taskId(): number {
    return this.#scope.task.id;
  }

  get quiet(): boolean {
    return false;
  }

  get dropped(): boolean {
    return false;
  }

  ripen(ready: ReadyQueue): void {
    ready.enqueue(this);
  }

  begin(goesOn: Flow | (() => void)): void {
    this.#goesOn = goesOn;
    const { loop, id } = this.#scope.task;
    // A probe has failed: the program must not go on.
    if (loop.halted) return;
    try {
      loop.observer?.wait(id, "hand-over", -1, NaN, "");
    } catch {
      // It was the probe that threw, and the loop knows.
      return;
    }
    loop.handOvers++;
    loop.debugMode?.handsOver(this.#scope.task, goesOn);
    loop.schedule(this);
  }

  activate(): boolean {
    const { loop, id } = this.#scope.task;
    if (--loop.handOvers === 0 && loop.unhandled !== null) loop.schedule(new DrainEnd(loop));
    loop.observer?.step(this.cause, id);
    loop.debugMode?.handedOver(this.#scope.task);
    driver.step = this.#scope;
    const goesOn = this.#goesOn as Flow | (() => void);
    if (typeof goesOn === "function") goesOn();
    else goesOn.resume();
    return true;
  }

  /** One turn of `yield*`. */
  next(): IteratorResult<Suspension, void> {
    if (this.#goesOn !== null) return { done: true, value: undefined };
    this.begin(driver.flow as Flow);
    return SUSPENDED;
  }
}

/**
 * Nobody is handing over any more. In plain JavaScript only now every microtask has run, and what is
 * unhandled stays so (rule S7.8).
 */
class DrainEnd extends Bookkeeping {
  readonly #loop: Loop;

  constructor(loop: Loop) {
    super();
    this.#loop = loop;
  }

  settle(): void {
    const loop = this.#loop;
    if (loop.handOvers > 0 || loop.unhandled === null) return;
    const [first] = loop.unhandled.values();
    loop.unhandled = null;
    if (first !== undefined) loop.fail(first);
  }
}

/** Whether code that runs now may have to hand over: a policy other than FIFO chooses. */
export function choosing(): boolean {
  return driver.loop?.choosy === true;
}

/**
 * Lets `goesOn` be called when the policy chooses the task in `scope`; a callback (null) goes on in a
 * callback. At once where no step of its loop is going on: what outside code resolved is no choice.
 */
export function handOverIn(loop: Loop, scope: Scope | null, goesOn: () => void): void {
  if (driver.loop !== loop) goesOn();
  else if (scope === null) loop.callSoon(goesOn);
  else new HandOver(scope).begin(goesOn);
}

const OVER: Iterator<Suspension, void> = { next: () => ({ done: true, value: undefined }) };

/** Keeps nothing, so there is one for all. */
class HandOverCoroutine implements Coroutine<void> {
  static {
    brandCoroutine(this.prototype);
  }

  toString(): string {
    return "handOver()";
  }

  then(resolve: (value: void) => void, reject: (error: unknown) => void): void {
    if (typeof reject !== "function") throw thenForAwait("handOver()");
    const { loop } = driver;
    if (loop === null || !loop.choosy || inExternal()) resolve();
    else handOverIn(loop, currentScope(), resolve);
  }

  [Symbol.iterator](): Iterator<Suspension, void, unknown> {
    if (!choosing()) return OVER;
    if (driver.flow === null) throw notInFlow("handOver()");
    return new HandOver(driver.flow.scope);
  }

  toPromise(): Promise<void> {
    return new Promise((resolve, reject) => this.then(resolve, reject));
  }
}

const theHandOver: Coroutine<void> = Object.freeze(new HandOverCoroutine());

/**
 * A point at which the running task may let another in, `await`ed or `yield*`-ed. Without a policy it
 * takes no pass and lets nobody in. Under a policy that chooses, the task is ready again at once, as
 * after `sleep(0)`, and the policy takes any that is ready, this one included. Outside a run it does
 * nothing. A cancellation does not end it, and comes with the next wait.
 *
 * ```ts
 * import { createTask, run } from "@tickless/core";
 * import { handOver } from "@tickless/core/kit";
 *
 * let total = 0;
 * const add = async () => {
 *   const before = total;
 *   await handOver();
 *   total = before + 1;
 * };
 * const inTurns = { choose: () => 0 };
 * for (const policy of [undefined, inTurns]) {
 *   total = 0;
 *   await run(
 *     async () => {
 *       const tasks = [createTask(add), createTask(add)];
 *       for (const task of tasks) await task;
 *     },
 *     { policy },
 *   );
 *   console.log(policy === undefined ? "first in, first out:" : "in turns:", total);
 * }
 * ```
 *
 * @category For extenders
 */
export function handOver(): Coroutine<void> {
  return theHandOver;
}
