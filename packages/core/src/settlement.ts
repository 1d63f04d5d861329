import { Activation, Bookkeeping } from "./activation.ts";
import { currentScope, driver, type Scope } from "./context.ts";
import { type Context, inheritedContext } from "./context-var.ts";
import { cancellation, type CancelledError, type ErrorContext, UsageError } from "./errors.ts";
import type { Future } from "./future.ts";
import type { Callback } from "./handle.ts";
import type { Loop } from "./loop.ts";
import type { Wait } from "./wait.ts";
import { waitSource, type WaitSource } from "./wait-source.ts";

// What waits for a future: callbacks, tasks, code outside the run, and the drive of a loop.

/** A callback of the user on a future. */
export class DoneCallback<T> extends Activation {
  readonly callback: (future: Future<T>) => void;
  readonly #future: Future<T>;
  readonly #origin: Scope | null = currentScope();
  readonly #context: Context | null = inheritedContext();

  constructor(future: Future<T>, callback: (future: Future<T>) => void) {
    super();
    this.#future = future;
    this.callback = callback;
  }

  activate(): boolean {
    const { loop } = this.#future;
    loop.runCallback(this, this.#origin, this.callback as Callback, [this.#future], this.#context);
    return true;
  }
}

/** Hands the outcome of a future to code outside the run, when the slice has ended. */
export class Outlet extends Bookkeeping {
  readonly #future: Future<unknown>;
  readonly #resolve: (value: never) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    future: Future<unknown>,
    resolve: (value: never) => void,
    reject: (error: unknown) => void,
  ) {
    super();
    this.#future = future;
    this.#resolve = resolve;
    this.#reject = reject;
    future.loop.outlets.add(this);
  }

  settle(): void {
    driver.afterSlice.push(() => this.handOver());
  }

  /** Also when the loop is closed: what has not settled then never will. */
  handOver(): void {
    const future = this.#future;
    future.loop.outlets.delete(this);
    try {
      if (!future.done()) {
        throw new UsageError(
          "ERR_LOOP_CLOSED",
          `The loop was closed before \`${future.path}\` had settled, so it never will.`,
          { time: future.loop.now },
        );
      }
      this.#resolve(future.result() as never);
    } catch (error) {
      this.#reject(error);
    }
  }
}

/** Stops the loop when the future that it was told to complete has settled. */
export class StopWhenDone extends Bookkeeping {
  /** The drive has ended; one that is ready already must not stop the next one. */
  over = false;
  readonly #loop: Loop;

  constructor(loop: Loop) {
    super();
    this.#loop = loop;
  }

  settle(): void {
    if (!this.over) this.#loop.stop();
  }
}

/** How many tasks, each awaiting the next, one cancellation goes through; CPython's stack ends there. */
const MOST_CANCELS_DEEP = 500;

/** The source of all waits for futures; the target of the wait is the future. */
export const settlement: WaitSource<unknown> = waitSource({
  label: ({ target }) => `future \`${(target as Future<unknown>).path}\``,

  attempt(wait: Wait<unknown>, woken: boolean): boolean {
    const future = targetOf(wait);
    if (!future.done()) {
      if (isRefused(wait)) {
        if (woken) throw refusal(future, wait);
        // asyncio looks at what a task awaits when the task has been suspended, and tells it a pass later.
        wait.wakeSelf();
      } else {
        future.addWaiter(wait);
      }
      return false;
    }
    if (future.cancelled()) throw future.cancelledError(whereIs(wait));
    wait.value = future.result();
    return true;
  },

  withdraw(wait: Wait<unknown>, _granted: boolean, abandoned: boolean): void {
    const future = targetOf(wait);
    if (!future.done()) future.removeWaiter(wait);
    // As CPython's Task.__wakeup, which asks for the result before it throws the cancellation.
    else if (!abandoned) future.retrieve();
  },

  // The subject of a gather looks at all of its children, and a thousand tasks may await one.
  object: targetOf,

  subject: (wait) => targetOf(wait).subject,

  /** Cancelling the wait cancels the future, as in asyncio. */
  cancel(wait: Wait<unknown>, message: string): boolean | undefined {
    if (isRefused(wait)) return undefined;
    // Tasks that await each other in a ring would cancel each other without end: the last wait of the
    // ring ends by itself, its task ends, and the others follow. So does the last of a long chain.
    const future = targetOf(wait);
    const tooDeep = future.loop.cancelDepth >= MOST_CANCELS_DEEP;
    return future.isBeingCancelled || tooDeep ? undefined : future.cancelNow(message);
  },

  cancelledError(wait: Wait<unknown>, message: string): CancelledError {
    const future = targetOf(wait);
    const where = whereIs(wait);
    return future.cancelled() ? future.cancelledError(where) : cancellation(message, where);
  },
});

/** Whether the future is one that the task cannot wait for: its own, or another loop's. */
function isRefused({ task, target }: Wait<unknown>): boolean {
  return target === task || (target as Future<unknown>).loop !== task.loop;
}

function refusal(future: Future<unknown>, { task }: Wait<unknown>): UsageError {
  if (future !== task) return future.foreign();
  const message = `Task \`${future.path}\` awaits itself.`;
  return new UsageError("ERR_AWAITS_ITSELF", message, { time: task.loop.now, task: task.path });
}

function whereIs({ task }: Wait<unknown>): ErrorContext {
  return { time: task.loop.now, task: task.path };
}

function targetOf(wait: Wait<unknown>): Future<unknown> {
  return wait.target as Future<unknown>;
}
