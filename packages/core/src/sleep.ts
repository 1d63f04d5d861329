import { checkTime } from "./errors.ts";
import { lazyWait } from "./call.ts";
import type { Coroutine } from "./suspension.ts";
import type { Wait, WaitSource, WaitSubject } from "./wait.ts";

/** What probes are told that a sleep is for. */
const nothing = { kind: "sleep", id: -1 };

/** The source of all sleeps; the target of the wait is the delay, its value is there from the start. */
const sleeping: WaitSource<unknown> = {
  label: (wait) => `sleep(${wait.target as number})`,

  attempt(wait: Wait<unknown>, woken: boolean): boolean {
    if (woken) return true;
    const delay = wait.target as number;
    if (delay > 0) wait.arm(wait.task.loop.now + delay);
    else wait.wakeSelf();
    return false;
  },

  withdraw(wait: Wait<unknown>): void {
    wait.disarm();
  },

  object: () => nothing,

  until(wait: Wait<unknown>): number {
    const delay = wait.target as number;
    return delay > 0 ? wait.since + delay : wait.since;
  },

  subject(wait: Wait<unknown>): WaitSubject {
    return { kind: "sleep", id: -1, until: wait.since + Math.max(0, wait.target as number) };
  },
};

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
