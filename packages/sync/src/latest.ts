import { currentTask, type Task } from "@tickless/core";

/** Who did something to an object last, and when: for the reports of deadlocks. */
export class Latest {
  #happened = false;
  /** null: a callback did it, or code outside a run. */
  #task: Task<unknown> | null = null;
  #time = 0;

  /** The running code does it now. */
  mark(): void {
    const task = currentTask();
    this.#happened = true;
    this.#task = task;
    if (task !== null) this.#time = task.loop.now;
  }

  /** As `mark`, where the task is known: much cheaper. */
  markBy(task: Task<unknown>): void {
    this.#happened = true;
    this.#task = task;
    this.#time = task.loop.now;
  }

  /** For example `by main/producer at t=5 ms`; undefined where it has never happened. */
  get words(): string | undefined {
    if (!this.#happened) return undefined;
    const task = this.#task;
    return task === null ? "by a callback" : `by \`${task.path}\` at ${task.loop.at(this.#time)}`;
  }
}
