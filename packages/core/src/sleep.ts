import { lazyWait } from "./call.ts";
import { checkTime } from "./errors.ts";
import { sleeping } from "./sleep-source.ts";
import type { Coroutine } from "./suspension.ts";

/**
 * Waits for `delay` time units; 0 or less lets everything else that is ready have its turn first.
 *
 * @returns `result`
 * @throws TypeError, RangeError if `delay` is not a finite number
 * @category Time
 */
export function sleep(delay: number): Coroutine<void>;
export function sleep<T>(delay: number, result: T): Coroutine<T>;
export function sleep<T>(delay: number, result?: T): Coroutine<T | undefined> {
  return lazyWait<unknown>(sleeping, checkTime("delay", delay), result) as Coroutine<T | undefined>;
}
