import { Footprint, type Thing } from "./footprint.ts";

/** One step of a schedule. */
export interface Step {
  readonly task: number;
  readonly footprint: Footprint;
  /** Number of its first event. */
  readonly event: number;
  /** The choice that led to it; -1 where nothing else was ready. */
  readonly choice: number;
  /** Virtual time. */
  readonly time: number;
  /** Of each task the last step that happened before this one or is it, by its index; -1: none. */
  readonly clock: readonly number[];
}

/** Whether step `a` happens before step `b`, or is it. */
function precedes(a: Step, index: number, b: Step): boolean {
  return (b.clock[a.task] ?? -1) >= index;
}

/** A race, or tie: two steps that depend on each other, and nothing but chance has ordered them. */
export interface Race {
  /** The choice at which the first of them was taken. */
  readonly choice: number;
  /** The tasks of which one must go first there, for the second step to come before the first. */
  readonly initials: readonly number[];
  readonly first: Step;
  readonly second: Step;
}

/**
 * One schedule as steps with what they touched and what happened before what: a step comes after the
 * steps of its task, after the one that woke it, after all steps before time moved last, and after each
 * earlier step that it depends on.
 */
export class Execution {
  readonly steps: Step[] = [];
  readonly #latest: (Step | undefined)[] = [];
  #now = 0;
  /** What happened before time moved last. */
  #barrier: number[] = [];
  #footprint = new Footprint();

  /** The races found so far. */
  readonly races: Race[] = [];

  touch(thing: Thing, changed: boolean): void {
    if (changed) this.#footprint.change(thing);
    else this.#footprint.read(thing);
  }

  /** A step begins, made ready by event `cause`. The one before has been ended. */
  begin(task: number, event: number, cause: number, choice: number): void {
    this.#footprint = new Footprint();
    const clock = [...this.#barrier];
    const own = this.#latest[task];
    if (own !== undefined) join(clock, own.clock);
    const waker = this.#stepOf(cause);
    if (waker !== undefined) join(clock, waker.clock);
    const time = this.#now;
    const step: Step = { task, event, choice, time, footprint: this.#footprint, clock };
    clock[task] = this.steps.length;
    this.#latest[task] = step;
    this.steps.push(step);
  }

  /** Time moves: all that was ready has run. */
  timeMoves(now: number): void {
    this.#now = now;
    for (const step of this.#latest) if (step !== undefined) join(this.#barrier, step.clock);
  }

  /** The last step is known whole: finds its races, and orders it behind what it depends on. */
  end(): Step | undefined {
    const { steps } = this;
    const index = steps.length - 1;
    const step = steps[index];
    if (step === undefined) return undefined;
    const clock = step.clock as number[];
    for (let i = index - 1; i >= 0; i--) {
      const other = steps[i] as Step;
      if ((clock[other.task] ?? -1) >= i) continue;
      if (!other.footprint.dependsOn(step.footprint)) continue;
      if (other.choice >= 0) {
        const initials = this.#initials(i, index);
        this.races.push({ choice: other.choice, initials, first: other, second: step });
      }
      join(clock, other.clock);
    }
    return step;
  }

  /** Who may go first instead of step `from`, if step `to` is to come before it. */
  #initials(from: number, to: number): number[] {
    const first = this.steps[from] as Step;
    const tasks: number[] = [];
    const free: [Step, number][] = [];
    for (let i = from + 1; i <= to; i++) {
      const step = this.steps[i] as Step;
      if (i < to && precedes(first, from, step)) continue;
      if (!free.some(([earlier, index]) => precedes(earlier, index, step))) tasks.push(step.task);
      free.push([step, i]);
    }
    return tasks;
  }

  /** The step in which event number `event` came; undefined for what came before the first. */
  #stepOf(event: number): Step | undefined {
    let low = 0;
    let high = this.steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.steps[middle] as Step).event <= event) low = middle + 1;
      else high = middle;
    }
    return this.steps[low - 1];
  }
}

function join(clock: number[], other: readonly number[]): void {
  for (let task = 0; task < other.length; task++) {
    const there = other[task];
    if (there !== undefined && there > (clock[task] ?? -1)) clock[task] = there;
  }
}
