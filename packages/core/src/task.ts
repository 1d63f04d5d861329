import { CancelRequests } from "./cancel-requests.ts";
import {
  checkInStep,
  driver as theDriver,
  enterStep,
  type Flow,
  isInside,
  type Scope,
} from "./context.ts";
import { Context, inheritedContext } from "./context-var.ts";
import type { Body } from "./coroutine.ts";
import { isCancelled, UsageError } from "./errors.ts";
import { advance, generatorOf, type Steps, stepsOf } from "./flow.ts";
import { CANCELLED, Future, RAISED, RETURNED } from "./future.ts";
import type { AbortSignalLike, Signal } from "./host.ts";
import type { Loop } from "./loop.ts";
import type { NameNode } from "./names.ts";
import { Start } from "./start.ts";
import { Wait, type WaitSource, type WaitSubject } from "./wait.ts";

// V8 compiles a constant of the module's own in, and loads and checks an imported one at each use.
const driver = theDriver;

/**
 * Options of `createTask`.
 *
 * @category Tasks
 */
export interface TaskOptions {
  /** Its segment of the path; by default its ordinal among the unnamed tasks of its parent. */
  readonly name?: string | undefined;
  /** Cancels the task when it aborts. */
  readonly signal?: AbortSignalLike | undefined;
  /** The context that it runs in, not copied. Default: a copy of that of the code that makes it. */
  readonly context?: Context | undefined;
}

/** Stands for the promise of a body that is followed already. */
const FOLLOWED = Symbol("followed");

const generatorFunctionPrototype: unknown = Object.getPrototypeOf(function* () {});

function isGeneratorFunction(body: unknown): boolean {
  return Object.getPrototypeOf(body) === generatorFunctionPrototype;
}

function onReturned(value: unknown): void {
  driver.storage?.getStore()?.task.bodyReturned(value);
}

function onRaised(error: unknown): void {
  driver.storage?.getStore()?.task.bodyRaised(error);
}

/**
 * A coroutine that the loop drives (asyncio.Task): an async function's promise or a generator. It is
 * a future of the body's result, and the scope of everything that the body waits for.
 *
 * @category Tasks
 */
export class Task<T> extends Future<T> implements Flow, Scope {
  /** @internal Innermost scope of a generator body. */
  scope: Scope = this;
  /** @internal Its context variables; null while it has none. */
  context: Context | null;
  /** @internal Neighbours among the tasks of the loop that are not done, in the order of creation. */
  before: Task<unknown> | null = null;
  /** @internal */
  after: Task<unknown> | null = null;
  #generator: Steps | null = null;
  /** Most tasks wait for one thing or none, so a lone wait stands here by itself. */
  #waits: Wait<unknown> | Set<Wait<unknown>> | null = null;
  /** What it waits by, again and again. */
  #own: Wait<unknown> | null = null;
  /** Made by the first who asks for cancellation. */
  #requests: CancelRequests | null = null;
  #node: NameNode | null = null;

  /** @internal Programs write `createTask(body)`. */
  constructor(loop: Loop, body: Body<T> | Steps, options: TaskOptions) {
    super(loop, options.name);
    this.context = options.context ?? inheritedContext();
    loop.taskList.add(this);
    loop.schedule(new Start(this, body));
    if (options.signal !== undefined) this.obey(options.signal);
  }

  /** @internal */
  get task(): Task<unknown> {
    return this;
  }

  /** @internal */
  get outer(): null {
    return null;
  }

