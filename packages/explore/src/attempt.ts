import type { Choice } from "./choices.ts";
import type { Crossing, Departure } from "./steering.ts";

/** One replay of a shrinking: what it has really chosen, and whether it still fails in the same way. */
export interface Attempt {
  readonly same: boolean;
  readonly departures: readonly Departure[];
  /** All choices; empty where the failure is not the same. */
  readonly choices: readonly Choice[];
  readonly crossings: readonly Crossing[];
  readonly cost: readonly number[];
}

/** How many are of one kind or, with `false`, not of it. */
function count(departures: readonly Departure[], kind: Departure["kind"], of: boolean): number {
  return departures.filter((departure) => (departure.kind === kind) === of).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/**
 * What makes a schedule simple, the most important first: few switches, few other departures, options
 * near 0 and tasks that have been ready for long, an early end of all that, few choices, early departures.
 */
export function costOf(departures: readonly Departure[], choices: number): readonly number[] {
  return [
    count(departures, "switch", true),
    count(departures, "switch", false),
    sum(departures.map(({ picked }) => picked)),
    departures.at(-1)?.at ?? -1,
    choices,
    sum(departures.map(({ at }) => at)),
  ];
}

/** Whether `one` is simpler than `other`. */
export function isSimpler(one: Attempt, other: Attempt): boolean {
  for (const [i, cost] of one.cost.entries()) {
    const difference = cost - (other.cost[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
