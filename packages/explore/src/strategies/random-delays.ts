import { optionOf } from "../option-of.ts";
import type { Random } from "../random.ts";
import type { SchedulePolicy, ScheduleRun, Search, Strategy, StrategySetup } from "../strategy.ts";
import { turnOrder } from "../turn-order.ts";

/** Most delays, where no bound is given. */
const DELAYS = 2;

/**
 * The fixed scheduler of delay bounding with 1, 2, … `bound` delays in turns, each at a random choice:
 * for the portfolio, where schedules must not depend on the ones before. Choices are counted by
 * the steps of schedule 0.
 */
class RandomDelays implements Search, SchedulePolicy {
  readonly #bound: number;
  readonly #random: Random;
  #choices = 0;
  #at = 0;
  #turn = -1;
  /** How often each choice of this schedule is delayed. */
  readonly #delays = new Map<number, number>();

  constructor({ bound, random }: StrategySetup) {
    this.#bound = Math.max(1, bound ?? DELAYS);
    this.#random = random("random-delays");
  }

  next(index: number): SchedulePolicy {
    this.#random.begin(index);
    this.#at = 0;
    this.#turn = -1;
    this.#delays.clear();
    for (let i = 0; i <= this.#random.below(this.#bound); i++) {
      const place = this.#random.below(Math.max(1, this.#choices));
      this.#delays.set(place, (this.#delays.get(place) ?? 0) + 1);
    }
    return this;
  }

  choose(kind: string, count: number, task: (index: number) => number): number {
    // Timers that are late are no delays of tasks: they use up none.
    if (kind === "jitter") return optionOf(this.#random, kind, count);
    const delays = (this.#delays.get(this.#at++) ?? 0) % count;
    if (kind !== "ready") return this.#random.below(count);
    return turnOrder(this.#turn, count, task)[delays] as number;
  }

  stepped(task: number): void {
    this.#turn = task;
  }

  finished(run: ScheduleRun): void {
    if (run.index > 0) return;
    // Another order may meet more choices than this one, but seldom more than there are steps.
    this.#choices = 0;
    for (let task = 0; task < run.tasks; task++) this.#choices += run.steps[task] ?? 0;
  }
}

/** Few delays at random places of an otherwise fixed order. */
export const randomDelays: Strategy = {
  name: "random-delays",
  summary:
    "a fixed order with 1 to `bound` delays (default: 2) at random; shallow bugs of long programs",
  begin: (setup) => new RandomDelays(setup),
};
