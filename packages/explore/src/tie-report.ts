import { type NoPlainYield, type Result, simulate } from "@tickless/core";
import { Campaign } from "./campaign.ts";
import { checkExploreOptions, type ExploreOptions } from "./options.ts";
import { TieSearch } from "./tie-search.ts";

/**
 * Two steps of the default order that were ready at one instant and touch the same declared object.
 *
 * @category Exploring
 */
export interface Tie {
  /** Virtual time. */
  readonly time: number;
  /** Paths of their tasks, in the order in which they ran. */
  readonly tasks: readonly [string, string];
  /** Paths of what both touch and one of them changes; `stream NAME` for a random stream. */
  readonly objects: readonly string[];
  /** The outcome if they run in the other order. */
  readonly swapped: string;
  /** Whether that is another outcome. */
  readonly matters: boolean;
}

/**
 * What `tieReport` has found.
 *
 * @category Exploring
 */
export interface TieReport {
  /** The outcome of the default order. */
  readonly outcome: string;
  /** The ties, in the order in which the second of each ran. */
  readonly ties: readonly Tie[];
  /** All of this for people. */
  readonly text: string;
}

/** Options of `tieReport`: those of `explore` that say what a run is and what its outcome. */
export type TieOptions<T> = Omit<
  ExploreOptions<T>,
  "strategy" | "bound" | "reduce" | "stopAtFirst" | "check"
>;

function textOf(outcome: string, ties: readonly Tie[]): string {
  if (ties.length === 0) return "no two steps at one instant touch the same declared object";
  const lines = ties.map(({ time, tasks: [first, second], objects, swapped, matters }) => {
    const what = matters ? `swapped: ${swapped}` : "either order gives the same";
    return `  t=${time}: \`${first}\` before \`${second}\` at ${objects.join(", ")}; ${what}`;
  });
  const count = ties.filter(({ matters }) => matters).length;
  return [`outcome: ${outcome}; ${count} of ${ties.length} ties matter`, ...lines].join("\n");
}

/**
 * Which steps of the default order (first in, first out) were tied: ready at one instant and touching the same
 * declared object (`reduce: "declared"` says which those are), so that nothing but the order of arrival has
 * ordered them; and for each pair whether the outcome is another one if they are swapped and all goes
 * on in the default order. One schedule for each, at most `schedules`.
 *
 * @category Exploring
 */
export async function tieReport<R>(
  main: (() => R) & NoPlainYield<R>,
  options: TieOptions<Result<R>> = {},
): Promise<TieReport> {
  let search: TieSearch | undefined;
  let pathOf = (_number: number): string => "";
  const settings = checkExploreOptions<Result<R>>({ ...options, stopAtFirst: false });
  const campaign = new Campaign<Result<R>>(settings, (pilot) => {
    pathOf = (number) => pilot.cast.pathOf(number);
    return (search = new TieSearch(pilot));
  });
  for (let next = campaign.next(); next !== null; next = campaign.next()) {
    campaign.took(await simulate(main, next));
  }
  const { outcome = "", ties: found = [] } = search ?? {};
  const ties = found.flatMap(({ race: { first, second }, swapped }): Tie[] => {
    const tasks = [pathOf(first.task), pathOf(second.task)] as const;
    const objects = first.footprint
      .common(second.footprint)
      .map((thing) => (typeof thing === "number" ? pathOf(thing) : thing))
      // Two strands of one task have the task itself in common, which tells nobody anything.
      .filter((path) => !tasks.every((task) => task.split("&", 1)[0] === path));
    if (objects.length === 0) return [];
    return [{ time: second.time, tasks, objects, swapped, matters: swapped !== outcome }];
  });
  return { outcome, ties, text: textOf(outcome, ties) };
}
