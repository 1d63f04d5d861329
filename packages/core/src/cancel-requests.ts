import { isInside, type Scope } from "./context.ts";
import { CancelledError } from "./errors.ts";
import { newAbortController, type Signal } from "./host.ts";

/** A cancellation that found no wait to end: it goes to the next one that begins in its scope. */
interface Owed {
  readonly scope: Scope;
  readonly message: string;
}

/**
 * What was asked of one task in the way of cancellation. Most tasks are never asked and have none of
 * this, which keeps a sleeping task small.
 */
export class CancelRequests {
  /** How many requests were made and not taken back. */
  count = 0;
  /** True while a request goes through the waits of the task. */
  busy = false;
  /** Stops listening to the signal that the task was given. */
  unlisten: (() => void) | null = null;
  #owed: Owed[] = [];
  /** Blocks that have made a request and not ended: timeouts that expired, groups that failed. */
  #blocks: Scope[] = [];
  /** Message of the first request to the task itself. */
  #aborted: string | null = null;
  #controller: ReturnType<typeof newAbortController> | null = null;

  /** A request to the task itself (null), or one that `block` makes. */
  add(block: Scope | null): void {
    this.count++;
    if (block !== null) this.#blocks.push(block);
  }

  /** Takes one request back. Answers whether none is left. */
  takeBack(): boolean {
    if (this.count > 0) this.count--;
    if (this.count === 0) this.#owed = [];
    return this.count === 0;
  }

  /** `block` has ended. */
  ended(block: Scope): void {
    this.#blocks = this.#blocks.filter((other) => other !== block);
  }

  /** `count`, without the requests of blocks that `scope` does not lie in. */
  countIn(scope: Scope): number {
    const strangers = this.#blocks.filter((other) => !isInside(scope, other));
    return Math.max(0, this.count - strangers.length);
  }

  /** What was asked of all around `scope` goes to their next wait: it was told of something else. */
  oweAround(scope: Scope): void {
    const around = this.#blocks.filter((block) => isInside(scope, block));
    const outermost = around.find((block) => around.every((other) => isInside(other, block)));
    const whole = this.count > this.#blocks.length || outermost === undefined;
    this.owe(whole ? scope.task : outermost, "");
  }

  owe(scope: Scope, message: string): void {
    this.#owed = this.#owed.filter((owed) => owed.scope !== scope);
    this.#owed.push({ scope, message });
  }

  /** Whether a cancellation of `scope` has found no wait so far. */
  isOwed(scope: Scope): boolean {
    return this.#owed.some((owed) => owed.scope === scope);
  }

  /** One CancelledError pays all that is owed to `scope`; the last message counts (CANCEL-07, -08). */
  pay(scope: Scope | null): string | null {
    const due = this.#owed.filter((owed) => isInside(scope, owed.scope));
    this.#owed = this.#owed.filter((owed) => !due.includes(owed));
    return due.at(-1)?.message ?? null;
  }

  get signal(): Signal {
    if (this.#controller === null) {
      this.#controller = newAbortController();
      if (this.#aborted !== null) this.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  /** The task itself, not a timeout in it, was asked to cancel. */
  abort(message: string): void {
    this.#aborted ??= message;
    this.#controller?.abort(new CancelledError(this.#aborted));
  }
}
