import type { RunResult, SimulateOptions } from "@tickless/core";
import { type Recorder, recorder } from "@tickless/trace";
import { type Attempt, costOf, isSimpler } from "./attempt.ts";
import type { Choice } from "./choices.ts";
import { type Failure, failureOf, type FailureReason, lineOf } from "./failure.ts";
import { thrownText } from "./failure-text.ts";
import { returnedText } from "./outcomes.ts";
import { Pilot } from "./pilot.ts";
import { Places } from "./places.ts";
import { ShrinkSearch, type Trial } from "./shrink-search.ts";
import { type Ended, type Shrunk, shrunkOf } from "./shrunk.ts";
import { signatureOf } from "./signature.ts";
import { abandoned, type Departure, Steering } from "./steering.ts";
import { wallTimeMs } from "./wall-clock.ts";

/** Most steps of all replays together: what bounds the time where one replay takes long … */
const MOST_STEPS = 500_000;
/** … but that many replays halve the decisions of any schedule a few times. */
const FEWEST_REPLAYS = 20;

/** Of so many decisions it is told where they are taken, in schedules with at most so many choices. */
const MOST_PLACES = 20;
const MOST_CHOICES_WITH_PLACES = 20_000;

/** What is shrunk, and how. */
export interface ShrinkSettings<T> {
  readonly choices: readonly Choice[];
  /** Why the schedule has failed; undefined: what it comes to is to be seen. */
  readonly reason: FailureReason | undefined;
  /** Most replays. */
  readonly replays: number;
  readonly outcome: ((result: RunResult<T>) => unknown) | undefined;
  readonly check: ((result: RunResult<T>) => void) | undefined;
  /** What is handed to each run. */
  readonly run: SimulateOptions;
}

type Failed = Pick<Failure, "error" | "reason">;

const silence = (): void => undefined;

/** A shrinking in progress: says how to run the next replay, and takes what came of it. */
export class Shrinking<T> {
  readonly #settings: ShrinkSettings<T>;
  readonly #pilot = new Pilot();
  readonly #begun = wallTimeMs();
  #steering: Steering;
  #search: ShrinkSearch | null = null;
  #trials: Generator<Trial, void, Attempt> | null = null;
  #trial: IteratorResult<Trial, void> | null = null;
  /** How the run to be kept has failed. */
  #signature = "";
  #found: Attempt | null = null;
  #recorder: Recorder | null = null;
  /** Where tasks were interrupted, by the number of the choice. */
  readonly #places = new Map<number, string>();
  /** How the best has ended, which is run again to be told. */
  #ended: Ended | null = null;
  #replays = 0;
  #steps = 0;
  #enough = false;
  #phase: "first" | "search" | "tell" | "over" = "first";

  constructor(settings: ShrinkSettings<T>) {
    this.#settings = settings;
    this.#steering = new Steering(settings.choices, Infinity);
  }

