import { CancelledError, type Loop } from "@tickless/core";
import { isInside, payOwed, type Scope } from "@tickless/core/kit";

/** A timer that can ring before its time. */
interface Hastened {
  hasten(): void;
}

/** A promise of a timer, which awaits its time as code of `scope`. */
export interface TimerWait {
  readonly scope: Scope | null;
  readonly timer: Hastened;
  /** Why it is to be rejected when the timer rings; null: it is not. */
  cancelled: CancelledError | null;
}

/** Who is said to be cancelled: a task, or a block of its. */
function owner(scope: Scope): string {
  const label: unknown = scope === scope.task ? undefined : Reflect.get(scope, "label");
  const path = `\`${scope.task.path}\``;
  return typeof label === "string" ? `\`${label}\` in ${path}` : path;
}

/**
 * Cancellation of code that waits for promises (rule A1.6). A promise that a virtual timer has made is
 * rejected; any other cannot be told, and where that has left a task waiting, the run says so.
 */
export class Cancellations {
  readonly #loop: Loop;
  readonly #waits = new Set<TimerWait>();
  /** Cancellations that found nothing to end, and when. */
  readonly #owed = new Map<Scope, number>();

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  /** A promise of `timer` begins to wait. */
  begin(scope: Scope | null, timer: Hastened): TimerWait {
    const wait = { scope, timer, cancelled: null };
    if (scope !== null) this.#waits.add(wait);
    return wait;
  }

  /** It does not wait any more. */
  end(wait: TimerWait): void {
    this.#waits.delete(wait);
  }

  /** What a wait that begins in `scope` is rejected with at once; null if nothing is owed to it. */
  due(scope: Scope | null): CancelledError | null {
    if (scope === null || scope.task.done()) return null;
    const message = payOwed(scope);
    return message === null ? null : new CancelledError(message);
  }

  /** As `Surroundings.cancel`. */
  cancel(scope: Scope, message: string): boolean {
    let told = false;
    for (const wait of this.#waits) {
      if (!isInside(wait.scope, scope)) continue;
      told = true;
      // Several requests are told by one error, the first that is delivered.
      wait.cancelled ??= new CancelledError(message);
      wait.timer.hasten();
    }
    return told;
  }

  /** As `Surroundings.owed`, of a run that goes on. */
  owed(scope: Scope): void {
    this.#owed.set(scope, this.#loop.now);
  }

  /** Tells of those that are owed since before `time`: whoever they were for waits for a promise. */
  tell(time: number): void {
    for (const [scope, since] of this.#owed) {
      if (since >= time) continue;
      this.#owed.delete(scope);
      if (scope.task.done() || !scope.task.isOwed(scope)) continue;
      const { log } = this.#loop.settings;
      log(
        `${owner(scope)} was cancelled at ${this.#loop.at(since)}, so far without effect: it awaits a promise ` +
          "that Tickless did not make (of `new Promise`, a library or an I/O call), which nobody can " +
          "end for it. It goes on when that settles, and is cancelled at its next wait of Tickless. " +
          'What a cancellation or a time-out ends at once: `setTimeout(ms)` of "node:timers/promises", ' +
          "`sleep(ms)`, and for real I/O `external(() => …)`.",
      );
    }
  }
}