  /** @internal What is named in this task is named below this node. */
  get node(): NameNode {
    return (this.#node ??= this.nameNode());
  }

  /** @internal */
  override get kind(): string {
    return "task";
  }

  /** @internal */
  override get subject(): WaitSubject {
    return { kind: this.kind, id: this.id, path: this.path, blockers: [this] };
  }

  /** An AbortSignal that aborts when this task is asked to cancel, for APIs that take one. */
  get signal(): Signal {
    return this.asked().signal;
  }

  /** The context that it runs in (asyncio.Task.get_context). */
  getContext(): Context {
    return (this.context ??= new Context());
  }

  /** @internal */
  override setResult(): never {
    throw this.settledByBody("setResult");
  }

  /** @internal */
  override setException(): never {
    throw this.settledByBody("setException");
  }

  /**
   * Asks for cancellation: every wait of the task ends with a CancelledError at its next step, or,
   * if it has none, the next wait that it begins. Answers false if the task is done.
   */
  override cancel(message = ""): boolean {
    // Also from outside the loop's steps: the run is stopped by hand, by a signal or a time-out.
    return this.cancelNow(message);
  }

  /** @internal */
  override cancelNow(message: string): boolean {
    if (this.done()) return super.cancelNow(message);
    const { loop } = this;
    if (loop.isClosed() || loop.halted) return false;
    loop.observer?.cancel(loop.currentTaskId(), this.id);
    loop.cancelDepth++;
    try {
      this.cancelScope(this, message);
    } finally {
      loop.cancelDepth--;
    }
    this.asked().abort(message);
    loop.rouse();
    return true;
  }

  /** @internal The loop was closed before this ended. */
  forget(): void {
    this.#requests?.unlisten?.();
  }

  /** How many cancellations were asked for and not taken back. */
  cancelling(): number {
    return this.#requests?.count ?? 0;
  }

  /** Takes one request back and answers how many are left. At 0 nothing undelivered is delivered. */
  uncancel(): number {
    this.loop.checkInside("uncancel()");
    if (this.#requests?.takeBack() === true) for (const wait of this.waits) wait.forgive();
    return this.cancelling();
  }

  /** @internal As `cancelling`, without the requests of blocks that `scope` does not lie in. */
  cancellingIn(scope: Scope): number {
    return this.#requests?.countIn(scope) ?? 0;
  }

  /** @internal Block `scope` ends: takes its request back; answers what `cancellingIn` is then. */
  uncancelScope(scope: Scope): number {
    this.#requests?.ended(scope);
    this.uncancel();
    return this.cancellingIn(scope);
  }

  /** @internal What was asked of all around `scope` is delivered at their next wait. */
  recancelAround(scope: Scope): void {
    this.asked().oweAround(scope);
  }

  /** @internal As `cancel`, for the waits that began in `scope` alone. */
  cancelScope(scope: Scope, message: string): void {
    const requests = this.asked();
    requests.add(scope === this ? null : scope);
    const waits = this.waits.filter((wait) => isInside(wait.scope, scope));
    requests.busy = true;
    try {
      for (const wait of waits) if (!wait.cancelWait(message)) wait.owe(message);
    } finally {
      requests.busy = false;
    }
    const told = this.loop.surroundings?.cancel?.(scope, message) === true;
    if (waits.length > 0 || told) return;
    requests.owe(scope, message);
    this.loop.surroundings?.owed?.(scope);
  }

  /** @internal */
  override get isBeingCancelled(): boolean {
    return this.#requests?.busy === true;
  }

  /** @internal Its waits, in the order in which they began. */
  get waits(): Wait<unknown>[] {
    if (this.#waits === null) return [];
    return this.#waits instanceof Set ? [...this.#waits] : [this.#waits];
  }

  /** @internal The wait that it keeps for all its waits, or a new one while it needs several at once. */
  lend<V>(source: WaitSource<V>, target: unknown, value: V | undefined): Wait<V> {
    const own = this.#own as Wait<V> | null;
    if (own === null || !own.isFree) return (this.#own = new Wait<V>(source, target, value));
    return own.renew(source, target, value);
  }

  /** @internal */
  addWait(wait: Wait<unknown>): void {
    if (this.#waits === null) this.#waits = wait;
    else if (this.#waits instanceof Set) this.#waits.add(wait);
    else this.#waits = new Set([this.#waits, wait]);
    if (this.#requests !== null) this.payFor(wait, this.#requests);
  }

  private payFor(wait: Wait<unknown>, requests: CancelRequests): void {
    const message = requests.pay(wait.scope);
    if (message !== null && !wait.cancelWait(message)) wait.owe(message);
  }

  /** @internal Whether a cancellation of `scope` has found no wait so far. */
  isOwed(scope: Scope): boolean {
    return this.#requests?.isOwed(scope) === true;
  }

  /** @internal What is owed to `scope` counts as delivered: answers the message, null if nothing is. */
  payOwed(scope: Scope): string | null {
    return this.#requests?.pay(scope) ?? null;
  }

  /** @internal */
  removeWait(wait: Wait<unknown>): void {
    if (this.#waits === wait) this.#waits = null;
    else if (this.#waits instanceof Set) this.#waits.delete(wait);
  }

  /** @internal The first step. */
  start(cause: number, body: Body<unknown> | Steps): void {
    this.loop.observer?.step(cause, this.id);
    driver.step = this;
    const message = this.#requests?.pay(this) ?? null;
    if (message !== null) {
      this.end(CANCELLED, message);
      return;
    }
    if (typeof body !== "function") {
      this.#generator = generatorOf(body);
      this.resume();
      return;
    }
    let result: unknown;
    try {
      result = this.loop.sync || isGeneratorFunction(body) ? body() : this.enterAndFollow(body);
      if (result === FOLLOWED) return;
      const steps = stepsOf(result, this);
      if (steps !== null) this.#generator = generatorOf(steps);
    } catch (error) {
      this.endRaised(error);
      return;
    }
    if (this.#generator === null) this.endReturned(result);
    else this.resume();
  }

  /** @internal Goes on with a generator body. */
  resume(): void {
    let end: IteratorReturnResult<unknown> | null;
    try {
      end = advance(this, this.#generator as Steps);
    } catch (error) {
      this.endRaised(error);
      return;
    }
    if (end !== null) this.endReturned(end.value);
  }

  /**
   * The promise of an async function is the common case, and needs no generator around it. It is
   * followed from within the task's scope: the two functions then find the task there, and a sleeping
   * task keeps neither closures for them nor a second frame of the storage (350 bytes).
   */
  private enterAndFollow(body: Body<unknown>): unknown {
    const { storage } = driver;
    return enterStep(this, () => {
      const result = body();
      if (!(result instanceof Promise)) return result;
      if (storage === null) {
        result.then(
          (value) => this.bodyReturned(value),
          (error: unknown) => this.bodyRaised(error),
        );
      } else {
        result.then(onReturned, onRaised);
      }
      return FOLLOWED;
    });
  }

  /** @internal The promise of the body is fulfilled. */
  bodyReturned(value: unknown): void {
    if (this.mayEnd()) this.endReturned(value);
  }

  /** @internal The promise of the body is rejected. */
  bodyRaised(error: unknown): void {
    if (this.mayEnd()) this.endRaised(error);
  }

  private mayEnd(): boolean {
    return !this.done() && checkInStep(this, "ended");
  }

  private endReturned(value: unknown): void {
    // CPython's Task.__step: a cancellation that was never delivered costs the task its result.
    const message = this.#requests?.pay(this) ?? null;
    if (message === null) this.end(RETURNED, value);
    else this.end(CANCELLED, message);
  }

  private endRaised(error: unknown): void {
    if (isCancelled(error)) this.end(CANCELLED, error);
    else this.end(RAISED, error);
  }

  private end(how: number, outcome: unknown): void {
    if (this.loop.halted) return;
    this.loop.debugMode?.ended(this, how);
    this.#generator = null;
    this.#own = null;
    this.#requests?.unlisten?.();
    try {
      for (const wait of this.waits) {
        this.removeWait(wait);
        wait.abandon();
      }
      this.settle(how, outcome);
    } catch (error) {
      this.loop.fail(error);
      return;
    }
    this.loop.taskList.remove(this);
  }

  private asked(): CancelRequests {
    return (this.#requests ??= new CancelRequests());
  }

  private obey(signal: AbortSignalLike): void {
    const cancel = (): void => {
      const { reason } = signal;
      const message = reason instanceof Error ? reason.message : reason;
      try {
        this.cancel(typeof message === "string" ? message : "");
      } catch (error) {
        // A probe has stopped the run, which tells of it; whoever aborts need not.
        if (!this.loop.halted) throw error;
      }
    };
    if (signal.aborted) {
      cancel();
      return;
    }
    signal.addEventListener("abort", cancel, { once: true });
    this.asked().unlisten = () => signal.removeEventListener("abort", cancel);
  }

  private settledByBody(method: string): UsageError {
    return new UsageError(
      "ERR_TASK_SETTLED_BY_HAND",
      `\`${method}\` was called on task \`${this.path}\`. A task's body settles it; make a future ` +
        "for a result that you set: `loop.createFuture()`.",
      { time: this.loop.now },
    );
  }
}

/** Whether `value` is a task. */
export function isTask(value: unknown): value is Task<unknown> {
  return value instanceof Task;
}
