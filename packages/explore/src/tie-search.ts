import type { Policy, Probe } from "@tickless/core/kit";
import type { Pilot } from "./pilot.ts";
import { Execution, type Race } from "./reduction/execution.ts";
import { footprintProbe, watchedPolicy } from "./reduction/watch.ts";
import type { SchedulePolicy, ScheduleRun, Search } from "./strategy.ts";

/** A tie of the default order, and what came of the other order. */
export interface SwappedTie {
  readonly race: Race;
  readonly swapped: string;
  /** Number of the schedule with the other order. */
  readonly schedule: number;
}

/** Schedule 0 is first in, first out; each one after it swaps one pair of its steps. */
export class TieSearch implements Search, SchedulePolicy {
  readonly probe: Probe;
  readonly ties: SwappedTie[] = [];
  /** The outcome of the default order. */
  outcome = "";
  readonly #pilot: Pilot;
  #execution = new Execution();
  #races: readonly Race[] = [];
  /** Tasks of the options of each choice of schedule 0. */
  readonly #options: number[][] = [];
  #race: Race | undefined;
  #at = 0;
  #choice = -1;
  /** Whether the second of the pair has gone first. */
  #overtaken = false;

  constructor(pilot: Pilot) {
    this.#pilot = pilot;
    this.probe = footprintProbe(pilot, {
      execution: () => this.#execution,
      begin: (event, cause) => this.#begin(event, cause),
      end: () => void this.#execution.end(),
    });
  }

  policy(): Policy {
    return watchedPolicy(this.#pilot, () => this.#execution);
  }

  next(index: number): SchedulePolicy | null {
    this.#execution = new Execution();
    this.#at = 0;
    this.#choice = -1;
    this.#overtaken = false;
    this.#race = index === 0 ? undefined : this.#races[index - 1];
    return index === 0 || this.#race !== undefined ? this : null;
  }

  choose(kind: string, count: number, task: (index: number) => number): number {
    const at = this.#at++;
    if (kind !== "ready") return 0;
    this.#execution.end();
    this.#choice = at;
    const race = this.#race;
    if (race === undefined) {
      this.#options[at] = Array.from({ length: count }, (_, option) => task(option));
      return 0;
    }
    if (at < race.choice || this.#overtaken) return 0;
    for (let option = 0; option < count; option++) {
      if (task(option) !== race.first.task) return option;
    }
    return 0;
  }

  finished(run: ScheduleRun): void {
    this.#execution.end();
    if (this.#race !== undefined) {
      this.ties.push({ race: this.#race, swapped: run.outcome, schedule: run.index });
      return;
    }
    this.outcome = run.outcome;
    this.#races = this.#execution.races.filter(({ choice, initials }) =>
      initials.some((task) => this.#options[choice]?.includes(task)),
    );
  }

  #begin(event: number, cause: number): void {
    if (this.#choice < 0) this.#execution.end();
    const task = this.#pilot.strand;
    this.#execution.begin(task, event, cause, this.#choice);
    this.#choice = -1;
    const race = this.#race;
    if (race !== undefined && this.#at > race.choice && task === race.second.task) {
      this.#overtaken = true;
    }
  }
}
