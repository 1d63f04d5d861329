import { Growing } from "../growing.ts";
import { optionOf } from "../option-of.ts";
import type { Random } from "../random.ts";
import type { SchedulePolicy, ScheduleRun, Search, Strategy, StrategySetup } from "../strategy.ts";
import { Work } from "../work.ts";

/**
 * POS and URW in one: each step that is ready gets a random priority u^(1/w), u uniform in (0, 1), which
 * it keeps until it runs; w is the work that its task has left, to the power of 1/2 and of 1 in turns. A
 * step with weight 2 thus beats one with weight 1 twice out of three times (the keys of Efraimidis,
 * Spirakis, "Weighted random sampling with a reservoir", 2006), so that all tasks end at about the same
 * time, as in URW, and steps left standing wait for long, as in POS.
 *
 * Schedules to the bug of races.md, mean of 150 seeds, beside POS and URW: reorder_5 13, 20, 17; reorder_20
 * 37, 62, 73; bluetooth 19, 19, 97; twostage 7, 12, 8. Power 1 alone takes 25 on bluetooth, power 2 133.
 */
class WeightedPos implements Search, SchedulePolicy {
  readonly #random: Random;
  readonly #priorities = new Growing();
  readonly #work = new Work();
  #evenly = false;

  constructor({ random }: StrategySetup) {
    this.#random = random("weighted-pos");
  }

  next(index: number): SchedulePolicy {
    this.#random.begin(index);
    this.#priorities.clear();
    this.#work.begin();
    this.#evenly = index % 2 === 1;
    return this;
  }

  choose(kind: string, count: number, task: (index: number) => number): number {
    if (kind !== "ready") return optionOf(this.#random, kind, count);
    let best = 0;
    let most = -Infinity;
    for (let i = 0; i < count; i++) {
      const priority = this.#priorities.get(task(i), this.#draw);
      if (priority > most) [best, most] = [i, priority];
    }
    return best;
  }

  stepped(task: number): void {
    this.#priorities.delete(task);
    this.#work.stepped(task);
  }

  created(task: number, parent: number): void {
    this.#work.created(task, parent);
  }

  finished(run: ScheduleRun): void {
    this.#work.learn(run);
  }

  /** The logarithm orders as the power does: log(u^(1/w)) = log(u) / w. */
  readonly #draw = (task: number): number => {
    const left = this.#work.left(task);
    return this.#random.logarithm() / (this.#evenly ? left : Math.sqrt(left));
  };
}

/** Random priorities of steps, weighted by the work left. */
export const weightedPos: Strategy = {
  name: "weighted-pos",
  summary:
    "as pos, with better chances for tasks that have more steps left; the best single strategy here",
  begin: (setup) => new WeightedPos(setup),
};
