import { optionOf } from "../option-of.ts";
import type { Random } from "../random.ts";
import type { SchedulePolicy, ScheduleRun, Search, Strategy, StrategySetup } from "../strategy.ts";
import { Work } from "../work.ts";

/**
 * Each ready task with a probability in proportion to the steps that it, and the tasks that it will
 * make, have still to run: where tasks do not block each other, all schedules are equally probable. Zhao
 * et al., "Selectively Uniform Concurrency Testing", ASPLOS 2025. How many steps a task takes is learnt
 * from schedule 0, which is a random walk.
 */
class Urw implements Search, SchedulePolicy {
  readonly #random: Random;
  readonly #work = new Work();

  constructor({ random }: StrategySetup) {
    this.#random = random("urw");
  }

  next(index: number): SchedulePolicy {
    this.#random.begin(index);
    this.#work.begin();
    return this;
  }

  choose(kind: string, count: number, task: (index: number) => number): number {
    if (kind !== "ready") return optionOf(this.#random, kind, count);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += this.#work.left(task(i));
    let place = this.#random.below(sum);
    for (let i = 0; i < count; i++) {
      place -= this.#work.left(task(i));
      if (place < 0) return i;
    }
    return count - 1;
  }

  stepped(task: number): void {
    this.#work.stepped(task);
  }

  created(task: number, parent: number): void {
    this.#work.created(task, parent);
  }

  finished(run: ScheduleRun): void {
    this.#work.learn(run);
  }
}

/** Every schedule equally probable. */
export const urw: Strategy = {
  name: "urw",
  summary: "tasks in proportion to the steps they have left: schedules are about equally probable",
  begin: (setup) => new Urw(setup),
};
