import type { Task } from "@tickless/core";

/** Who did something to an object last, and when: for the reports of deadlocks. */
export class Latest {
  /** null: a callback, or code outside a run; undefined: nobody so far. */
  #task: Task<unknown> | null | undefined = undefined;
  /** No integer at first: V8 then keeps a double in place, which is cheaper to replace than an object. */
  #time = NaN;

  /** `task` does it now; null: a callback, or code outside a run. */
  mark(task: Task<unknown> | null): void {
    this.#task = task;
    if (task !== null) this.#time = task.loop.now;
  }

  /** For example `by main/producer at t=5 ms`; undefined where it has never happened. */
  get words(): string | undefined {
    const task = this.#task;
    if (task === undefined) return undefined;
    return task === null
      ? "outside any task"
      : `by \`${task.path}\` at ${task.loop.at(this.#time)}`;
  }
}
