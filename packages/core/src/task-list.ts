import type { Task } from "./task.ts";

/** The tasks of a loop that are not done, in the order of creation; adding and removing are O(1). */
export class TaskList {
  #first: Task<unknown> | null = null;
  #last: Task<unknown> | null = null;

  add(task: Task<unknown>): void {
    task.before = this.#last;
    if (this.#last === null) this.#first = task;
    else this.#last.after = task;
    this.#last = task;
  }

  remove(task: Task<unknown>): void {
    const { before, after } = task;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    task.before = null;
    task.after = null;
  }

  toArray(): Task<unknown>[] {
    const tasks: Task<unknown>[] = [];
    for (let task = this.#first; task !== null; task = task.after) tasks.push(task);
    return tasks;
  }
}
