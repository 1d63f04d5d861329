import { checkInStep, driver as theDriver, type Flow, type Scope } from "./context.ts";
import { UsageError } from "./errors.ts";
import { isCoroutine, SUSPENDED as SUSPENSION, type Suspension } from "./suspension.ts";

// V8 compiles a constant of the module's own in, and loads and checks an imported one at each use.
const driver = theDriver;
const SUSPENDED = SUSPENSION;

/** A generator being driven, or whatever steps like one. */
export type Steps = Iterator<Suspension, unknown, unknown>;

/**
 * `next` of all generators. A property access would have to look it up in an object of another shape for
 * each generator function: every one has a prototype of its own.
 */
const resumeGenerator = Object.getPrototypeOf(function* () {}.prototype).next as (
  this: Steps,
) => IteratorResult<Suspension, unknown>;

function* delegate(steps: Steps): Generator<Suspension, unknown, unknown> {
  return yield* {
    [Symbol.iterator]: () => ({
      next: () => steps.next(),
      throw: (error: unknown) => {
        if (steps.throw === undefined) throw error;
        return steps.throw(error);
      },
    }),
  };
}

/** `steps` as a generator of the language, which is all that `advance` takes. */
export function generatorOf(steps: Steps): Steps {
  return steps.next === resumeGenerator ? steps : delegate(steps);
}

/** Whether `value` is what a `function*` returns. */
export function isGenerator(value: unknown): value is Generator<Suspension, unknown, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Iterable<unknown> & Iterator<unknown>).next === "function" &&
    typeof (value as Iterable<unknown> & Iterator<unknown>)[Symbol.iterator] === "function"
  );
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as PromiseLike<unknown>).then === "function"
  );
}

function refuseYield({ scope }: Flow, generator: Steps): IteratorResult<Suspension, unknown> {
  const error = new UsageError(
    "ERR_PLAIN_YIELD",
    "A generator body yielded a value by itself. Write `yield*` instead of `yield`: " +
      "`yield* sleep(1)`.",
    { time: scope.task.loop.now, task: scope.task.path },
  );
  if (generator.throw === undefined) throw error;
  return generator.throw(error);
}

/** Runs the generator of `flow` up to its next wait. Answers its end, or null while it waits. */
export function advance(flow: Flow, generator: Steps): IteratorReturnResult<unknown> | null {
  const around = driver.flow;
  driver.flow = flow;
  try {
    let result = resumeGenerator.call(generator);
    // `yield*` hands the very object of the operation through, so anything else is a plain yield.
    while (result !== SUSPENDED) {
      if (result.done === true) return result;
      result = refuseYield(flow, generator);
    }
    return null;
  } finally {
    driver.flow = around;
  }
}

/** A generator that an async function awaits. It runs as part of that function's task. */
class NestedFlow implements Flow {
  scope: Scope;
  readonly #generator: Steps;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    scope: Scope,
    generator: Steps,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.scope = scope;
    this.#generator = generatorOf(generator);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  resume(): void {
    let end: IteratorReturnResult<unknown> | null;
    try {
      end = advance(this, this.#generator);
    } catch (error) {
      this.#reject(error);
      return;
    }
    if (end !== null) this.#resolve(end.value);
  }
}

/** A generator body waits for a promise: the rest of it runs in the step that settles the promise. */
class PromiseWait implements Iterator<Suspension, unknown, unknown> {
  readonly #promise: PromiseLike<unknown>;
  #settled: "no" | "fulfilled" | "rejected" = "no";
  #outcome: unknown;

  constructor(promise: PromiseLike<unknown>) {
    this.#promise = promise;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Suspension, unknown> {
    if (this.#settled === "fulfilled") return { done: true, value: this.#outcome };
    if (this.#settled === "rejected") throw this.#outcome;
    const flow = driver.flow as Flow;
    const settle = (how: "fulfilled" | "rejected", outcome: unknown): void => {
      this.#settled = how;
      this.#outcome = outcome;
      const { task } = flow.scope;
      if (!task.done() && checkInStep(task, "went on")) flow.resume();
    };
    this.#promise.then(
      (value) => settle("fulfilled", value),
      (error: unknown) => settle("rejected", error),
    );
    return SUSPENDED;
  }
}

function refuseInSync(scope: Scope, promise: PromiseLike<unknown>): void {
  if (!scope.task.loop.sync) return;
  // The body has begun and will fail by itself later; this error is the one to be seen.
  const ignore = (): void => undefined;
  promise.then(ignore, ignore);
  throw new UsageError(
    "ERR_ASYNC_IN_SYNC",
    "`runSync` and `simulateSync` run generator functions; this body returned a promise. " +
      "Write it as `function*` with `yield*`, or use `run`.",
    { time: scope.task.loop.now, task: scope.task.path },
  );
}

/** Goes on with whatever a body returned, as part of a generator. */
export function stepsOf(result: unknown, scope: Scope): Steps | null {
  if (isCoroutine(result)) return result[Symbol.iterator]();
  if (isGenerator(result)) return result;
  if (!isThenable(result)) return null;
  refuseInSync(scope, result);
  return new PromiseWait(result);
}

/** Goes on with whatever a body returned, as part of an async function. */
export function settleWith(
  result: unknown,
  scope: Scope,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  if (isCoroutine(result)) result.then(resolve, reject);
  else if (isGenerator(result)) new NestedFlow(scope, result, resolve, reject).resume();
  else if (isThenable(result)) result.then(resolve, reject);
  else resolve(result);
}
