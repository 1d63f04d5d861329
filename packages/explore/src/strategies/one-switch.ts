import type { Random } from "../random.ts";
import { optionOf } from "../option-of.ts";
import type { SchedulePolicy, ScheduleRun, StrategySetup } from "../strategy.ts";

/** With more tasks than this, there are too many orders of them. */
const MOST_TASKS = 3;

/** If there are more schedules than this, it has none of them. */
const MOST = 24;

/** `first` runs until it has taken so many steps, then `second` and the rest, and `first` again at the end. */
interface OneSwitch {
  readonly first: number;
  readonly steps: number;
  readonly second: number;
}

/**
 * For the portfolio, where a program has two or three tasks that take few steps: all schedules in which one
 * task is interrupted once and the others run without interruption, each once, in random order. Many bugs
 * take no more (Musuvathi, Qadeer, PLDI 2007). Tasks and their steps are those of schedule 0.
 */
export class OneSwitches implements SchedulePolicy {
  readonly #random: Random;
  /** There are two or three tasks, and too many such schedules. */
  tooMany = false;
  #all: readonly OneSwitch[] = [];
  #present: OneSwitch = { first: -1, steps: 0, second: -1 };
  #steps = 0;
  #last = -1;

  constructor({ random }: StrategySetup) {
    this.#random = random("one-switch");
  }

  /** Schedule `place` of them, from 0; null: there is none. Known after schedule 0. */
  next(place: number): SchedulePolicy | null {
    const present = this.#all[place];
    if (present === undefined) return null;
    this.#present = present;
    this.#random.begin(place + 1);
    this.#steps = 0;
    this.#last = -1;
    return this;
  }

  choose(kind: string, count: number, task: (index: number) => number): number {
    if (kind !== "ready") return optionOf(this.#random, kind, count);
    const { first, steps, second } = this.#present;
    let best = 0;
    let least = Infinity;
    for (let i = 0; i < count; i++) {
      const number = task(i);
      let rank = number === this.#last ? 1 : 2;
      if (number === first) rank = this.#steps < steps ? 0 : 3;
      else if (number === second && this.#last === first) rank = 1;
      if (rank < least) [best, least] = [i, rank];
    }
    return best;
  }

  stepped(task: number): void {
    this.#last = task;
    if (task === this.#present.first) this.#steps++;
  }

  /** Learns from schedule 0, whose first choice was among `tasks`. */
  learn(tasks: readonly number[], run: ScheduleRun): void {
    if (tasks.length < 2 || tasks.length > MOST_TASKS) return;
    let count = 0;
    for (const task of tasks) {
      count += (tasks.length - 1) * Math.max(0, (run.steps[task] ?? 0) - 1);
    }
    this.tooMany = count > MOST;
    if (this.tooMany) return;
    const all: OneSwitch[] = [];
    for (const first of tasks) {
      for (const second of tasks) {
        if (first === second) continue;
        for (let steps = 1; steps < (run.steps[first] ?? 0); steps++) {
          all.push({ first, steps, second });
        }
      }
    }
    this.#random.begin(0);
    for (let i = all.length - 1; i > 0; i--) {
      const other = this.#random.below(i + 1);
      [all[i], all[other]] = [all[other] as OneSwitch, all[i] as OneSwitch];
    }
    this.#all = all;
  }
}
