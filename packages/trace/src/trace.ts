import type { SimulateOptions } from "@tickless/core";
import type { Drive } from "@tickless/core/kit";
import type { EventOf, TraceEvent } from "./event.ts";
import type { TraceNote } from "./note.ts";

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
  /**
   * What the command wrapped its main in, from the inside out; `start-date=` is followed by the ISO date at
   * which a virtualized run begins. Default: nothing.
   */
  readonly ambient?: readonly ("virtualize" | "guard" | `start-date=${string}`)[] | undefined;
  /** Whether its awaits were rewritten to hand over (rule S10.10); a replay then does so too. Default: false. */
  readonly handOvers?: boolean | undefined;
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
  /** How late timers could be. Absent: they could not. */
  readonly jitter?:
    | {
        /** The latest, in time units. */
        readonly upTo: number;
        /** In how many equal parts of it. */
        readonly steps: number;
      }
    | undefined;
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
  /**
   * Who drove the run: `run` and `runSync` cancel at the end of main what it has left behind, `simulate` and
   * `simulateSync` do not, and a replay does the same. `loop` and `runner`: the program did it itself, with
   * a Loop or a Runner; such a run has no main to call again, so it cannot be replayed. Files of format 1.0
   * do not say it, and are taken for `simulate`.
   */
  readonly drive: Drive;
  /** What else a replay repeats. */
  readonly options: TraceOptions;
  /** null: recorded from a function that belongs to no named program. */
  readonly program: TraceProgram | null;
}

/** What all events before a certain one hash to. */
export interface TraceCut {
  /** Number of the event that comes next. */
  readonly event: number;
  /** 32 hexadecimal digits. */
  readonly digest: string;
}

/**
 * A recorded run, wherever it is kept. Events are made when they are asked for, so a trace of a
 * million events is no million objects: go through `events()`, or ask for single ones.
 */
export interface TraceSource {
  /** What is known before the first event. */
  readonly header: TraceHeader;
  /** How many events are there (decision and check events; notes do not count). */
  readonly length: number;
  /** Number of the first event that is there: 1, or more where a ring has let go of earlier ones. */
  readonly first: number;
  /** Number of the last event that is there; `first − 1` if none is. */
  readonly last: number;
  /** The digest of all events of the run, with the letters that say what it covers. */
  readonly fingerprint: string;
  /** Whether all events of the run are there, from `begin` to `end`. */
  readonly complete: boolean;
  /** What is missing, damaged or unknown, in sentences; empty where all is well. */
  readonly notices: readonly string[];
  /** Event number `n`, counted from 1. Throws RangeError for one that is not there. */
  event(n: number): TraceEvent;
  /** Events number `from` up to and with `to`, as far as they are there. Default: all. */
  events(from?: number, to?: number): IterableIterator<TraceEvent>;
  /** Virtual time before the first event that is there. Absent: that at which the run starts. */
  readonly startTime?: number | undefined;
  /**
   * Names of tasks and objects, also of those whose events a ring has let go of, in order. Absent where
   * the `name` events are all there is.
   */
  readonly names?: readonly EventOf<"name">[] | undefined;
  /**
   * The digests at fixed numbers of events, one a chunk: that of all events before number `event`. Where
   * two traces have the same one, they have the same events up to there. Absent for lists of events.
   */
  readonly cuts?: readonly TraceCut[] | undefined;
  /**
   * What no reader of events needs: the chunks of the file, as bytes, if there are any.
   *
   * @internal
   */
  readonly chunks?: readonly Uint8Array[] | undefined;
  /** The notes that hang on events number `from` up to and with `to`. Default: all. */
  notes(from?: number, to?: number): IterableIterator<TraceNote>;
}

/** A recorded run. */
export type Trace = TraceSource;

/** The version of the format that this package writes and reads. */
export const FORMAT_VERSION = 1;

/** What was added to the format since. A reader skips what it does not know, and says so. */
export const MINOR_VERSION = 1;

/** Version of Tickless. All packages share it. */
export const ENGINE_VERSION = "0.1.0";

function limit(value: number | undefined): number | null {
  return value === undefined || value === Infinity ? null : value;
}

/** What of the options of a run its replay has to repeat. */
export function traceOptions(options: SimulateOptions): TraceOptions {
  const { jitter } = options;
  return {
    until: options.until ?? null,
    maxSteps: limit(options.maxSteps),
    maxStepsPerInstant: limit(options.maxStepsPerInstant),
    policy: options.policy !== undefined && options.policy.fifo !== true,
    ...(jitter === undefined ? {} : { jitter: { upTo: jitter.upTo, steps: jitter.steps ?? 4 } }),
  };
}
