import { optionOf } from "../option-of.ts";
import type { Random } from "../random.ts";
import { Growing } from "../growing.ts";
import type { SchedulePolicy, ScheduleRun, StrategySetup } from "../strategy.ts";
import { Work } from "../work.ts";

/**
 * For the portfolio, where two or three tasks take many steps: the tasks keep pace. The one that is furthest
 * behind runs, but for a small lead that each gets at random: by the steps that it has taken, or in every
 * other schedule by those that it has left. Two places that belong together are mostly as far from the
 * beginning, or from the end, of each task; how far that is makes no difference then, while tasks that
 * drift apart at random meet there the less often the further it is.
 */
export class Pace implements SchedulePolicy {
  readonly #random: Random;
  readonly #work = new Work();
  readonly #taken = new Growing();
  readonly #leads = new Growing();
  #fromEnd = false;

  constructor({ random }: StrategySetup) {
    this.#random = random("pace");
  }

  next(index: number, fromEnd: boolean): SchedulePolicy {
    this.#random.begin(index);
    this.#work.begin();
    this.#taken.clear();
    this.#leads.clear();
    this.#fromEnd = fromEnd;
    return this;
  }

  choose(kind: string, count: number, task: (index: number) => number): number {
    if (kind !== "ready") return optionOf(this.#random, kind, count);
    let best = 0;
    let least = Infinity;
    for (let i = 0; i < count; i++) {
      const position = this.#position(task(i));
      if (position < least) [best, least] = [i, position];
    }
    return best;
  }

  stepped(task: number): void {
    this.#taken.set(task, this.#taken.get(task, () => 0) + 1);
    this.#work.stepped(task);
  }

  created(task: number, parent: number): void {
    this.#work.created(task, parent);
  }

  learn(run: ScheduleRun): void {
    this.#work.learn(run);
  }

  #position(task: number): number {
    const way = this.#fromEnd ? -this.#work.left(task) : this.#taken.get(task, () => 0);
    return way + this.#leads.get(task, this.#lead);
  }

  /** Mostly less than two steps, twice as much every other time, and a fraction so that none are equal. */
  readonly #lead = (): number => {
    let most = 2;
    while (this.#random.below(2) === 0 && most < 2 ** 20) most *= 2;
    return (this.#random.bits() / 2 ** 32) * most;
  };
}
