import { virtualize } from "@tickless/ambient";
import type { SimulateOptions } from "@tickless/core";
import { explore, type Exploration } from "@tickless/explore";
import { DivergenceError, recorder, replay, type Trace, type TraceProgram } from "@tickless/trace";
import type { Course } from "./course.ts";
import type { Settings } from "./options.ts";
import { virtualTimeout } from "./virtual-timeout.ts";

/** What runs in each schedule. */
export type Main = () => unknown;

/** One run that was repeated, with its recording. */
export interface Repeated {
  /** What it threw, or in what it differed from its trace; null: it failed in nothing. */
  readonly failed: { readonly error: unknown } | null;
  readonly trace: Trace;
  /** Why the choices of a repro line are of another program; null: they fit, or there are none. */
  readonly misfit: string | null;
}

function mainOf(main: Main, { ambient }: Settings): Main {
  return ambient === null ? main : virtualize(main, ambient);
}

function runOptions(settings: Settings, signal: AbortSignal): SimulateOptions {
  const { seed, maxSteps, timeUnit, jitter } = settings;
  return { seed, maxSteps, timeUnit, jitter, signal, probes: virtualTimeout(settings) };
}

/** Runs the program under many schedules. `shrinks`: whether what fails is made simpler. */
export function campaign(
  main: Main,
  settings: Settings,
  signal: AbortSignal,
  shrinks: boolean,
): Promise<Exploration> {
  const { schedules, strategy, bound, sometimes, realTimeoutMs } = settings;
  return explore(mainOf(main, settings), {
    ...runOptions(settings, signal),
    schedules,
    strategy,
    bound,
    sometimes,
    wallTimeMs: realTimeoutMs,
    ...(shrinks ? {} : { shrinkReplays: 0 }),
  });
}

/** Takes a course again and records it. `test` is what the trace says that it is of. */
export async function repeat(
  main: Main,
  source: Course["source"],
  settings: Settings,
  test: TraceProgram,
): Promise<Repeated> {
  const { seed, maxSteps, timeUnit, jitter } = settings;
  const taker = recorder({
    program: test,
    options: { seed, maxSteps, timeUnit, jitter, policy: { choose: () => 0 } },
  });
  const again = await replay(source, mainOf(main, settings), {
    probes: [taker.probe, ...virtualTimeout(settings)],
    log: () => undefined,
    force: true,
  });
  const trace = taker.trace();
  if (again.same === false)
    return { failed: { error: new DivergenceError(again.divergence) }, trace, misfit: null };
  const { outcome } = again.result;
  const failed = outcome?.status === "rejected" ? { error: outcome.reason } : null;
  return { failed, trace, misfit: again.same === null ? again.misfit : null };
}
