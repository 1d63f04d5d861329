/// <reference lib="esnext.disposable" preserve="true" />
import { type Coroutine, coroutine, type NoPlainYield, type Result } from "@tickless/core";
import { badType } from "@tickless/core/kit";

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
  const body = coroutine(fn);
  const steps = {
    *[name]() {
      yield* acquire();
      try {
        return yield* body();
      } finally {
        release();
      }
    },
  };
  return coroutine(steps[name] as () => Generator<never, Result<R>, unknown>)();
}
