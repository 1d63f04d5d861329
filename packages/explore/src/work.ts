import { Growing } from "./growing.ts";
import type { ScheduleRun } from "./strategy.ts";

/**
 * How many steps each task has still to run in the present schedule, with those of the tasks that it
 * will make: as many as in schedule 0 less those it has run.
 */
export class Work {
  #whole: readonly number[] = [];
  readonly #left = new Growing();

  /** A schedule begins. */
  begin(): void {
    this.#left.clear();
  }

  /** At least 1: nobody knows whether a task takes as many steps as in schedule 0. */
  left(task: number): number {
    return Math.max(1, this.#left.get(task, this.#first));
  }

  stepped(task: number): void {
    this.#left.set(task, this.#left.get(task, this.#first) - 1);
  }

  created(task: number, parent: number): void {
    if (parent < 0) return;
    this.#left.set(parent, this.#left.get(parent, this.#first) - this.#first(task));
  }

  /** Learns from schedule 0. */
  learn({ index, steps, parents, tasks }: ScheduleRun): void {
    if (index > 0) return;
    const whole = Array.from({ length: tasks }, (_, task) => steps[task] ?? 0);
    // What makes a task is numbered before it.
    for (let task = tasks - 1; task >= 0; task--) {
      const parent = parents[task] as number;
      if (parent >= 0) (whole[parent] as number) += whole[task] as number;
    }
    this.#whole = whole;
  }

  readonly #first = (task: number): number => this.#whole[task] ?? 0;
}
