import { checkNames, optionNames } from "@tickless/core/kit";
import {
  type Result,
  type RunResult,
  simulate,
  simulateSync,
  type SimulateOptions,
} from "@tickless/core";
import type { Main } from "./main.ts";
import { type Recorder, recorder } from "./recorder.ts";
import type { Trace, TraceProgram } from "./trace.ts";

/** Options of `record`: those of `simulate`, and the program's identity. */
export interface RecordOptions extends SimulateOptions {
  /** Which program this is. A trace of a named program is replayed with that program alone. */
  readonly program?: TraceProgram | undefined;
}

/** How a recorded simulation went, and its recording. */
export interface Recorded<T> extends RunResult<T> {
  /** One digest of the whole run: equal for equal runs, on every host. */
  readonly fingerprint: string;
  /** The events, to be replayed, shown or written to a file. */
  readonly trace: Trace;
}

/** A recorder, and the options that make a simulation tell it. It hears of an event before other probes may throw. */
function prepare(options: RecordOptions): {
  readonly taker: Recorder;
  readonly observed: SimulateOptions;
} {
  checkNames(options, ["program", ...optionNames]);
  const { program, ...rest } = options;
  const taker = recorder({ program, options: rest });
  return { taker, observed: { ...rest, probes: [taker.probe, ...(rest.probes ?? [])] } };
}

function withTrace<T>(result: RunResult<T>, taker: Recorder): Recorded<T> {
  const trace = taker.trace();
  return { ...result, fingerprint: trace.fingerprint, trace };
}

/**
 * Simulates `main` and records it. Like `simulate`, it does not reject for a failure of the program:
 * failed runs are what traces are for.
 */
export async function record<R>(
  main: Main<R>,
  options: RecordOptions = {},
): Promise<Recorded<Result<R>>> {
  const { taker, observed } = prepare(options);
  return withTrace(await simulate(main, observed), taker);
}

/** As `record`, for generator functions, on the caller's stack. */
export function recordSync<R>(main: Main<R>, options: RecordOptions = {}): Recorded<Result<R>> {
  const { taker, observed } = prepare(options);
  return withTrace(simulateSync(main, observed), taker);
}
