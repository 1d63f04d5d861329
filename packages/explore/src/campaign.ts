import type { RunResult, SimulateOptions } from "@tickless/core";
import type { Policy, Probe } from "@tickless/core/kit";
import { ExplorationError } from "./errors.ts";
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

/** A campaign in progress: says how to run the next schedule, and takes what came of it. */
export class Campaign<T> {
  readonly #settings: ExploreSettings<T>;
  readonly #search: Search;
  readonly #pilot = new Pilot();
  readonly #run: SimulateOptions;
  readonly #outcomes = new Outcomes();
  readonly #end: number;
  #index = -1;
  #choices = 0;
  #failure: Omit<Failure, "shrunk"> | null = null;
  #complete = false;

  /** `watch`: a search that needs to see what steps do, instead of that of the strategy. */
  constructor(settings: ExploreSettings<T>, watch?: (pilot: Pilot) => WatchingSearch) {
    this.#settings = settings;
    const { strategy, bound, run, reduce } = settings;
    const seed = String(run.seed ?? "0");
    const pilot = this.#pilot;
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
    const { schedules, stopAtFirst } = this.#settings;
    if (this.#failure !== null && stopAtFirst) return null;
    if (this.#index + 1 >= schedules) return null;
    if (this.#end !== Infinity && wallTimeMs() > this.#end) return null;
    const policy = this.#search.next(this.#index + 1);
    if (policy === null) {
      this.#complete = true;
      return null;
    }
    this.#index++;
    this.#pilot.begins(policy);
    return this.#run;
  }

  /** The schedule has been run. */
  took(result: RunResult<T>): void {
    const pilot = this.#pilot;
    if (pilot.broken !== null) throw pilot.broken.error;
    const { choices } = pilot;
    this.#choices += choices.length;
    const failed = failureOf(result, this.#settings.check);
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
    this.#search.finished?.(pilot.run(this.#index, failed !== null, outcome));
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
    const { reached } = this.#pilot;
    const failure = this.#failure;
    const found = {
      strategy: this.#settings.strategy.name,
      schedules: this.#index + 1,
      complete: this.#complete,
      choices: this.#choices,
      failure: failure === null ? this.#unreached(reached) : { ...failure, shrunk },
      outcomes: this.#outcomes.list(this.#settings.run),
      sometimes: Object.fromEntries(reached),
    };
    return { ...found, text: explorationText(found, this.#settings.shrinkReplays > 0) };
  }

  /** What is to be true sometimes and never was. */
  #unreached(reached: ReadonlyMap<string, number>): Failure | null {
    const names = [...reached].flatMap(([name, count]) => (count === 0 ? [`\`${name}\``] : []));
    if (names.length === 0) return null;
    const error = new ExplorationError(
      "ERR_NEVER_REACHED",
      `${names.join(", ")} ${names.length === 1 ? "was" : "were"} true in none of ${this.#index + 1} ` +
        "schedules. Run more of them, or find out what keeps the program from getting there.",
    );
    const { name: strategy } = this.#settings.strategy;
    const nothing = { schedule: -1, choices: [], reproLine: "", shrunk: null };
    return { error, reason: "sometimes", strategy, ...nothing };
  }
}
