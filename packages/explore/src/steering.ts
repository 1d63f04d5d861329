import type { ChoiceKind } from "@tickless/core/kit";
import type { Choice } from "./choices.ts";
import { CALLBACKS } from "./cast.ts";
import type { SchedulePolicy } from "./strategy.ts";

/** In place of a strand: the one that has been ready for longest. */
export const OLDEST = -1;

/** Thrown out of a schedule that has become too long to be worth its time. */
export const abandoned: unique symbol = Symbol("tickless: this schedule is given up");

/**
 * One departure from the baseline, in which a task goes on for as long as it can and then the one that
 * has been ready for longest has its turn, and in which options of the program's own are 0.
 *
 * `switch`: another goes on although the one that ran could; `turn`: the one that ran cannot go on, and
 * not the one that has been ready for longest does; else it is an option other than 0.
 */
export interface Departure {
  readonly kind: "switch" | "turn" | Exclude<ChoiceKind, "ready">;
  /** After what it comes: a step of a strand, told in a way that means the same in other schedules. */
  readonly key: string;
  /** The strand that goes on, or the option taken. */
  readonly target: number;
  /** The strand that would have gone on; -1 where it is no strand that is chosen. */
  readonly over: number;
  /** The strand that ran last, and how many steps it had run; -1 where none had. */
  readonly after: number;
  readonly step: number;
  /** Which choice of the schedule it is, from 0. */
  readonly at: number;
  readonly count: number;
  readonly picked: number;
}

/** What is to depart from the baseline: the strand or option by the key of a departure. */
export type Plan = ReadonlyMap<string, number>;

export function planOf(departures: readonly Departure[]): Map<string, number> {
  return new Map(departures.map(({ key, target }) => [key, target]));
}

/** By which the choice after step `step` of `strand` is known. */
export function stepKey(strand: number, step: number): string {
  return `${strand}:${step}`;
}

/** A choice with all that could have been taken. */
export interface Crossing {
  readonly key: string;
  /** Whether to take another would be a switch. */
  readonly switches: boolean;
  /** Strands that were ready, or numbers of options; the baseline's is not among them. */
  readonly others: readonly number[];
}

/**
 * Takes the choices of one schedule by a plan, or one by one as they were recorded, and writes down in
 * what it has really departed from the baseline: a plan may name what never comes about.
 */
export class Steering implements SchedulePolicy {
  readonly departures: Departure[] = [];
  /** All choices with what else there was, if that is wanted. */
  readonly crossings: Crossing[] = [];
  readonly #course: Plan | readonly Choice[];
  readonly #most: number;
  readonly #crosses: boolean;
  /** Called at a departure, before what it decides happens. */
  readonly #told: ((departure: Departure) => void) | undefined;
  #at = 0;
  /** Who is to go on: the latest strand that was no callback. */
  #running = -1;
  /** What ran last, a callback as well. */
  #last = -1;
  readonly #steps: number[] = [];
  readonly #asked = new Map<string, number>();

  /** @param most how many choices there may be; then the schedule is abandoned */
  constructor(
    course: Plan | readonly Choice[],
    most: number,
    more: { readonly crosses?: boolean; readonly told?: (departure: Departure) => void } = {},
  ) {
    this.#course = course;
    this.#most = most;
    this.#crosses = more.crosses === true;
    this.#told = more.told;
  }

  choose(kind: ChoiceKind, count: number, task: (index: number) => number): number {
    const at = this.#at++;
    if (at >= this.#most) throw abandoned;
    return kind === "ready" ? this.#turn(at, count, task) : this.#option(kind, at, count);
  }

  stepped(strand: number): void {
    this.#steps[strand] = (this.#steps[strand] ?? 0) + 1;
    this.#last = strand;
    if (strand !== CALLBACKS) this.#running = strand;
  }

  #turn(at: number, count: number, task: (index: number) => number): number {
    const key = stepKey(this.#last, this.#steps[this.#last] ?? 0);
    let running = -1;
    for (let i = 0; i < count && running < 0; i++) if (task(i) === this.#running) running = i;
    const baseline = Math.max(running, 0);
    if (this.#crosses) this.#cross(key, running >= 0, count, baseline, task);
    const picked = this.#planned(at, key, count, baseline, task);
    if (picked !== baseline) {
      const kind = running < 0 ? "turn" : "switch";
      this.#departs({ kind, key, target: task(picked), over: task(baseline), at, count, picked });
    }
    return picked;
  }

  #planned(
    at: number,
    key: string,
    count: number,
    baseline: number,
    task: (index: number) => number,
  ): number {
    if (isRecorded(this.#course)) return pickedIn(this.#course, at, count);
    const target = this.#course.get(key);
    if (target === undefined) return baseline;
    if (target === OLDEST) return baseline === 0 ? 1 : 0;
    for (let i = 0; i < count; i++) if (task(i) === target) return i;
    return baseline;
  }

  #option(kind: Departure["kind"], at: number, count: number): number {
    // Calls are delivered between steps; what the program asks for it asks for in one.
    const asker =
      kind === "external" ? kind : `${kind} ${stepKey(this.#last, this.#steps[this.#last] ?? 0)}`;
    const before = this.#asked.get(asker) ?? 0;
    this.#asked.set(asker, before + 1);
    const key = `${asker} ${before}`;
    if (this.#crosses) {
      const others = Array.from({ length: count - 1 }, (_, i) => i + 1);
      this.crossings.push({ key, switches: false, others });
    }
    const wanted = isRecorded(this.#course)
      ? pickedIn(this.#course, at, count)
      : (this.#course.get(key) ?? 0);
    const picked = wanted < count ? wanted : 0;
    if (picked > 0) this.#departs({ kind, key, target: picked, over: -1, at, count, picked });
    return picked;
  }

  #departs(departure: Omit<Departure, "after" | "step">): void {
    const step = this.#steps[this.#running] ?? 0;
    const whole = { ...departure, after: this.#running, step };
    this.departures.push(whole);
    this.#told?.(whole);
  }

  #cross(
    key: string,
    switches: boolean,
    count: number,
    baseline: number,
    task: (index: number) => number,
  ): void {
    const options = Array.from({ length: count }, (_, option) => option);
    const others = options.filter((option) => option !== baseline);
    this.crossings.push({ key, switches, others: others.map((option) => task(option)) });
  }
}

function isRecorded(course: Plan | readonly Choice[]): course is readonly Choice[] {
  return Array.isArray(course);
}

/** As a repro line does it: what is not recorded, or no option, is 0. */
function pickedIn(choices: readonly Choice[], at: number, count: number): number {
  const picked = choices[at]?.picked ?? 0;
  return picked < count ? picked : 0;
}
