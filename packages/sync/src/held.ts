/// <reference lib="esnext.disposable" preserve="true" />
import type { Coroutine, NoPlainYield, Result, Suspension } from "@tickless/core";
import { badType, lazyCall } from "@tickless/core/kit";

/**
 * A lock or permit that is held until the end of the block: `using held = await lock.hold()`.
 *
 * @category Sync
 */
export interface Held {
  /** Gives it back. */
  [Symbol.dispose](): void;
}

/**
 * Runs `fn` between `acquire` and `release`, as part of the task that awaits; `release` comes however
 * `fn` ends. `name` is what the user has called, for messages.
 */
export function guarded<R>(
  name: string,
  fn: (() => R) & NoPlainYield<R>,
  acquire: () => Coroutine<unknown>,
  release: () => void,
): Coroutine<Result<R>> {
  if (typeof fn !== "function") throw badType("fn", "an async or generator function", fn);
  return lazyCall(name, () => between(acquire, () => lazyCall(fn.name, fn), release));
}

type Steps<T> = Generator<Suspension, T, unknown>;

/** One function for all: a generator function made for each call takes five times as long. */
function* between<T>(
  acquire: () => Coroutine<unknown>,
  body: () => Coroutine<T>,
  release: () => void,
): Steps<T> {
  yield* acquire();
  let result: T;
  try {
    result = yield* body();
  } catch (error) {
    try {
      release();
    } catch (failure) {
      // As Python's chain of contexts: what `fn` has thrown must not be lost behind this.
      if (failure instanceof Error) failure.cause ??= error;
      throw failure;
    }
    throw error;
  }
  release();
  return result;
}
