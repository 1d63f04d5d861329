import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { type Result, type RunResult, simulate, type SimulateOptions } from "@tickless/core";
import { traceParts } from "../encode.ts";
import { TraceError } from "../errors.ts";
import { checkTrace } from "../input.ts";
import type { Level } from "../levels.ts";
import type { Main } from "../main.ts";
import { type Recorder, recorder, type RecorderOptions } from "../recorder.ts";
import type { Trace, TraceProgram } from "../trace.ts";

// Those of the host, also where a run has them virtualised.
const { setInterval, clearInterval } = globalThis;

/**
 * How often what happened since the last whole chunk is written, in ms of real time: a process that is
 * killed loses no more than that. It is done between two slices of a run.
 */
const FLUSH_MS = 200;

/** What could not be done with a trace file, and why. */
export function failed(what: string, file: string, cause: unknown): TraceError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TraceError(
    "ERR_TRACE_FILE",
    `Cannot ${what} the trace \`${file}\`: ${why}.`,
    undefined,
    cause,
  );
}

/** What cannot be replaced by a file, or, as a device, must not be. */
function checkReplaced(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || stats.isFile()) return;
  const what = stats.isDirectory() ? "a folder" : "a device, a pipe or a socket";
  throw new Error(`it is ${what}`);
}

/** A file that appears under its name when it is whole, and stands beside it until then. */
class PendingFile {
  readonly path: string;
  readonly #file: string;
  readonly #descriptor: number;
  #isOpen = true;
  #error: TraceError | null = null;

  constructor(file: string) {
    this.#file = file;
    this.path = `${file}.${process.pid}.tmp`;
    try {
      checkReplaced(file);
      this.#descriptor = openSync(this.path, "w");
    } catch (error) {
      throw failed("write", file, error);
    }
  }

  write(bytes: Uint8Array): void {
    if (this.#error !== null) throw this.#error;
    try {
      // A call may write less than it was given, for example when the disk is nearly full.
      for (let at = 0; at < bytes.length; at += writeSync(this.#descriptor, bytes, at));
    } catch (error) {
      this.discard();
      throw (this.#error = failed("write", this.#file, error));
    }
  }

  /** Gives it its name. */
  keep(): void {
    if (this.#error !== null) throw this.#error;
    try {
      this.#close();
      renameSync(this.path, this.#file);
    } catch (error) {
      rmSync(this.path, { force: true });
      throw failed("write", this.#file, error);
    }
  }

  discard(): void {
    this.#close();
    rmSync(this.path, { force: true });
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#descriptor);
    this.#isOpen = false;
  }
}

/**
 * Writes a trace file. It appears whole or not at all: what was there before stays until then.
 *
 * @throws TraceError (ERR_TRACE_FILE) if the file cannot be written
 */
export function writeTrace(file: string, trace: Trace): void {
  checkTrace("trace", trace);
  const pending = new PendingFile(file);
  try {
    for (const part of traceParts(trace)) pending.write(part);
  } catch (error) {
    pending.discard();
    throw error instanceof TraceError ? error : failed("write", file, error);
  }
  pending.keep();
}

/** A recorder whose trace goes to a file. */
export interface FileRecorder extends Pick<Recorder, "probe" | "probes" | "fingerprint" | "flush"> {
  /** Where what is recorded stands until `finish`; a ring is in memory until then. */
  readonly path: string;
  /**
   * Finishes the file, which then gets its name; it is to be called when the run has ended. `hasFailed`
   * says how, for a ring that is written `on: "failure"` alone. Answers whether there is a file.
   * Throws TraceError (ERR_TRACE_FILE).
   */
  finish(hasFailed?: boolean): boolean;
}

/**
 * Records one run in a file. With level `all` (the default) the file grows as the run goes on, beside its
 * place as `FILE.PID.tmp`. If the process dies, or is killed, that one can be opened, and has all but the last
 * 200 ms of real time (of a run on the caller's stack, `runSync`, all but the last 8,192 events). A ring is written
 * at the end.
 *
 * @throws TraceError (ERR_TRACE_FILE) at once if the file cannot be written; a disk that is full later
 *   fails the run
 */
export function fileRecorder(
  file: string,
  options: Omit<RecorderOptions, "write"> = {},
): FileRecorder {
  const { level = "all" } = options;
  if (level !== "all") return ringRecorder(file, level, recorder(options));
  const pending = new PendingFile(file);
  let timer: ReturnType<typeof setInterval> | null = null;
  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
  };
  const flush = (): void => {
    try {
      if (!taker.flush()) stop();
    } catch {
      // Thrown here it would end the process. It is thrown again by the next write, which fails the run.
      stop();
    }
  };
  const write = (part: Uint8Array): void => {
    pending.write(part);
    timer ??= setInterval(flush, FLUSH_MS).unref();
  };
  const taker = recorder({ ...options, write });
  return {
    path: pending.path,
    flush: () => taker.flush(),
    probe: taker.probe,
    probes: taker.probes,
    fingerprint: () => taker.fingerprint(),
    finish: () => {
      stop();
      taker.finish();
      pending.keep();
      return true;
    },
  };
}

function ringRecorder(file: string, level: Level, taker: Recorder): FileRecorder {
  const isRing = typeof level === "object";
  // Better known now than after the run.
  if (isRing) new PendingFile(file).discard();
  return {
    path: file,
    flush: () => false,
    probe: taker.probe,
    probes: taker.probes,
    fingerprint: () => taker.fingerprint(),
    finish: (hasFailed = false) => {
      if (!isRing || (level.on === "failure" && !hasFailed)) return false;
      writeTrace(file, taker.trace());
      return true;
    },
  };
}

/** Options of `recordToFile`: those of `simulate`, the program's identity, and how much is kept. */
export interface RecordToFileOptions extends SimulateOptions {
  /** Which program this is. A trace of a named program is replayed with that program alone. */
  readonly program?: TraceProgram | undefined;
  /** How much is kept. Default: `all`. */
  readonly level?: Level | undefined;
}

/** How a simulation went that was recorded in a file. */
export interface RecordedToFile<T> extends RunResult<T> {
  /** One digest of the whole run: equal for equal runs, on every host. */
  readonly fingerprint: string;
  /** Whether there is a file: not at levels that write none. */
  readonly written: boolean;
}

/**
 * Simulates `main` and records it in a file.
 *
 * @throws TraceError (ERR_TRACE_FILE) if the file cannot be written: before the run if that is known
 *   then, else with the result of the run in its `result`
 */
export async function recordToFile<R>(
  file: string,
  main: Main<R>,
  options: RecordToFileOptions = {},
): Promise<RecordedToFile<Result<R>>> {
  const { program, level, ...rest } = options;
  const taker = fileRecorder(file, { program, level, options: rest });
  const result = await simulate(main, {
    ...rest,
    probes: [...taker.probes, ...(rest.probes ?? [])],
  });
  const { outcome } = result;
  const hasFailed = outcome?.status === "rejected";
  if (hasFailed && outcome.reason instanceof TraceError) throw withResult(outcome.reason, result);
  try {
    const written = taker.finish(hasFailed);
    return { ...result, fingerprint: taker.fingerprint(), written };
  } catch (error) {
    throw error instanceof TraceError ? withResult(error, result) : error;
  }
}

function withResult(error: TraceError, result: RunResult<unknown>): TraceError {
  error.result = result;
  return error;
}
