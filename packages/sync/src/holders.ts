import type { Task } from "@tickless/core";
import type { Holding, WaitSubject } from "@tickless/core/kit";

/** How many holders a message lists. */
const MOST_LISTED = 5;

interface Share {
  readonly since: number;
  permits: number;
}

/** `task` with the time at which it took what it holds, for messages. */
export function takenBy(task: Task<unknown>, since: number): string {
  return `\`${task.path}\` (taken at ${task.loop.at(since)})`;
}

/** Names in a sentence: `a`, `b` and 3 more. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_LISTED);
  if (names.length > shown.length) shown.push(`${names.length - shown.length} more`);
  const last = shown.pop() ?? "nobody";
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}

/**
 * Which tasks hold the permits of a semaphore. Any task may release a permit, and nobody says whose:
 * one that holds none itself gives back that of the longest holder, as far as these books go. After
 * that they name who took permits, and say no more who blocks whom.
 */
export class Holders {
  /** In the order in which the tasks took their first permit. */
  readonly #shares = new Map<Task<unknown>, Share>();
  #exact = true;

  take(task: Task<unknown>): void {
    const share = this.#shares.get(task);
    if (share === undefined) this.#shares.set(task, { since: task.loop.now, permits: 1 });
    else share.permits++;
  }

  giveBack(releaser: Task<unknown> | null): void {
    if (releaser !== null && this.#return(releaser)) return;
    this.#exact = false;
    const [longest] = this.#shares.keys();
    if (longest !== undefined) this.#return(longest);
  }

  /** As `Resource.held`. Nothing where permits change hands: who takes them need not give them back. */
  get list(): readonly Holding[] {
    if (!this.#exact) return [];
    return Array.from(this.#shares, ([task, { since, permits }]) => ({
      task,
      since,
      what: permits === 1 ? "a permit" : `${permits} permits`,
    }));
  }

  /** What keeps `waiter` waiting, in words. */
  holding(
    waiter: Task<unknown>,
  ): Pick<WaitSubject, "detail" | "blockers" | "anyBlocker" | "advice"> {
    const shares = [...this.#shares];
    if (shares.length === 0) {
      return {
        detail: "which has no permit, and nobody holds one",
        advice: "Nothing that is left can call `semaphore.release()`, which would make a permit.",
      };
    }
    const names = shares.map(([task, { since, permits }]) => {
      const itself = task === waiter ? " itself" : "";
      const ended = task.done() ? ", which has ended," : "";
      const count = permits === 1 ? "" : ` (${permits} permits)`;
      const when = `${this.#exact ? "since" : "at"} ${task.loop.at(since)}`;
      return `\`${task.path}\`${itself}${count}${ended} ${when}`;
    });
    const detail = `with no permit left (${this.#exact ? "held" : "last taken"} by ${listed(names)})`;
    if (!this.#exact) return { detail };
    const tasks = shares.map(([task]) => task);
    const blockers = tasks.filter((task) => !task.done());
    if (blockers.length === tasks.length) return { detail, blockers, anyBlocker: true };
    const advice = "`semaphore.withPermit(fn)` gives a permit back however `fn` ends.";
    return { detail, advice, blockers, anyBlocker: true };
  }

  #return(task: Task<unknown>): boolean {
    const share = this.#shares.get(task);
    if (share === undefined) return false;
    if (--share.permits === 0) this.#shares.delete(task);
    return true;
  }
}
