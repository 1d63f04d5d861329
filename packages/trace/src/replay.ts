import type { Result, RunResult } from "@tickless/core";
import { Simulation } from "@tickless/core/kit";
import { LiveRun, stepsBefore } from "./live-run.ts";
import type { Main } from "./main.ts";
import { TraceError } from "./errors.ts";
import { record } from "./record.ts";
import {
  type Course,
  courseOf,
  type ReplayOptions,
  type ReplayPoint,
  type ReplaySource,
  checkReplayNames,
} from "./replay-options.ts";
import { ReplayPlan } from "./replay-plan.ts";
import type { Different, ReplayResult, Same, Stopped } from "./replay-result.ts";
import type { TraceSource } from "./trace.ts";

/** Options of a replay that either is as its trace or stops. */
export interface StrictOptions extends ReplayOptions {
  readonly mode?: "strict" | undefined;
  readonly until?: undefined;
}

/** Options of a replay that stops somewhere and hands the run over. */
export interface UntilOptions extends ReplayOptions {
  readonly mode?: "strict" | undefined;
  readonly until: ReplayPoint;
}

/**
 * Runs `main` again with the seed, options and choices of `source`: a trace, a repro line, or a seed.
 * A trace is compared event by event, and `external` makes no real calls: outcomes come from the trace.
 *
 * The replay stops at the first event that differs, before that event takes effect, and no task is
 * resumed after it. What JavaScript lets nobody stop is the code of the step in progress: where the
 * differing event is a call that does not wait (`createTask`, `putNowait`, `release`, `random(…)()`,
 * `setResult`, `cancel`, `callLater`), a DivergenceError is thrown out of that call, so `catch` and
 * `finally` blocks around it run up to their next wait, and promise reactions that were due in that
 * step run as well. Every further call into the loop throws the same error; every wait stays.
 *
 * The replay is driven as the recorded run was: where `run` has cancelled at the end of main what was left,
 * so does the replay. A run of a loop that its program drove itself has no main to call, and is refused.
 *
 * Other modes: `prefix` follows the trace as far as the run goes with it and then goes on by the seed;
 * `decisions` takes the choices and compares nothing. With `until` the replay stops between two steps,
 * before event N or time T, and hands over the live run; a repro line or a seed is recorded first for
 * that, which runs the program once more.
 *
 * @throws TraceError if the trace is of another program file and `force` is not set, or of a loop that was
 *   driven by hand (ERR_TRACE_DRIVE), or the repro line is damaged, or, with `until`, of
 *   another program (ERR_REPRO_PROGRAM; without, the result says it in `misfit`); and whatever `simulate` throws for bad options
 */
export function replay<R>(
  source: TraceSource,
  main: Main<R>,
  options?: StrictOptions,
): Promise<Same<Result<R>> | Different>;
export function replay<R>(
  source: ReplaySource,
  main: Main<R>,
  options: UntilOptions,
): Promise<Stopped<Result<R>> | Different>;
export function replay<R>(
  source: ReplaySource,
  main: Main<R>,
  options?: ReplayOptions & { readonly until?: undefined },
): Promise<ReplayResult<Result<R>>>;
export async function replay<R>(
  source: ReplaySource,
  main: Main<R>,
  options: ReplayOptions = {},
): Promise<ReplayResult<Result<R>> | Stopped<Result<R>>> {
  const course = courseOf(source);
  checkReplayNames(options);
  const { until } = options;
  if (until === undefined) return replayed(course, main, options);
  if (course.trace !== null) return stoppedAt(course.trace, main, options, until);
  // Which step is the one before an event, only a recording knows.
  const line = new ReplayPlan(course, options);
  const { trace } = await record(main, { ...line.options, probes: [] });
  if (line.misfit !== null) throw new TraceError("ERR_REPRO_PROGRAM", line.misfit);
  return stoppedAt(trace, main, options, until);
}

/** @internal Replays to the end; `run` is the number of the run where a program is run several times. */
export async function replayed<R>(
  course: Course,
  main: Main<R>,
  options: ReplayOptions,
  run?: number,
): Promise<ReplayResult<Result<R>>> {
  const plan = new ReplayPlan(course, options, run);
  return concluded(plan, begun(plan, main));
}

/** Even the first events may differ: the simulation is null where they did. */
function begun<R>(
  plan: ReplayPlan,
  main: Main<R>,
): Simulation<Result<R>> | ReplayResult<Result<R>> {
  try {
    const simulation = new Simulation<Result<R>>(
      main as never,
      plan.options,
      plan.cancels ? "run" : "simulate",
    );
    plan.begins(simulation.loop);
    return simulation;
  } catch (error) {
    return plan.verdict(null, error);
  }
}

async function concluded<T>(
  plan: ReplayPlan,
  simulation: Simulation<T> | ReplayResult<T>,
): Promise<ReplayResult<T>> {
  if ("same" in simulation) return simulation;
  let result: RunResult<T> | null = null;
  let error: unknown;
  try {
    result = await simulation.finish();
  } catch (thrown) {
    error = thrown;
  }
  return plan.verdict(result, error);
}

async function stoppedAt<R>(
  trace: TraceSource,
  main: Main<R>,
  options: ReplayOptions,
  until: ReplayPoint,
): Promise<Stopped<Result<R>> | ReplayResult<Result<R>>> {
  const course: Course = { trace, repro: null };
  const plan = new ReplayPlan(course, { ...options, mode: "strict" });
  const steps = stepsBefore(trace, until);
  const simulation = begun(plan, main);
  if ("same" in simulation) return simulation;
  await simulation.advance(steps);
  if (simulation.loop.failure !== null) return concluded(plan, simulation);
  const live = new LiveRun(
    simulation,
    () => plan.latest,
    () => concluded(plan, simulation),
  );
  return { same: true, live, notice: plan.notice };
}

/** As `replay`, for generator functions, on the caller's stack, to the end. */
export function replaySync<R>(
  source: TraceSource,
  main: Main<R>,
  options?: StrictOptions,
): Same<Result<R>> | Different;
export function replaySync<R>(
  source: ReplaySource,
  main: Main<R>,
  options?: ReplayOptions & { readonly until?: undefined },
): ReplayResult<Result<R>>;
export function replaySync<R>(
  source: ReplaySource,
  main: Main<R>,
  options: ReplayOptions & { readonly until?: undefined } = {},
): ReplayResult<Result<R>> {
  const plan = new ReplayPlan(courseOf(source), options);
  let result: RunResult<Result<R>> | null = null;
  let error: unknown;
  try {
    const drive = plan.cancels ? "runSync" : "simulateSync";
    const simulation = new Simulation<Result<R>>(main as never, plan.options, drive);
    plan.watch(simulation.loop);
    result = simulation.finishSync();
  } catch (thrown) {
    error = thrown;
  }
  return plan.verdict(result, error);
}
