import { driver, type Scope } from "./context.ts";
import { Composite } from "./coroutine.ts";
import type { Task } from "./task.ts";

/**
 * A coroutine whose function runs in a scope of its own, so that the waits begun there can be
 * cancelled and no others of the task: a timeout, a task group. Both do so by one request to cancel,
 * which they take back when they end (rule S13.11).
 */
export abstract class Block<T> extends Composite<T> implements Scope {
  #outer: Scope | null = null;

  get outer(): Scope | null {
    return this.#outer;
  }

  get task(): Task<unknown> {
    return (this.#outer as Scope).task;
  }

  /** The block begins. */
  protected abstract entered(): void;

  protected open(outer: Scope): Scope {
    this.#outer = outer;
    this.entered();
    return this;
  }

  /** Cancels what was begun in the block, from an activation that is the engine's own. */
  protected interrupt(): void {
    leaveStep();
    this.task.cancelScope(this, "");
  }

  /** Takes the request of `interrupt` back. Answers how many there are from around the block. */
  protected takeBack(): number {
    return this.task.uncancelScope(this);
  }
}

/** Nobody's code is running: whose step was last must not be taken for who acts. */
export function leaveStep(): void {
  driver.step = null;
  driver.origin = null;
}
