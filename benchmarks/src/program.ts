import type { SimulateOptions } from "@tickless/core";

/** How large a run of a workload is. */
export interface Size {
  readonly tasks: number;
  /** Completed sleeps (W1), messages (W2), values (W3), customers (W4), sleepers (memory). */
  readonly events: number;
}

/** What a run must reproduce, whoever runs it: the engine with either kind of task, or a bare loop. */
export interface Check {
  readonly events: number;
  /** Virtual time at the end. */
  readonly time: number;
  readonly sum: number;
}

/**
 * One workload, written for one kind of task or for a bare loop. `moment` is called by the memory
 * workload, when every task sleeps, and by those that measure a time, right before and right after
 * what is timed.
 */
export type Program = (size: Size, moment: () => void) => Check | Promise<Check>;

/** What the options of a run may differ in. */
export type Options = Pick<SimulateOptions, "drain" | "probes">;

/** A workload whose runs W8 adds probes to. */
export type Recordable = (size: Size, options: Options) => Check | Promise<Check>;

/** Counts events, and adds them up so that another order gives another sum. */
export class Tally {
  events = 0;
  sum = 0;

  /** Another event has happened, with `value`. */
  add(value: number): void {
    this.events++;
    this.sum += value * (this.events & 15);
  }

  /** The check values of a run that ended at `time`. */
  at(time: number): Check {
    return { events: this.events, time, sum: this.sum };
  }
}

/** Whether two runs did the same, to the last bit. */
export function sameCheck(a: Check, b: Check): boolean {
  return a.events === b.events && a.time === b.time && a.sum === b.sum;
}
