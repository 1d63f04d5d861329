import { optionOf } from "../option-of.ts";
import type { Random } from "../random.ts";
import type { SchedulePolicy, Search, StrategySetup } from "../strategy.ts";

/** With more tasks than this, changing their parts covers too little to be worth the schedules. */
const MOST_TASKS = 3;

/**
 * How the portfolio begins: one random walk, repeated with the tasks' parts changed in a ring, so that
 * each of two or three tasks plays each part once, and then first in, first out. Where only matters
 * which of them comes last, or first, one of the walks has it, and the lots of chance are not drawn
 * three times in vain; and everybody wants to know soon how the default order does.
 */
export class Opening implements Search, SchedulePolicy {
  readonly #random: Random;
  /** The tasks of the first choice of schedule 0. */
  #tasks: number[] = [];
  #shift = 0;
  #fifo = false;

  constructor({ random }: StrategySetup) {
    this.#random = random("opening");
  }

  /** The tasks of the first choice of schedule 0. */
  get tasks(): readonly number[] {
    return this.#tasks;
  }

  /** How many schedules it has; known after schedule 0. */
  get length(): number {
    const count = this.#tasks.length;
    return count > 1 && count <= MOST_TASKS ? count + 1 : 1;
  }

  next(index: number): SchedulePolicy {
    // The same numbers each time: only the parts change.
    this.#random.begin(0);
    this.#shift = index;
    this.#fifo = index > 0 && index + 1 === this.length;
    return this;
  }

  choose(kind: string, count: number, task: (index: number) => number): number {
    if (this.#fifo) return 0;
    if (kind === "jitter") return optionOf(this.#random, kind, count);
    const place = this.#random.below(count);
    if (kind !== "ready") return place;
    const parts = Array.from({ length: count }, (_, i) => [this.#part(task(i)), i] as const);
    if (this.#tasks.length === 0) this.#tasks = parts.map((_, i) => task(i));
    return parts.toSorted(([a], [b]) => a - b)[place]?.[1] ?? 0;
  }

  #part(task: number): number {
    const count = this.#tasks.length;
    const place = this.#tasks.indexOf(task);
    return place < 0 ? count + task : (place + this.#shift) % count;
  }
}
