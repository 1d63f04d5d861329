import type { RunResult, SimulateOptions } from "@tickless/core";
import type { Policy, Probe } from "@tickless/core/kit";
import { ExplorationError } from "./errors.ts";
import type { Choices } from "./choices.ts";
import type { Exploration } from "./exploration.ts";
import { type Failure, failureOf, lineOf } from "./failure.ts";
import type { ExploreSettings } from "./options.ts";
import { Outcomes } from "./outcomes.ts";
import { Pilot } from "./pilot.ts";
import { ReducedSearch } from "./reduction/reduced-search.ts";
import { Random } from "./random.ts";
import type { Search } from "./strategy.ts";
import type { Shrunk } from "./shrunk.ts";
import { Shrinking } from "./shrinking.ts";
import { explorationText } from "./text.ts";
import { wallTimeMs } from "./wall-clock.ts";

const silence = (): void => undefined;

/** A search that is told what steps do. */
export interface WatchingSearch extends Search {
  readonly probe: Probe;
  /** The pilot, that also hears what is looked at. */
  policy(): Policy;
}

/** Schedules `from` to `to` - 1 of a campaign, of which others run the rest. */
export interface Part {
  readonly from: number;
  readonly to: number;
  /** Number of the schedule that is run first and learned from: `from` at most. Default: 0. */
  readonly profile?: number | undefined;
}

/** A campaign in progress: says how to run the next schedule, and takes what came of it. */
export class Campaign<T> {
  readonly #settings: ExploreSettings<T>;
  readonly #search: Search;
  readonly #pilot = new Pilot();
  readonly #run: SimulateOptions;
  readonly #outcomes = new Outcomes();
  readonly #end: number;
  readonly #part: Part;
  #index = -1;
  #ran = 0;
  #choices = 0;
  #tasks = 0;
  #failure: Omit<Failure, "shrunk"> | null = null;
  #complete = false;
  /** Schedule 0 met no choice and took nothing from real calls: no policy makes another schedule. */
  #only = false;

  /**
   * `watch`: a search that needs to see what steps do, instead of that of the strategy. `part`: the
   * schedules to run, by default all. Its profile is always run, and only counts if it is one of them.
   */
  constructor(settings: ExploreSettings<T>, watch?: (pilot: Pilot) => WatchingSearch, part?: Part) {
    this.#settings = settings;
    this.#part = part ?? { from: 0, to: settings.schedules };
    const { strategy, bound, run, reduce, sometimes } = settings;
    const seed = String(run.seed ?? "0");
    const pilot = this.#pilot;
    for (const name of sometimes) pilot.reached.set(name, 0);
    // What a thousand runs report would bury what the campaign has found.
    const log = run.log ?? silence;
    const probes: Probe[] = [pilot];
    let policy: Policy = pilot;
    const watching = reduce ? new ReducedSearch(pilot) : watch?.(pilot);
    if (watching !== undefined) {
      this.#search = watching;
      policy = watching.policy();
      probes.push(watching.probe);
    } else {
      const random = (purpose: string): Random => new Random(seed, purpose);
      this.#search = strategy.begin({ seed, bound, random });
    }
    this.#run = { ...run, log, probes: [...probes, ...(run.probes ?? [])], policy };
    this.#end = settings.wallTimeMs === Infinity ? Infinity : wallTimeMs() + settings.wallTimeMs;
  }

