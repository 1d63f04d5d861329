import { type Coroutine, currentTask, random, type RandomStream, sleep } from "@tickless/core";
import { awaited, badType, checkNames, checkTime, isCoroutine } from "@tickless/core/kit";

/**
 * Options of `interleave`.
 *
 * @category Exploring
 */
export interface InterleaveOptions {
  /**
   * Virtual time that each call takes: a number, or a function of a random stream
   * (`(random) => random.int(1, 9)`). Default: none.
   */
  readonly latency?: number | ((random: RandomStream) => number) | undefined;
  /** Name of that stream. Default: `latency`. */
  readonly stream?: string | undefined;
}

type Latency = () => Coroutine<void>;

const asyncFunction: unknown = Object.getPrototypeOf(async function () {});

/** Whether it is known before the call that it answers a promise. */
function isAsync(method: object): boolean {
  return Object.getPrototypeOf(method) === asyncFunction;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as PromiseLike<unknown>).then === "function"
  );
}

function latencyOf({ latency, stream = "latency" }: InterleaveOptions): Latency | null {
  if (latency === undefined) return null;
  if (typeof latency === "function") return () => sleep(latency(random(stream)));
  const delay = checkTime("latency", latency);
  return () => sleep(delay);
}

async function after(pause: unknown, call: () => unknown): Promise<unknown> {
  await pause;
  return awaited(call());
}

async function delayed(result: Promise<unknown>, pause: Coroutine<void>): Promise<unknown> {
  try {
    return await result;
  } finally {
    await pause;
  }
}

/** What all that belongs to one proxied object has in common. */
class Interleaved {
  readonly proxy: object;
  readonly #object: object;
  readonly #latency: Latency | null;
  /** So that a method is the same each time it is read. */
  readonly #methods = new WeakMap<object, object>();

  constructor(object: object, latency: Latency | null) {
    this.#object = object;
    this.#latency = latency;
    this.proxy = new Proxy(Object.isFrozen(object) ? thawed(object) : object, {
      // Getters, setters and methods run on the object itself, since private fields are there alone.
      get: (_, key) => this.#read(key),
      set: (_, key, value) => Reflect.set(object, key, value),
    });
  }

  #read(key: PropertyKey): unknown {
    const value: unknown = Reflect.get(this.#object, key);
    if (typeof value !== "function" || key === "constructor") return value;
    let method = this.#methods.get(value);
    if (method === undefined) {
      method = new Proxy(value, {
        apply: (fn, self, args: unknown[]) => {
          const call = (): unknown =>
            Reflect.apply(fn, self === this.proxy ? this.#object : self, args);
          if (key === "then") return this.#awaitedBy(args, call);
          return isAsync(fn) ? this.#begun(call) : this.#answer(call(), key);
        },
      });
      this.#methods.set(value, method);
    }
    return method;
  }

  /** The time that a call takes; null if none, or if there is no task to wait. */
  #pause(): Coroutine<void> | null {
    return this.#latency === null || currentTask() === null ? null : this.#latency();
  }

  /** A call of an async function: nothing of it runs before the pause. */
  #begun(call: () => unknown): unknown {
    const pause = this.#pause() ?? awaited(undefined);
    return pause === undefined ? call() : after(pause, call);
  }

  /** `then` of an object that is a promise by itself, as the queries of some databases are. */
  #awaitedBy(args: unknown[], call: () => unknown): unknown {
    const promise = awaited(this.#object);
    if (promise === this.#object) return call();
    return (promise as Promise<unknown>).then(...(args as []));
  }

  #answer(result: unknown, key: PropertyKey): unknown {
    if (result === this.#object) return this.proxy;
    if (typeof result !== "object" || result === null || isCoroutine(result)) return result;
    if (result instanceof Promise) {
      const pause = this.#pause();
      return pause === null ? awaited(result) : delayed(result, pause);
    }
    // What hands out its values step by step, or begins only when it is awaited.
    const more =
      key === Symbol.asyncIterator || Symbol.asyncIterator in result || isThenable(result);
    return more ? new Interleaved(result, this.#latency).proxy : result;
  }
}

/** A copy of a frozen object: a proxy of the object itself would have to show its very methods. */
function thawed(object: object): object {
  const properties = Object.entries(Object.getOwnPropertyDescriptors(object));
  return Object.create(
    Object.getPrototypeOf(object) as object | null,
    Object.fromEntries(
      properties.map(([key, one]) => [key, { ...one, configurable: true }] as const),
    ),
  ) as object;
}

/**
 * A stand-in for `object` whose async methods let other tasks in, for where the awaits of a program are not
 * rewritten: under a policy that chooses, each call has a hand-over before it and one after it. Without a
 * policy, and outside a run, it calls as ever, and the promise is the method's own.
 *
 * A method that is no async function but answers a promise is called at once, and has the hand-over after
 * it alone. What is iterated over step by step (async generators) has one after each step. `this`, private
 * fields, getters, properties and `instanceof` are as they were; calls that the object makes to itself are
 * calls to the object.
 *
 * With `latency` each call takes that much virtual time, and the method runs at the end of it: a call that
 * is cancelled meanwhile is never made. Where the method is no async function, the time passes after it.
 *
 * ```ts
 * import { createTask, now, run } from "@tickless/core";
 * import { interleave } from "@tickless/explore";
 *
 * const counter = {
 *   value: 0,
 *   async get() {
 *     return this.value;
 *   },
 *   async set(value: number) {
 *     this.value = value;
 *   },
 * };
 * await run(async () => {
 *   const slow = interleave(counter, { latency: 5 });
 *   const add = async () => slow.set((await slow.get()) + 1);
 *   const tasks = [createTask(add), createTask(add)];
 *   for (const task of tasks) await task;
 *   console.log(counter.value, now()); // => 1 10
 * });
 * ```
 *
 * @throws TypeError if `object` is no object, or `latency` no time and no function
 * @category Exploring
 */
export function interleave<T extends object>(object: T, options: InterleaveOptions = {}): T {
  if (typeof object !== "object" || object === null) {
    throw badType(
      "object",
      "an object with async methods",
      object,
      "Write `interleave(database)`.",
    );
  }
  checkNames(options, ["latency", "stream"]);
  return new Interleaved(object, latencyOf(options)).proxy as T;
}
