import { settlement } from "./settlement.ts";
import type { Task } from "./task.ts";
import type { Wait } from "./wait.ts";
import { waitSource, type WaitSource, type WaitSubject } from "./wait-source.ts";

/** The source of the wait for a task that a race has made: whoever gives up waiting for it cancels it. */
export class Contestant implements WaitSource<unknown> {
  readonly task: Task<unknown>;
  #asked = false;

  constructor(task: Task<unknown>) {
    this.task = task;
  }

  label(waiter: Wait<unknown>): string {
    return settlement.label(waiter);
  }

  attempt(waiter: Wait<unknown>, woken: boolean): boolean {
    return settlement.attempt(waiter, woken);
  }

  subject(waiter: Wait<unknown>): WaitSubject {
    return settlement.subject(waiter);
  }

  withdraw(waiter: Wait<unknown>, granted: boolean, abandoned: boolean): void {
    settlement.withdraw(waiter, granted, abandoned);
    // Cancelled once, it may clean up; a second request would interrupt that (CANCEL-11).
    if (!this.#asked) this.task.cancelNow("");
  }

  cancel(waiter: Wait<unknown>, message: string): boolean | undefined {
    const elsewhere = settlement.cancel?.(waiter, message);
    if (elsewhere !== undefined || this.task.isBeingCancelled) this.#asked = true;
    return elsewhere;
  }
}

/** The source of the wait for the tasks that have lost; the target of the wait are those tasks. */
export const cleanup: WaitSource<unknown> = waitSource({
  label: () => "the cleanup of race(…)",

  attempt(waiter: Wait<unknown>): boolean {
    const [loser] = left(waiter);
    loser?.addWaiter(waiter);
    return loser === undefined;
  },

  withdraw(waiter: Wait<unknown>): void {
    for (const loser of left(waiter)) loser.removeWaiter(waiter);
  },

  subject(waiter: Wait<unknown>): WaitSubject {
    const losers = left(waiter);
    return {
      kind: "race",
      id: -1,
      detail: `which is decided, for the cleanup of ${losers.map(({ path }) => `\`${path}\``).join(", ")}`,
      blockers: losers,
    };
  },
});

function left(waiter: Wait<unknown>): Task<unknown>[] {
  return (waiter.target as readonly Task<unknown>[]).filter((loser) => !loser.done());
}
