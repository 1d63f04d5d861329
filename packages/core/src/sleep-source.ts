import type { Wait } from "./wait.ts";
import { waitSource, type WaitSource, type WaitSubject } from "./wait-source.ts";

/** When a sleep that has begun at `since` ends. */
export function sleepEnd(since: number, delay: number): number {
  return delay > 0 ? since + delay : since;
}

/** The source of all sleeps; the target of the wait is the delay, its value is there from the start. */
export const sleeping: WaitSource<unknown> = waitSource({
  label: (wait) => `sleep(${wait.target as number})`,

  // Asked only at the beginning: a wait that was woken knows that its sleep is over.
  attempt(wait: Wait<unknown>): boolean {
    const delay = wait.target as number;
    if (delay > 0) wait.arm(wait.task.loop.now + delay);
    else wait.wakeSelf();
    return false;
  },

  withdraw(wait: Wait<unknown>): void {
    wait.disarm();
  },

  subject(wait: Wait<unknown>): WaitSubject {
    return { kind: "sleep", id: -1, until: sleepEnd(wait.since, wait.target as number) };
  },
});
