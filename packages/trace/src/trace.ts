import type { SimulateOptions } from "@tickless/core";
import type { TraceEvent } from "./event.ts";

/** Which program a trace is of. */
export interface TraceProgram {
  /** Path relative to the working directory, with `/`. */
  readonly file: string;
  /** Name of the export that was called. */
  readonly export: string;
  /** What it was given. */
  readonly args: readonly string[];
  /** Digest of the source: another one means another version of the program. */
  readonly digest: string;
}

/** Options of the run that its replay repeats; null: the default. */
export interface TraceOptions {
  /** The time to which it ran; null: to the end of main. */
  readonly until: number | null;
  /** Most steps of the run; null: no limit. */
  readonly maxSteps: number | null;
  /** Most steps at one instant; null: the default of the engine. */
  readonly maxStepsPerInstant: number | null;
  /** Whether a policy chose what runs next; then the trace has the choices. */
  readonly policy: boolean;
}

/** What a trace says about its run before the first event. */
export interface TraceHeader {
  /** By which a file is known to be a trace. */
  readonly format: "tickless-trace";
  /** Of the format. A reader refuses a newer one. */
  readonly version: 1;
  /** Version of Tickless that recorded it. */
  readonly engine: string;
  /** Root of all random streams. */
  readonly seed: string;
  /** Virtual time at the start. */
  readonly start: number;
  /** Label of the time unit: `ms`, `s`, `min`, `h` or `none`. */
  readonly timeUnit: string;
  /** What else a replay repeats. */
  readonly options: TraceOptions;
  /** null: recorded from a function that belongs to no named program. */
  readonly program: TraceProgram | null;
}

/** A recorded run, as plain data. */
export interface Trace {
  /** What is known before the first event. */
  readonly header: TraceHeader;
  /** In order: event number n stands at index n − 1. */
  readonly events: readonly TraceEvent[];
  /** The digest of all events, with the letters that say what it covers. */
  readonly fingerprint: string;
}

/** The version of the format that this package writes and reads. */
export const FORMAT_VERSION = 1;

/** Version of Tickless. All packages share it. */
export const ENGINE_VERSION = "0.1.0";

function limit(value: number | undefined): number | null {
  return value === undefined || value === Infinity ? null : value;
}

/** What of the options of a run its replay has to repeat. */
export function traceOptions(options: SimulateOptions): TraceOptions {
  return {
    until: options.until ?? null,
    maxSteps: limit(options.maxSteps),
    maxStepsPerInstant: limit(options.maxStepsPerInstant),
    policy: options.policy !== undefined && options.policy.fifo !== true,
  };
}
