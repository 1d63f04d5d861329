import type { Task } from "@tickless/core";

/** Who did something to an object last, and when: for the reports of deadlocks. */
export class Latest {
  #happened = false;
  #task: Task<unknown> | null = null;
  #time = 0;

  /** `task` does it now; null: a callback, or code outside a run. */
  mark(task: Task<unknown> | null): void {
    this.#happened = true;
    this.#task = task;
    if (task !== null) this.#time = task.loop.now;
  }

  /** For example `by main/producer at t=5 ms`; undefined where it has never happened. */
  get words(): string | undefined {
    if (!this.#happened) return undefined;
    const task = this.#task;
    return task === null
      ? "outside any task"
      : `by \`${task.path}\` at ${task.loop.at(this.#time)}`;
  }
}
