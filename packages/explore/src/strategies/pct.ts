import { Growing } from "../growing.ts";
import { optionOf } from "../option-of.ts";
import type { Random } from "../random.ts";
import type { SchedulePolicy, ScheduleRun, Search, Strategy, StrategySetup } from "../strategy.ts";

/** Depth of the bugs looked for, where none is given. */
const DEPTH = 3;

/**
 * Each task gets a random priority, and the ready task with the highest runs; at `depth` − 1 random
 * steps the task that is about to run falls below all others. A bug that needs `depth` ordered events is
 * hit with a probability of at least 1/(n·k^(depth−1)) for n tasks and k steps. Burckhardt, Kothari,
 * Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs",
 * ASPLOS 2010. The number of steps is that of schedule 0.
 */
class Pct implements Search, SchedulePolicy {
  readonly #depth: number;
  readonly #random: Random;
  readonly #priorities = new Growing();
  /** Steps at which a priority falls. */
  readonly #changes = new Set<number>();
  #length = 0;
  #step = 0;
  #lowest = 0;

  constructor({ bound, random }: StrategySetup) {
    this.#depth = bound ?? DEPTH;
    this.#random = random("pct");
  }

  next(index: number): SchedulePolicy {
    this.#random.begin(index);
    this.#priorities.clear();
    this.#changes.clear();
    this.#step = 0;
    this.#lowest = 0;
    for (let i = 1; i < this.#depth; i++) {
      this.#changes.add(this.#random.below(Math.max(this.#length, 1)));
    }
    return this;
  }

  choose(kind: string, count: number, task: (index: number) => number): number {
    if (kind !== "ready") return optionOf(this.#random, kind, count);
    if (this.#changes.delete(this.#step)) {
      this.#priorities.set(task(this.#highest(count, task)), --this.#lowest);
    }
    return this.#highest(count, task);
  }

  stepped(): void {
    this.#step++;
  }

  finished(run: ScheduleRun): void {
    if (run.index > 0) return;
    this.#length = 0;
    for (let task = 0; task < run.tasks; task++) this.#length += run.steps[task] ?? 0;
  }

  #highest(count: number, task: (index: number) => number): number {
    let best = 0;
    let most = -Infinity;
    for (let i = 0; i < count; i++) {
      const priority = this.#priorities.get(task(i), this.#draw);
      if (priority > most) [best, most] = [i, priority];
    }
    return best;
  }

  readonly #draw = (): number => this.#random.bits() + 1;
}

/** Few changes of priority, at random steps. */
export const pct: Strategy = {
  name: "pct",
  summary:
    "random priorities that change at `bound` − 1 steps (default: 2); for bugs of order among few tasks",
  begin: (setup) => new Pct(setup),
};
