import { type RunResult, type SimulateOptions } from "@tickless/core";
import type { Loop } from "@tickless/core";
import { watchHost } from "@tickless/ambient";
import { notePlaces } from "@tickless/core/kit";
import { Comparison } from "./comparison.ts";
import { decisionsOf } from "./decisions.ts";
import { identify, isUnchanged } from "./identity.ts";
import { choicesOf, type LineChoices } from "./line-choices.ts";
import { checkReplayOptions, type Course, type ReplayOptions } from "./replay-options.ts";
import type { ReplayResult, Same } from "./replay-result.ts";
import { ENGINE_VERSION } from "./trace.ts";

/** Up to so many events a replay notes places, so that a report can tell source lines. It costs time. */
const MOST_EVENTS_WITH_PLACES = 20_000;

/** A replay that is about to run. */
export class ReplayPlan {
  readonly options: SimulateOptions;
  /** Whether tasks that are left behind are cancelled at the end of main, as in the recorded run. */
  readonly cancels: boolean;
  readonly #comparison: Comparison | null;
  readonly #notice: string | null;
  /** Where the source is a repro line that has choices. */
  readonly #line: LineChoices | null;
  readonly #notesPlaces: boolean;
  readonly #watch: boolean;

  /** `run` is the number of the run where a program is run several times. */
  constructor(course: Course, options: ReplayOptions, run?: number) {
    const mode = checkReplayOptions(options, course);
    const { program, force = false, traceFile, follow = Infinity, until: _, ...others } = options;
    const { mode: __, policy, watch = false, probes = [], ...rest } = others;
    this.#watch = watch;
    this.#notice = noticeOf(course, program, force);
    const { trace } = course;
    const { drive } = trace === null ? course.repro : trace.header;
    this.cancels = drive === "run" || drive === "runSync";
    const unchanged = trace !== null && isUnchanged(trace.header.program, program);
    const context = { notice: this.#notice, program, unchanged, traceFile, watched: watch, run };
    this.#comparison =
      trace === null || mode === "decisions"
        ? null
        : new Comparison(trace, { prefix: mode === "prefix", follow, policy }, context);
    this.#notesPlaces =
      options.debug === undefined &&
      trace !== null &&
      this.#comparison !== null &&
      trace.length <= MOST_EVENTS_WITH_PLACES;
    this.#line = trace === null ? choicesOf(course.repro) : null;
    this.options = {
      ...rest,
      ...recordedOptions(course),
      policy:
        this.#comparison?.policy ??
        (trace === null ? (this.#line ?? undefined) : decisionsOf(trace)),
      probes: [...(this.#comparison === null ? [] : [this.#comparison.probe]), ...probes],
    };
  }

  get notice(): string | null {
    return this.#notice;
  }

  /** After the run: in which way the repro line does not fit the program; null: nothing says so. */
  get misfit(): string | null {
    return this.#line?.misfit ?? null;
  }

  /** Number of the latest event. */
  get latest(): number {
    return this.#comparison?.latest ?? 0;
  }

  /** The loop of the run, before it begins. */
  begins(loop: Loop): void {
    if (this.#comparison !== null) this.#comparison.loop = loop;
    if (this.#notesPlaces) notePlaces(loop);
    this.watch(loop);
  }

  /** Has noted what the program reads of the host, if that is wanted. */
  watch(loop: Loop): void {
    if (this.#watch) watchHost(loop);
  }

  /** What there is to say after the run: `result` is null if it threw `error`. */
  verdict<T>(result: RunResult<T> | null, error: unknown): ReplayResult<T> {
    const comparison = this.#comparison;
    const notice = this.#notice;
    if (comparison === null) {
      if (result === null) throw error;
      const { misfit } = this;
      return { same: null, result, followed: 0, divergence: null, notice, misfit };
    }
    const { failure, free, over, complete, followed } = comparison;
    if (failure !== null && !free) return { same: false, divergence: failure.divergence, notice };
    if (result === null) throw error;
    if (free) {
      const divergence = failure?.divergence ?? null;
      return { same: null, result, followed, divergence, notice, misfit: null };
    }
    if (over !== null) return sameSoFar(result, over, notice);
    if (complete) return { same: true, result, notice };
    // The run was cut off, by another probe that threw: that is no statement about the program.
    throw result.outcome?.status === "rejected"
      ? result.outcome.reason
      : new Error("The replay was cut off.");
  }
}

function noticeOf(
  course: Course,
  program: ReplayOptions["program"],
  force: boolean,
): string | null {
  const { trace } = course;
  if (trace === null) {
    const { engine } = course.repro;
    if (engine === ENGINE_VERSION) return null;
    return `the repro line is of Tickless ${engine}, and this is ${ENGINE_VERSION}: the order may be another.`;
  }
  const notice = identify(trace.header.program, program, force);
  if (trace.first === 1) return notice;
  const gap = `The recording has let go of the events before ${trace.first}, which were not compared.`;
  return notice === null ? gap : `${notice} ${gap}`;
}

function recordedOptions(course: Course): SimulateOptions {
  const { seed, start, timeUnit, options } =
    course.trace === null ? course.repro : course.trace.header;
  return {
    seed,
    start,
    timeUnit: timeUnit as SimulateOptions["timeUnit"],
    until: options.until ?? undefined,
    maxSteps: options.maxSteps ?? undefined,
    maxStepsPerInstant: options.maxStepsPerInstant ?? undefined,
    jitter: options.jitter,
  };
}

/** A recording that was interrupted says nothing of what came then, nor does its replay. */
function sameSoFar<T>(result: RunResult<T>, over: Error, notice: string | null): Same<T> {
  return {
    same: true,
    result: { ...result, reason: "stopped", outcome: undefined },
    notice: notice === null ? over.message : `${notice} ${over.message}`,
  };
}
