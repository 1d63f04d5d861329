import { badType, checkNames } from "@tickless/core/kit";
import { type SimulateOptions, UsageError } from "@tickless/core";
import type { Drive, Probe } from "@tickless/core/kit";
import type { Chunk } from "./chunk.ts";
import { endChunk } from "./encode.ts";
import { EventEncoder } from "./encoder.ts";
import { eventProbe } from "./event-probe.ts";
import { ALL_LETTERS, checkLetters, Fingerprint, fingerprintText } from "./fingerprint.ts";
import { writeHeader } from "./header.ts";
import { bytesKept, type Level } from "./levels.ts";
import { ChunkReader } from "./open.ts";
import { Ring } from "./ring.ts";
import { SegmentWriter } from "./segments.ts";
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
  /** How much is kept. Default: `all`. */
  readonly level?: Level | undefined;
  /** What the fingerprint covers, letters of `tkscore`, `k` among them. Default: all of them. */
  readonly letters?: string | undefined;
  /**
   * Gets the parts of the trace file one after the other, as the run goes on, where `level` is `all`;
   * then nothing is kept. What it throws fails the run at once. Default: none.
   */
  readonly write?: ((part: Uint8Array) => void) | undefined;
}

/** Records one run. */
export interface Recorder {
  /** To be handed to the run: `run(main, { probes: [recorder.probe] })`. */
  readonly probe: Probe;
  /** The same as a list, which is empty at level `off`, so that nothing is asked of the run. */
  readonly probes: readonly Probe[];
  /** What was recorded so far. Throws UsageError before the run, and where no events are kept. */
  trace(): Trace;
  /** Fingerprint of what was recorded so far. */
  fingerprint(): string;
  /**
   * Hands what was recorded since the latest part to `write`, so that it is not lost if the process dies;
   * else a part is whole at 8,192 events. It may be called at any time between two steps, as often as
   * is wanted, and changes nothing about the trace. Answers whether more may come.
   */
  flush(): boolean;
  /** Hands the last parts of the file to `write`; it is to be called when the run has ended. */
  finish(): void;
}

function usage(code: string, message: string): UsageError {
  return new UsageError(code, message);
}

type Beginning = (seed: string, start: number, timeUnit: string, drive: Drive) => void;

/** An encoder that tells when the run begins, and whether it has ended. */
class RunEncoder extends EventEncoder {
  ended = false;
  readonly #begins: Beginning;

  constructor(begins: Beginning, take: ConstructorParameters<typeof EventEncoder>[0]) {
    super(take);
    this.#begins = begins;
  }

  override begin(
    event: number,
    seed: string,
    now: number,
    timeUnit: string,
    drive: Drive = "loop",
  ): void {
    this.#begins(seed, now, timeUnit, drive);
    super.begin(event, seed, now, timeUnit);
  }

  override end(event: number, reason: string): void {
    super.end(event, reason);
    this.ended = true;
  }
}

/** A recorder's state between begin and end of its run. */
class Recording implements Recorder {
  readonly probe: Probe;
  readonly #options: RecorderOptions;
  readonly #level: Level;
  readonly #encoder: RunEncoder;
  /** Where the fingerprint is to cover less than all. */
  readonly #partial: Fingerprint | null;
  readonly #ring: Ring | null;
  #header: TraceHeader | null = null;
  #finished = false;
  readonly #segments = new SegmentWriter();

  constructor(options: RecorderOptions) {
    checkNames(options, ["program", "options", "level", "letters", "write"]);
    const { level = "all", letters = ALL_LETTERS, write } = options;
    if (write !== undefined && typeof write !== "function")
      throw badType("write", "a function", write);
    this.#options = options;
    this.#level = level;
    const most = bytesKept(level);
    this.#ring = most === 0 || this.#streams ? null : new Ring(most, () => this.#encoder.strings);
    const take = this.#streams
      ? (bytes: Uint8Array) => write?.(bytes)
      : this.#ring === null
        ? null
        : (bytes: Uint8Array, chunk: Chunk) => this.#ring?.push(bytes, chunk);
    this.#encoder = new RunEncoder((...begin) => this.#begin(...begin), take);
    const covered = checkLetters(letters);
    this.#partial = covered === ALL_LETTERS ? null : new Fingerprint(covered);
    this.probe = this.#partial === null ? this.#encoder : both(this.#encoder, this.#partial);
  }

  get probes(): readonly Probe[] {
    return this.#level === "off" ? [] : [this.probe];
  }

  get #streams(): boolean {
    return this.#level === "all" && this.#options.write !== undefined;
  }

  trace(): Trace {
    if (this.#ring === null) {
      throw usage(
        "ERR_NO_EVENTS",
        'This recorder keeps no events, so it has no trace. It does with `level: "all"`, or `{ ring }`, and ' +
          "without `write`.",
      );
    }
    if (this.#header === null) {
      throw usage(
        "ERR_NOTHING_RECORDED",
        "Nothing was recorded yet. Hand the probe to a run: `run(main, { probes: [recorder.probe] })`.",
      );
    }
    const reader = new ChunkReader();
    for (const chunk of [...this.#ring.chunks, ...this.#lastParts()]) reader.add(chunk);
    return reader.trace(this.#header);
  }

  fingerprint(): string {
    return this.#partial?.toString() ?? fingerprintText(this.#encoder.digest());
  }

  flush(): boolean {
    if (this.#finished || !this.#streams) return false;
    const rest = this.#header === null ? null : this.#encoder.rest();
    const segment = rest === null ? null : this.#segments.next(rest);
    if (segment !== null) this.#options.write?.(segment);
    return !this.#encoder.ended;
  }

  finish(): void {
    if (this.#finished || !this.#streams || this.#header === null) return;
    this.#finished = true;
    for (const part of this.#lastParts()) this.#options.write?.(part);
  }

  #begin(seed: string, start: number, timeUnit: string, drive: Drive): void {
    if (this.#header !== null) {
      throw usage(
        "ERR_RECORDER_USED",
        "A recorder records one run, and this one has been given to a second. Make a new one: `recorder()`.",
      );
    }
    const { options = {}, program = null } = this.#options;
    this.#header = {
      format: "tickless-trace",
      version: FORMAT_VERSION,
      engine: ENGINE_VERSION,
      seed,
      start,
      timeUnit,
      drive,
      options: traceOptions(options),
      program,
    };
    if (this.#streams) this.#options.write?.(writeHeader(this.#header));
  }

  #lastParts(): Uint8Array[] {
    const rest = this.#encoder.rest();
    const end = endChunk(this.#encoder.last + 1, this.#encoder.digest());
    return rest === null ? [end] : [rest, end];
  }
}

/** Tells the encoder, and the fingerprint that covers less. */
function both(encoder: EventEncoder, partial: Fingerprint): Probe {
  const masked = eventProbe((event) => partial.add(event));
  const tellBoth = Object.entries(masked).map(([method, call]) => [
    method,
    (...values: unknown[]): void => {
      Reflect.apply(encoder[method as keyof Probe], encoder, values);
      Reflect.apply(call as () => void, masked, values);
    },
  ]);
  return {
    ...(Object.fromEntries(tellBoth) as Probe),
    mark: (...note) => encoder.mark(...note),
    log: (...note) => encoder.log(...note),
    counter: (...note) => encoder.counter(...note),
  };
}

/**
 * A probe that records one run: its events, its notes and its fingerprint. Recording changes neither
 * order nor times (rule S8).
 */
export function recorder(options: RecorderOptions = {}): Recorder {
  return new Recording(options);
}
