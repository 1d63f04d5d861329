import { Growing } from "../growing.ts";
import { optionOf } from "../option-of.ts";
import type { Random } from "../random.ts";
import type { SchedulePolicy, Search, Strategy, StrategySetup } from "../strategy.ts";

/**
 * Each step that is ready gets a random priority, and the one with the highest runs; the task's next
 * step draws anew. Steps of tasks that are left standing keep theirs, so that one may wait for long.
 * Yuan, Yang, Gu, "Partial Order Aware Concurrency Sampling", CAV 2018: this is their basic algorithm,
 * since which plain variables a step touches is not to be seen.
 */
class Pos implements Search, SchedulePolicy {
  readonly #random: Random;
  readonly #priorities = new Growing();

  constructor({ random }: StrategySetup) {
    this.#random = random("pos");
  }

  next(index: number): SchedulePolicy {
    this.#random.begin(index);
    this.#priorities.clear();
    return this;
  }

  choose(kind: string, count: number, task: (index: number) => number): number {
    if (kind !== "ready") return optionOf(this.#random, kind, count);
    let best = 0;
    let most = -1;
    for (let i = 0; i < count; i++) {
      const priority = this.#priorities.get(task(i), this.#draw);
      if (priority > most) [best, most] = [i, priority];
    }
    return best;
  }

  stepped(task: number): void {
    this.#priorities.delete(task);
  }

  readonly #draw = (): number => this.#random.bits();
}

/** Random priorities of steps. */
export const pos: Strategy = {
  name: "pos",
  summary:
    "a random priority for each step; holds up with many tasks and bugs that need few of them",
  begin: (setup) => new Pos(setup),
};
