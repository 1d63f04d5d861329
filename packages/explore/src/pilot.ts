import type { ChoiceKind, Policy, Probe } from "@tickless/core/kit";
import { Cast } from "./cast.ts";
import { Choices } from "./choices.ts";
import type { SchedulePolicy, ScheduleRun } from "./strategy.ts";

/**
 * Stands between the engine and a search: policy and probe of each schedule, one object for a whole
 * campaign. It writes down what was chosen and translates ids into numbers that last.
 */
export class Pilot implements Policy, Probe {
  readonly cast: Cast = new Cast();
  readonly choices: Choices = new Choices();
  /** Number of the task whose step is going on; -1 for a callback. */
  running = -1;
  /** What a search has thrown: its own fault, and not the program's. */
  broken: { readonly error: unknown } | null = null;
  /** What the program has marked in this schedule, the last value of each name. */
  readonly marks: Map<string, number | string> = new Map();
  /** Steps of each task in this schedule. */
  #steps = new Int32Array(16);
  #search: SchedulePolicy = { choose: () => 0 };
  #task: (index: number) => number = () => -1;
  readonly #number = (index: number): number => this.cast.numberOf(this.#task(index));

  /** Before a schedule: `search` takes its choices. */
  begins(search: SchedulePolicy): void {
    this.#search = search;
    this.choices.clear();
    this.#steps.fill(0);
    this.running = -1;
    if (this.marks.size > 0) this.marks.clear();
  }

  /** After a schedule: what its search may learn. */
  run(index: number, failed: boolean): ScheduleRun {
    const { cast, choices } = this;
    return {
      index,
      choices,
      steps: this.#steps,
      parents: cast.parents,
      tasks: cast.size,
      failed,
    };
  }

  choose(kind: ChoiceKind, count: number, task: (index: number) => number): number {
    this.#task = task;
    let picked: number;
    try {
      picked = this.#search.choose(kind, count, this.#number);
    } catch (error) {
      this.broken ??= { error };
      throw error;
    }
    this.choices.add(kind, count, picked);
    return picked;
  }

  name(
    _event: number,
    _cause: number,
    id: number,
    parent: number,
    kind: string,
    segment: string,
  ): void {
    const number = this.cast.name(id, parent, segment);
    if (kind !== "task") return;
    if (number >= this.#steps.length) {
      const larger = new Int32Array(2 * number + 1);
      larger.set(this.#steps);
      this.#steps = larger;
    }
    this.#search.created?.(number, this.cast.numberOf(parent));
  }

  step(_event: number, _cause: number, task: number): void {
    const number = this.cast.numberOf(task);
    this.running = number;
    (this.#steps[number] as number)++;
    this.#search.stepped?.(number);
  }

  callback(): void {
    this.running = -1;
  }

  mark(_event: number, _task: number, name: string, value: number | string | null): void {
    if (value !== null) this.marks.set(name, value);
  }
}