  /** Options of the next replay; null: there is none. */
  next(): SimulateOptions | null {
    if (this.#phase === "over") return null;
    if (this.#phase === "search") this.#ask();
    const { run } = this.#settings;
    const probes = [this.#pilot, ...(run.probes ?? [])];
    if (this.#phase === "tell") {
      const { best } = this.#search as ShrinkSearch;
      const places = new Places();
      const told = ({ at, after, kind }: Departure): void => {
        if (kind !== "switch" || this.#places.size === MOST_PLACES) return;
        this.#places.set(at, places.of(this.#pilot.cast.taskPathOf(after)));
      };
      this.#steering = new Steering(best.choices, Infinity, { told });
      this.#recorder = recorder({ options: run });
      probes.push(this.#recorder.probe);
      if (best.choices.length <= MOST_CHOICES_WITH_PLACES) probes.push(places);
    }
    this.#pilot.begins(this.#steering);
    return { ...run, log: run.log ?? silence, probes, policy: this.#pilot };
  }

  /** The replay has been run. */
  took(result: RunResult<T>): void {
    const { broken } = this.#pilot;
    if (broken !== null && broken.error !== abandoned) throw broken.error;
    this.#pilot.broken = null;
    this.#replays++;
    this.#steps += result.steps;
    const failed = failureOf(result, this.#settings.check);
    const signature = this.#signatureOf(result, failed);
    if (this.#phase === "first") this.#tookFirst(signature, failed);
    else if (this.#phase === "search") this.#trial = this.#next(this.#attempt(signature));
    else this.#tookLast(signature, failed);
  }

  /** How many replays there were. */
  get replays(): number {
    return this.#replays;
  }

  /** Interrupts the search: the next replay is the last one, by which the best is told. */
  enough(): void {
    this.#enough = true;
  }

  /** null: the schedule came to something else when it was run again, so nothing can be made of it. */
  result(): Shrunk | null {
    const { run } = this.#settings;
    const found = this.#found;
    const ended = this.#ended;
    if (found === null || ended === null || this.#search === null) return null;
    const { best } = this.#search;
    return shrunkOf({
      found,
      best,
      ended,
      cast: this.#pilot.cast,
      reproLine: lineOf(run, withoutEnd(best.choices)),
      replays: this.#replays,
      end: this.#trial?.done === true ? "finished" : this.#enough ? "interrupted" : "budget",
      simplest: this.#search.simplest,
      wallTimeMs: wallTimeMs() - this.#begun,
    });
  }

  #ask(): void {
    const trial = this.#trial;
    if (trial === null || trial.done === true || this.#left() <= 0) {
      this.#phase = "tell";
      return;
    }
    const { plan, crosses } = trial.value;
    const most = 2 * (this.#found?.choices.length ?? 0) + 100;
    this.#steering = new Steering(plan, most, { crosses });
  }

  /** How many replays are left, but for the last one, which is told. */
  #left(): number {
    if (this.#enough) return 0;
    const goesOn = this.#steps < MOST_STEPS || this.#replays < FEWEST_REPLAYS;
    return goesOn ? this.#settings.replays - this.#replays - 1 : 0;
  }

  #next(attempt: Attempt): IteratorResult<Trial, void> | null {
    return this.#trials?.next(attempt) ?? null;
  }

  #signatureOf(result: RunResult<T>, failed: Failed | null): string {
    return signatureOf(result, failed, (returned) =>
      returnedText(returned, this.#settings.outcome, this.#pilot.marks),
    );
  }

  #attempt(signature: string): Attempt {
    const { departures, crossings } = this.#steering;
    const { choices } = this.#pilot;
    const cost = costOf(departures, choices.length);
    const same = signature === this.#signature;
    const attempt: Attempt = { same, departures, crossings, cost, choices: [] };
    const best = this.#search?.best;
    if (!same || (best !== undefined && !isSimpler(attempt, best))) return attempt;
    return { ...attempt, choices: [...choices] };
  }

  #tookFirst(signature: string, failed: Failed | null): void {
    const { reason } = this.#settings;
    if (reason !== undefined && failed?.reason !== reason) {
      this.#phase = "over";
      return;
    }
    this.#signature = signature;
    this.#found = this.#attempt(signature);
    this.#search = new ShrinkSearch(this.#found, () => this.#left());
    this.#trials = this.#search.trials();
    this.#trial = this.#trials.next();
    this.#phase = "search";
  }

  #tookLast(signature: string, failed: Failed | null): void {
    this.#phase = "over";
    if (signature !== this.#signature) return;
    const { departures } = this.#steering;
    const trace = (this.#recorder as Recorder).trace();
    this.#ended = {
      error: failed?.error,
      reason: failed?.reason ?? null,
      outcome: failed === null ? signature : thrownText(failed.reason, failed.error),
      departures,
      trace,
      places: this.#places,
    };
  }
}

/** The last choices may be left out of a repro line where they are 0: that is what a replay takes then. */
function withoutEnd(choices: readonly Choice[]): readonly Choice[] {
  return choices.slice(0, choices.findLastIndex(({ picked }) => picked > 0) + 1);
}
