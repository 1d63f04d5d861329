import { type SimulateOptions, UsageError } from "@tickless/core";
import type { Probe } from "@tickless/core/kit";
import type { EventOf, TraceEvent } from "./event.ts";
import { traceOf } from "./event-list.ts";
import { eventProbe } from "./event-probe.ts";
import { Fingerprint } from "./fingerprint.ts";
import {
  ENGINE_VERSION,
  FORMAT_VERSION,
  type Trace,
  traceOptions,
  type TraceHeader,
  type TraceProgram,
} from "./trace.ts";

/** Options of `recorder`. */
export interface RecorderOptions {
  /** Which program is recorded. Default: none that has a name. */
  readonly program?: TraceProgram | undefined;
  /** The options of the run, of which the header keeps what a replay must repeat. Default: none. */
  readonly options?: SimulateOptions | undefined;
  /** false: only the fingerprint, in memory that does not grow with the events. Default: true. */
  readonly keepEvents?: boolean | undefined;
}

/** Records one run. */
export interface Recorder {
  /** To be handed to the run: `run(main, { probes: [recorder.probe] })`. */
  readonly probe: Probe;
  /** What was recorded so far. Throws UsageError before the run, and with `keepEvents: false`. */
  trace(): Trace;
  /** Fingerprint of what was recorded so far. */
  fingerprint(): string;
}

function usage(code: string, message: string): UsageError {
  return new UsageError(code, message);
}

function headerOf(
  { seed, now: start, timeUnit }: EventOf<"begin">,
  options: NonNullable<RecorderOptions["options"]>,
  program: TraceProgram | null,
): TraceHeader {
  return {
    format: "tickless-trace",
    version: FORMAT_VERSION,
    engine: ENGINE_VERSION,
    seed,
    start,
    timeUnit,
    options: traceOptions(options),
    program,
  };
}

/**
 * A probe that records one run: its events, and their fingerprint. Recording changes neither order
 * nor times (rule S8).
 */
export function recorder(options: RecorderOptions = {}): Recorder {
  const { program = null, options: runOptions = {}, keepEvents = true } = options;
  const fingerprint = new Fingerprint();
  const events: TraceEvent[] = [];
  let begin: EventOf<"begin"> | null = null;

  const take = (event: TraceEvent): void => {
    if (event.kind === "begin") {
      if (begin !== null) {
        throw usage(
          "ERR_RECORDER_USED",
          "A recorder records one run, and this one has been given to a second. Make a new one: `recorder()`.",
        );
      }
      begin = event;
    }
    fingerprint.add(event);
    if (keepEvents) events.push(event);
  };

  const trace = (): Trace => {
    if (!keepEvents) {
      throw usage(
        "ERR_NO_EVENTS",
        "This recorder keeps no events (`keepEvents: false`), so it has no trace.",
      );
    }
    if (begin === null) {
      throw usage(
        "ERR_NOTHING_RECORDED",
        "Nothing was recorded yet. Hand the probe to a run: `run(main, { probes: [recorder.probe] })`.",
      );
    }
    const header = headerOf(begin, runOptions, program);
    return traceOf(header, [...events], [], fingerprint.toString());
  };

  return { probe: eventProbe(take), trace, fingerprint: () => fingerprint.toString() };
}
