/**
 * Trace files on disk, for Node.
 *
 * @packageDocumentation
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { relative, sep } from "node:path";
import { TraceError } from "./errors.ts";
import { traceLines } from "./format.ts";
import { parseTrace } from "./parse.ts";
import type { Trace, TraceProgram } from "./trace.ts";

/** Characters that go to the file in one call. */
const CHUNK = 65_536;

function failed(what: string, file: string, cause: unknown): TraceError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TraceError(
    "ERR_TRACE_FILE",
    `Cannot ${what} the trace \`${file}\`: ${why}.`,
    undefined,
    cause,
  );
}

function writeLines(file: string, trace: Trace): void {
  const descriptor = openSync(file, "w");
  try {
    let chunk = "";
    for (const line of traceLines(trace)) {
      chunk += line;
      if (chunk.length < CHUNK) continue;
      writeSync(descriptor, chunk);
      chunk = "";
    }
    writeSync(descriptor, chunk);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes a trace file. It appears whole or not at all: what was there before stays until then.
 *
 * @throws TraceError (ERR_TRACE_FILE) if the file cannot be written
 */
export function writeTrace(file: string, trace: Trace): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeLines(temporary, trace);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw failed("write", file, error);
  }
}

/**
 * What a trace says of the program in file `path`, called with `args`: its path from the working
 * directory, with slashes, and the digest of its text: 64 bits in hexadecimal, enough to tell
 * versions apart, and readable.
 */
export function programOf(path: string, args: readonly string[] = []): TraceProgram {
  const file = relative(process.cwd(), path).replaceAll(sep, "/");
  const digest = createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 16);
  return { file, export: "default", args, digest };
}

/**
 * Reads a trace file.
 *
 * @throws TraceError: ERR_TRACE_FILE if there is none, else as `parseTrace`
 */
export function readTrace(file: string): Trace {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw failed("read", file, error);
  }
  return parseTrace(text, file);
}
