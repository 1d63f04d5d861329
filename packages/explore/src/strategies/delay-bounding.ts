import type { SchedulePolicy, ScheduleRun, Search, Strategy, StrategySetup } from "../strategy.ts";
import { turnOrder } from "../turn-order.ts";

/** Most delays, where no bound is given. */
const DELAYS = 3;

/** A schedule that was run, with its delays. */
interface Delayed {
  readonly delays: readonly number[];
  readonly counts: readonly number[];
  /** The next choice to delay at. */
  at: number;
}

/**
 * A fixed scheduler, in which a task goes on for as long as it can and then the next in the order of
 * creation has its turn, and in which the task that is next may be delayed: it goes to the end. All
 * schedules with no delay, then all with one, and so on. Emmi, Qadeer, Rakamarić, "Delay-Bounded
 * Scheduling", POPL 2011.
 */
class DelayBounding implements Search, SchedulePolicy {
  readonly #bound: number;
  /** Schedules that were run, each to be run again with one delay more. */
  readonly #parents: Delayed[] = [];
  /** The delays of the present schedule: at which of its choices, ascending. */
  #delays: readonly number[] = [];
  /** How many options each choice of the present schedule had. */
  #counts: number[] = [];
  #next = 0;
  /** Whose turn it is. */
  #turn = -1;
  #begun = false;

  constructor({ bound }: StrategySetup) {
    this.#bound = bound ?? DELAYS;
  }

  next(): SchedulePolicy | null {
    if (this.#begun && !this.#delayOnce()) return null;
    this.#begun = true;
    this.#counts = [];
    this.#next = 0;
    this.#turn = -1;
    return this;
  }

  choose(kind: string, count: number, task: (index: number) => number): number {
    const at = this.#counts.length;
    this.#counts.push(count);
    let delays = 0;
    while (this.#delays[this.#next] === at) {
      delays++;
      this.#next++;
    }
    if (kind === "ready") return turnOrder(this.#turn, count, task)[delays] as number;
    // What is as late as it may be shows most, and takes one delay.
    return kind === "jitter" && delays > 0 ? count - delays : delays;
  }

  stepped(task: number): void {
    this.#turn = task;
  }

  finished(_run: ScheduleRun): void {
    if (this.#delays.length >= this.#bound) return;
    const from = this.#delays.at(-1) ?? 0;
    this.#parents.push({ delays: this.#delays, counts: this.#counts, at: from });
  }

  /** Puts a delay into a schedule that was run, no earlier than its last one. Answers whether there was room. */
  #delayOnce(): boolean {
    for (let [parent] = this.#parents; parent !== undefined; [parent] = this.#parents) {
      for (; parent.at < parent.counts.length; parent.at++) {
        const { delays, counts, at } = parent;
        const there = delays.filter((place) => place === at).length;
        if (there + 1 >= (counts[at] as number)) continue;
        this.#delays = [...delays, at];
        parent.at++;
        return true;
      }
      this.#parents.shift();
    }
    return false;
  }
}

/** Few delays of an otherwise fixed order. */
export const delayBounding: Strategy = {
  name: "delay-bounding",
  summary:
    "a fixed order with 0, 1, … `bound` delays (default: 3); shallow bugs in a handful of schedules",
  sequential: true,
  begin: (setup) => new DelayBounding(setup),
};
