import type { ChoiceKind, Policy, Probe } from "@tickless/core/kit";
import { CALLBACKS, Cast } from "./cast.ts";
import { Choices } from "./choices.ts";
import { SOMETIMES } from "./invariants.ts";
import { Strands } from "./strands.ts";
import type { SchedulePolicy, ScheduleRun } from "./strategy.ts";

/**
 * Stands between the engine and a search: policy and probe of each schedule, one object for a whole
 * campaign. It writes down what was chosen and translates ids into numbers that last.
 */
export class Pilot implements Policy, Probe {
  readonly cast: Cast = new Cast();
  readonly choices: Choices = new Choices();
  readonly #strands = new Strands(this.cast);
  /** Whose step has begun last. */
  strand = -1;
  /** The option taken for the step that is about to begin; -1: there was no choice. */
  #picked = -1;
  /** What a search has thrown: its own fault, and not the program's. */
  broken: { readonly error: unknown } | null = null;
  /** What the program has marked in this schedule, the last value of each name. */
  readonly marks: Map<string, number | string> = new Map();
  /** In how many schedules each condition of `sometimes` was true. */
  readonly reached: Map<string, number> = new Map();
  readonly #reachedNow = new Set<string>();
  /** The program has called `external`: what it does next may depend on what real code answers. */
  real = false;
  /** How many tasks this schedule has made so far, main among them. */
  tasks = 0;
  /** Steps of each strand in this schedule. */
  #steps = new Int32Array(16);
  #search: SchedulePolicy = { choose: () => 0 };
  #task: (index: number) => number = () => -1;
  readonly #number = (index: number): number => this.cast.numberOf(this.#task(index));
  readonly #strand = (index: number): number => this.#strands.at(index);

  /** Before a schedule: `search` takes its choices. */
  begins(search: SchedulePolicy): void {
    this.#search = search;
    this.choices.clear();
    this.#steps.fill(0);
    this.#strands.clear();
    this.#picked = -1;
    this.tasks = 0;
    if (this.marks.size > 0) this.marks.clear();
    if (this.#reachedNow.size > 0) this.#reachedNow.clear();
  }

  /** After a schedule: what its search may learn. */
  run(index: number, failed: boolean, outcome: string): ScheduleRun {
    const { cast, choices } = this;
    return {
      index,
      choices,
      steps: this.#steps,
      parents: cast.parents,
      tasks: cast.size,
      failed,
      outcome,
    };
  }

  choose(kind: ChoiceKind, count: number, task: (index: number) => number): number {
    let picked: number;
    try {
      if (kind === "ready") {
        this.#task = task;
        this.#strands.look(count, this.#number);
      }
      picked = this.#search.choose(kind, count, this.#strand);
    } catch (error) {
      this.broken ??= { error };
      throw error;
    }
    if (kind === "ready") this.#picked = picked;
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
    this.tasks++;
    this.#search.created?.(number, parent < 0 ? -1 : this.cast.numberOf(parent));
  }

  step(_event: number, _cause: number, task: number): void {
    this.#stepped(this.cast.numberOf(task));
  }

  /** Of the policy: such a call is made, and nothing is known of its outcome. Of the probe: one came. */
  external(): undefined {
    this.real = true;
    return undefined;
  }

  callback(): void {
    this.#stepped(CALLBACKS);
  }

  mark(_event: number, _task: number, name: string, value: number | string | null): void {
    if (name.startsWith(SOMETIMES)) this.#reach(name.slice(SOMETIMES.length), value === 1);
    else if (value !== null) this.marks.set(name, value);
  }

  #reach(name: string, now: boolean): void {
    const count = this.reached.get(name) ?? 0;
    this.reached.set(name, now && !this.#reachedNow.has(name) ? count + 1 : count);
    if (now) this.#reachedNow.add(name);
  }

  #stepped(task: number): void {
    const strand = this.#strands.step(task, this.#picked);
    this.strand = strand;
    this.#picked = -1;
    if (strand >= this.#steps.length) {
      const larger = new Int32Array(2 * strand);
      larger.set(this.#steps);
      this.#steps = larger;
    }
    (this.#steps[strand] as number)++;
    this.#search.stepped?.(strand);
  }
}
