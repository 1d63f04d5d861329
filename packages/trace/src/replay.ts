import {
  type Result,
  type RunResult,
  simulate,
  simulateSync,
  type SimulateOptions,
} from "@tickless/core";
import { badType } from "@tickless/core/kit";
import { Comparison } from "./comparison.ts";
import type { Divergence } from "./divergence.ts";
import { identify, isUnchanged } from "./identity.ts";
import type { Main } from "./main.ts";
import type { Trace, TraceProgram } from "./trace.ts";

/** What a replay takes from its trace; giving it is refused. */
const RECORDED = [
  "seed",
  "start",
  "timeUnit",
  "until",
  "maxSteps",
  "maxStepsPerInstant",
  "policy",
] as const;

/** Options of a replay: those of `simulate` that the trace does not fix. */
export interface ReplayOptions extends Omit<SimulateOptions, (typeof RECORDED)[number]> {
  /** Which program `main` is, to be held against the one that was recorded. Default: not compared. */
  readonly program?: TraceProgram | undefined;
  /** Replays with another program file than the recorded one. Default: false. */
  readonly force?: boolean | undefined;
  /** Where the trace was read from, for the commands that a report suggests. */
  readonly traceFile?: string | undefined;
}

/** How a replay went. */
export type ReplayResult<T> = Same<T> | Different;

/** The replay went as its trace. */
export interface Same<T> {
  /** Every event of the trace came again. A trace of a run that was interrupted ends the replay. */
  readonly same: true;
  /** How the run went; `stopped`, with no outcome, where the trace ends before its run did. */
  readonly result: RunResult<T>;
  /** What is known to be different about the program; null: nothing. */
  readonly notice: string | null;
}

/** The replay was stopped at the first event that differed. */
export interface Different {
  /** An event differed. */
  readonly same: false;
  /** Where, how and why. */
  readonly divergence: Divergence;
  /** What is known to be different about the program; null: nothing. */
  readonly notice: string | null;
}

interface Prepared {
  readonly comparison: Comparison;
  readonly options: SimulateOptions;
  readonly notice: string | null;
}

function prepare(trace: Trace, options: ReplayOptions): Prepared {
  if (typeof trace !== "object" || trace === null || typeof trace.events !== "function") {
    throw badType(
      "source",
      "a trace",
      trace,
      "Read one with `readTrace(file)` or `openTrace(bytes)`.",
    );
  }
  for (const name of RECORDED) {
    if ((options as SimulateOptions)[name] === undefined) continue;
    throw badType(
      `options.${name}`,
      "absent",
      (options as SimulateOptions)[name],
      "A replay takes it from its trace.",
    );
  }
  const { program, force = false, traceFile, probes = [], ...rest } = options;
  const notice = identify(trace.header.program, program, force);
  const unchanged = isUnchanged(trace.header.program, program);
  const comparison = new Comparison(trace, { notice, unchanged, traceFile });
  const { seed, start, timeUnit, options: recorded } = trace.header;
  return {
    comparison,
    notice,
    options: {
      ...rest,
      seed,
      start,
      timeUnit: timeUnit as SimulateOptions["timeUnit"],
      until: recorded.until ?? undefined,
      maxSteps: recorded.maxSteps ?? undefined,
      maxStepsPerInstant: recorded.maxStepsPerInstant ?? undefined,
      policy: comparison.policy,
      probes: [comparison.probe, ...probes],
    },
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

/** What there is to say after the run: `result` is null if it threw `error`. */
function verdict<T>(
  { comparison, notice }: Prepared,
  result: RunResult<T> | null,
  error: unknown,
): ReplayResult<T> {
  const { failure } = comparison;
  if (failure !== null) return { same: false, divergence: failure.divergence, notice };
  if (result === null) throw error;
  if (comparison.over !== null) return sameSoFar(result, comparison.over, notice);
  if (comparison.complete) return { same: true, result, notice };
  // The run was cut off, by another probe that threw: that is no statement about the program.
  throw result.outcome?.status === "rejected"
    ? result.outcome.reason
    : new Error("The replay was cut off.");
}

/**
 * Runs `main` again with the seed, options and choices of `source` and compares it event by event.
 * `external` makes no real calls: outcomes come from the trace.
 *
 * The replay stops at the first event that differs, before that event takes effect, and no task is
 * resumed after it. What JavaScript lets nobody stop is the code of the step in progress: where the
 * differing event is a call that does not wait (`createTask`, `putNowait`, `release`, `random(…)()`,
 * `setResult`, `cancel`, `callLater`), a DivergenceError is thrown out of that call, so `catch` and
 * `finally` blocks around it run up to their next wait, and promise reactions that were due in that
 * step run as well. Every further call into the loop throws the same error; every wait stays.
 *
 * @throws TraceError if the trace is of another program file and `force` is not set; and whatever
 *   `simulate` throws for bad options
 */
export async function replay<R>(
  source: Trace,
  main: Main<R>,
  options: ReplayOptions = {},
): Promise<ReplayResult<Result<R>>> {
  const prepared = prepare(source, options);
  let result: RunResult<Result<R>> | null = null;
  let error: unknown;
  try {
    result = await simulate(main, prepared.options);
  } catch (thrown) {
    error = thrown;
  }
  return verdict(prepared, result, error);
}

/** As `replay`, for generator functions, on the caller's stack. */
export function replaySync<R>(
  source: Trace,
  main: Main<R>,
  options: ReplayOptions = {},
): ReplayResult<Result<R>> {
  const prepared = prepare(source, options);
  let result: RunResult<Result<R>> | null = null;
  let error: unknown;
  try {
    result = simulateSync(main, prepared.options);
  } catch (thrown) {
    error = thrown;
  }
  return verdict(prepared, result, error);
}
