import { type Trace, TraceIndex } from "@tickless/trace";
import type { Attempt } from "./attempt.ts";
import { type Cast, CALLBACKS } from "./cast.ts";
import type { Choice } from "./choices.ts";
import type { FailureReason } from "./failure.ts";
import { decisionText, shrunkStory } from "./shrunk-text.ts";
import type { Departure } from "./steering.ts";
import { timelineOf } from "./timeline.ts";

/**
 * One decision of a shrunk schedule: a departure from the order in which every task goes on for as long
 * as it can and then the one that has been ready for longest has its turn.
 *
 * @category Exploring
 */
export interface Decision {
  /**
   * `switch`: another task goes on although the one that ran could. `turn`: the one that ran cannot go
   * on, and not the one that has been ready for longest does. `choose`: the program's own choice, or a
   * fault. `external`: which call is delivered. `jitter`: a timer is late.
   */
  readonly kind: Departure["kind"];
  /** Virtual time. */
  readonly time: number;
  /** Path of the task that had run; null before the first step. */
  readonly task: string | null;
  /** How many steps it had run. */
  readonly step: number;
  /** Where in the program it stands: `at deposit (bank.ts:5:11)`; empty where that is not known. */
  readonly place: string;
  /** Path of the task that would have gone on; null where it is no task that was chosen. */
  readonly over: string | null;
  /** Path of the task that goes on instead; null where it is no task that was chosen. */
  readonly to: string | null;
  /** The option taken, of `count`. */
  readonly picked: number;
  /** How many options there were. */
  readonly count: number;
  /** All of this in words. */
  readonly text: string;
}

/**
 * A schedule made as simple as it gets, with the same outcome: the same error, made in the same place, the
 * same tasks in a deadlock, or the same result.
 *
 * @category Exploring
 */
export interface Shrunk {
  /** What the shrunk schedule throws; undefined if it fails in nothing. */
  readonly error: unknown;
  /** Why it counts as failed; null if it does not. */
  readonly reason: FailureReason | null;
  /** All that it takes, in order. */
  readonly decisions: readonly Decision[];
  /** All its choices. */
  readonly choices: readonly Choice[];
  /** Runs it alone: `replay(reproLine, main)`, `tickless replay`. */
  readonly reproLine: string;
  /** What the tasks concerned do, a line for each of their turns. */
  readonly timeline: string;
  /** How many decisions the schedule had that was found. */
  readonly from: number;
  /** How many replays it took. */
  readonly replays: number;
  /** Whether all schedules with no more decisions that would be simpler were run, and none comes to the same. */
  readonly simplest: boolean;
  /**
   * What it comes to, for people: `failed (error): Error: …` and below it where in the program that was made,
   * or who waits for whom; or what was returned.
   */
  readonly outcome: string;
  /** How far it was shrunk, what it takes and what the tasks do, for people. */
  readonly story: string;
  /** The story, and the call that runs it again. */
  readonly text: string;
}

/** How the shrunk schedule has ended when it was run to be told. */
export interface Ended {
  readonly error: unknown;
  readonly reason: FailureReason | null;
  readonly outcome: string;
  readonly departures: readonly Departure[];
  readonly trace: Trace;
  /** Where in the program a task was interrupted, by the number of the choice; empty if unknown. */
  readonly places: ReadonlyMap<number, string>;
}

/** What a shrinking has come to. */
export interface Shrinkage {
  readonly found: Attempt;
  readonly best: Attempt;
  readonly ended: Ended;
  readonly cast: Cast;
  readonly reproLine: string;
  readonly replays: number;
  /** `finished`: there was nothing left to try; `budget`: all replays were used up. */
  readonly end: "finished" | "budget" | "interrupted";
  readonly simplest: boolean;
  readonly wallTimeMs: number;
}

/** Path of the task that a strand belongs to. */
function taskOf(cast: Cast, strand: number): string | null {
  if (strand < 0) return null;
  return strand === CALLBACKS ? "a callback" : cast.taskPathOf(strand);
}

/** Virtual times of the choices of a trace, in order. */
function choiceTimes(index: TraceIndex): number[] {
  const choices = index.events.filter(({ kind }) => kind === "choice");
  return choices.map(({ event }) => index.timeAt(event));
}

/** Tasks that have to do with it and of which several parts run side by side: no name tells these apart. */
function partedTasks({ cast, ended }: Shrinkage, decisions: readonly Decision[]): string[] {
  if (ended.departures.length === 0) return cast.parted();
  const tasks = decisions.flatMap(({ to, over }) => (to !== null && to === over ? [to] : []));
  return [...new Set(tasks)];
}

/** Everything that is said of a schedule that was shrunk. */
export function shrunkOf(shrinkage: Shrinkage): Shrunk {
  const { found, best, ended, cast, reproLine, replays, simplest } = shrinkage;
  const index = new TraceIndex(ended.trace);
  const times = choiceTimes(index);
  const decisions = ended.departures.map((departure): Decision => {
    const { kind, at, after, step, target, over, picked, count } = departure;
    const chosen = kind === "switch" || kind === "turn";
    const decision = {
      kind,
      time: times[at] as number,
      task: taskOf(cast, after),
      step,
      place: ended.places.get(at) ?? "",
      over: taskOf(cast, over),
      to: chosen ? taskOf(cast, target) : null,
      picked,
      count,
    };
    return {
      ...decision,
      text: decisionText(decision, index.unit, ended.trace.header.options.jitter?.upTo),
    };
  });
  const { error, reason, outcome } = ended;
  const parted = partedTasks(shrinkage, decisions);
  const shrunk = {
    error,
    reason,
    decisions,
    choices: best.choices,
    reproLine,
    timeline: timelineOf(index, ended, decisions),
    from: found.departures.length,
    replays,
    simplest,
    outcome,
  };
  const story = shrunkStory(shrunk, parted, shrinkage);
  return { ...shrunk, story, text: `${story}\n\nRun it again: replay("${reproLine}", main)` };
}
