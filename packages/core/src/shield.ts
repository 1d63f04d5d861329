import { Activation, Bookkeeping } from "./activation.ts";
import { driver } from "./context.ts";
import { ensureFuture } from "./current.ts";
import type { FlowOf, NoPlainYield, Result } from "./coroutine.ts";
import { CANCELLED, Future, RAISED, RETURNED } from "./future.ts";
import type { Coroutine } from "./suspension.ts";
import { isTask, type Task } from "./task.ts";
import type { WaitSubject } from "./wait.ts";

/** What is shielded has settled: so does the future in front of it. */
class InnerDone extends Bookkeeping {
  readonly #shield: Shield<unknown>;

  constructor(shield: Shield<unknown>) {
    super();
    this.#shield = shield;
  }

  settle(): void {
    const { observer } = this.#shield.loop;
    // As in `gather`: it settles because of what it shields, not of whatever ran before.
    if (observer !== null) observer.within = this.cause;
    this.#shield.pass();
  }
}

/** The future in front has settled; if it was cancelled, nobody there will see what comes. */
class OuterDone extends Bookkeeping {
  readonly #inner: Future<unknown>;
  readonly #innerDone: InnerDone;

  constructor(inner: Future<unknown>, innerDone: InnerDone) {
    super();
    this.#inner = inner;
    this.#innerDone = innerDone;
  }

  settle(): void {
    if (this.#inner.done()) return;
    this.#inner.removeWaiter(this.#innerDone);
    // However many shields stood in front of it, the exception is told once, when the last has looked.
    const late = lateErrors.get(this.#inner) ?? new LateError(this.#inner);
    lateErrors.set(this.#inner, late);
    this.#inner.removeWaiter(late);
    this.#inner.addWaiter(late);
  }
}

/** Reports the exception of a shielded future that nobody waits for any more, as CPython 3.14 does. */
class LateError extends Activation {
  readonly #inner: Future<unknown>;

  constructor(inner: Future<unknown>) {
    super();
    this.#inner = inner;
  }

  /** The handler of exceptions is code of the user; without an exception there is nothing to run. */
  override get quiet(): boolean {
    return !this.#inner.raised;
  }

  activate(): boolean {
    const inner = this.#inner;
    if (!inner.raised) return false;
    inner.retrieve();
    const { error, loop } = inner;
    const name = error instanceof Error ? error.name : typeof error;
    const context = {
      message: `${name} exception in shielded future \`${inner.path}\``,
      exception: error,
      future: inner,
      ...(isTask(inner) && { task: inner }),
    };
    loop.runCallback(this, null, () => loop.reports.call(context), []);
    return true;
  }
}

/** The one of each future; looking for it among thousands of waiters would cost as many steps. */
const lateErrors = new WeakMap<Future<unknown>, LateError>();

/** A future that takes over the outcome of another, and can be cancelled without it. */
class Shield<T> extends Future<T> {
  readonly #inner: Future<T>;

  constructor(inner: Future<T>) {
    super(inner.loop);
    this.#inner = inner;
    const innerDone = new InnerDone(this);
    inner.addWaiter(innerDone);
    this.addWaiter(new OuterDone(inner, innerDone));
  }

  override get kind(): string {
    return "shield";
  }

  override get subject(): WaitSubject {
    const inner = this.#inner;
    return {
      kind: this.kind,
      id: this.id,
      path: this.path,
      detail: `in front of \`${inner.path}\``,
      blockers: inner.done() ? [] : (inner.subject.blockers ?? []),
    };
  }

  /** The outcome of the inner future becomes that of this one. */
  pass(): void {
    const inner = this.#inner;
    if (this.done()) return;
    if (inner.cancelled()) {
      this.settle(CANCELLED, "");
    } else if (inner.raised) {
      inner.retrieve();
      this.settle(RAISED, inner.error);
    } else {
      this.settle(RETURNED, inner.result());
    }
  }
}

/**
 * A future of the outcome of `awaitable`, which goes on if that future, or whoever awaits it, is
 * cancelled (asyncio.shield, Lib/asyncio/tasks.py, as of CPython 3.14). A coroutine or function becomes
 * a task. If `awaitable` is settled already, it is answered itself. What it throws after the future was
 * cancelled goes to the loop's exception handler.
 *
 * ```ts
 * import { createTask, now, run, shield, sleep, timeout, TimeoutError } from "@tickless/core";
 *
 * await run(async () => {
 *   const saving = createTask(() => sleep(50, "saved"));
 *   try {
 *     await timeout(10, shield(saving));
 *   } catch (error) {
 *     console.log(error instanceof TimeoutError, now()); // => true 10
 *   }
 *   console.log(await saving, now()); // => saved 50
 * });
 * ```
 *
 * @throws TypeError if `awaitable` is no future, coroutine or function
 * @category Cancellation
 */
export function shield<R>(awaitable: (() => R) & NoPlainYield<R>): Future<Result<R>>;
export function shield<T>(awaitable: Coroutine<T> | FlowOf<T>): Future<T>;
export function shield(
  awaitable: Coroutine<unknown> | FlowOf<unknown> | (() => unknown),
): Future<unknown> {
  const inner: Future<unknown> | Task<unknown> = ensureFuture(awaitable);
  if (inner.done()) return inner;
  const { loop } = inner;
  if (driver.loop !== null && driver.loop !== loop) throw inner.foreign();
  loop.checkInside("shield()");
  return new Shield(inner);
}
