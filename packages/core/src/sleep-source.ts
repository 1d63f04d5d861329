import type { Wait, WaitSource, WaitSubject } from "./wait.ts";

/** What probes are told that a sleep is for. */
const nothing = { kind: "sleep", id: -1 };

/** The source of all sleeps; the target of the wait is the delay, its value is there from the start. */
export const sleeping: WaitSource<unknown> = {
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

  object: () => nothing,

  until(wait: Wait<unknown>): number {
    const delay = wait.target as number;
    return delay > 0 ? wait.since + delay : wait.since;
  },

  subject(wait: Wait<unknown>): WaitSubject {
    return { kind: "sleep", id: -1, until: wait.since + Math.max(0, wait.target as number) };
  },
};