  /** Options of the next schedule; null: there is none. */
  next(): SimulateOptions | null {
    const { from, to, profile = 0 } = this.#part;
    if (this.#failure !== null && this.#settings.stopAtFirst) return null;
    const next = this.#index < 0 ? profile : Math.max(this.#index + 1, from);
    if (this.#only) {
      this.#complete = true;
      return null;
    }
    if (next >= to) return null;
    if (this.#end !== Infinity && wallTimeMs() > this.#end) return null;
    const policy = this.#search.next(next);
    if (policy === null) {
      this.#complete = true;
      return null;
    }
    this.#index = next;
    this.#pilot.begins(policy);
    return this.#run;
  }

  /** The schedule has been run. */
  took(result: RunResult<T>): void {
    const pilot = this.#pilot;
    if (pilot.broken !== null) throw pilot.broken.error;
    const failed = failureOf(result, this.#settings.check);
    const { from, profile = 0 } = this.#part;
    // Where another had to take the place of schedule 0, that is what a search learns from.
    const told = this.#index === profile ? 0 : this.#index;
    this.#only = this.#index === profile && pilot.choices.length === 0 && !pilot.real;
    if (this.#index < from) {
      const text = new Outcomes().add(result, failed, this.#settings.outcome, pilot, this.#index);
      for (const name of pilot.reached.keys()) pilot.reached.set(name, 0);
      this.#search.finished?.(pilot.run(told, failed !== null, text));
      return;
    }
    const { choices } = pilot;
    this.#ran++;
    this.#choices += choices.length;
    this.#tasks = Math.max(this.#tasks, pilot.tasks);
    const outcome = this.#outcomes.add(result, failed, this.#settings.outcome, pilot, this.#index);
    if (failed !== null && this.#failure === null) {
      this.#failure = {
        ...failed,
        strategy: this.#settings.strategy.name,
        schedule: this.#index,
        choices: [...choices],
        reproLine: lineOf(this.#settings.run, choices),
      };
    }
    this.#search.finished?.(pilot.run(told, failed !== null, outcome));
  }

  /** Number of the schedule that is being run; -1: none yet. */
  get schedule(): number {
    return this.#index;
  }

  /** What was chosen in it so far. */
  get chosen(): Choices {
    return this.#pilot.choices;
  }

  /** The shrinking of the first failure; null: there is nothing to shrink, or it is not wanted. */
  shrinking(): Shrinking<T> | null {
    const { shrinkReplays: replays, outcome, check, run } = this.#settings;
    if (this.#failure === null || replays === 0) return null;
    const { choices, reason } = this.#failure;
    return new Shrinking({ choices, reason, replays, outcome, check, run });
  }

  /** What was found; `shrunk` is what the shrinking has come to. */
  result(shrunk: Shrunk | null): Exploration {
    const found = this.found();
    const { name: strategy } = this.#settings.strategy;
    const failure =
      found.failure === null
        ? unreached(found.sometimes, found.schedules, strategy)
        : { ...found.failure, shrunk };
    const whole = { ...found, failure };
    return { ...whole, text: explorationText(whole, this.#settings.shrinkReplays > 0) };
  }

  /** The same without what only the whole campaign can say: what was true in none of its schedules. */
  found(): Omit<Exploration, "text"> {
    return {
      strategy: this.#settings.strategy.name,
      schedules: this.#ran,
      complete: this.#complete,
      choices: this.#choices,
      tasks: this.#tasks,
      failure: this.#failure === null ? null : { ...this.#failure, shrunk: null },
      outcomes: this.#outcomes.list(this.#settings.run),
      sometimes: Object.fromEntries(this.#pilot.reached),
    };
  }
}

/** What is to be true sometimes and never was. */
export function unreached(
  sometimes: Readonly<Record<string, number>>,
  schedules: number,
  strategy: string,
): Failure | null {
  const names = Object.entries(sometimes).flatMap(([name, n]) => (n === 0 ? [`\`${name}\``] : []));
  if (names.length === 0) return null;
  const error = new ExplorationError(
    "ERR_NEVER_REACHED",
    `${names.join(", ")} ${names.length === 1 ? "was" : "were"} true in none of ${schedules.toLocaleString("en")} ` +
      "schedules. Run more of them, or find out what keeps the program from getting there.",
  );
  const nothing = { schedule: -1, choices: [], reproLine: "", shrunk: null };
  return { error, reason: "sometimes", strategy, ...nothing };
}
