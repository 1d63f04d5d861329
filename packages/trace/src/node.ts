/**
 * Trace files on disk, for Node.
 *
 * @packageDocumentation
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { relative, sep } from "node:path";
import { TraceError } from "./errors.ts";
import { traceParts } from "./encode.ts";
import { openTrace } from "./open.ts";
import type { Trace, TraceProgram } from "./trace.ts";

function failed(what: string, file: string, cause: unknown): TraceError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new TraceError(
    "ERR_TRACE_FILE",
    `Cannot ${what} the trace \`${file}\`: ${why}.`,
    undefined,
    cause,
  );
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  // A call may write less than it was given, for example when the disk is nearly full.
  for (let at = 0; at < bytes.length; at += writeSync(descriptor, bytes, at));
}

function writeParts(file: string, trace: Trace): void {
  const parts = traceParts(trace);
  const descriptor = openSync(file, "w");
  try {
    for (const part of parts) writeWhole(descriptor, part);
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
    writeParts(temporary, trace);
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
 * @throws TraceError: ERR_TRACE_FILE if there is none, else as `openTrace`
 */
export function readTrace(file: string): Trace {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw failed("read", file, error);
  }
  return openTrace(bytes, file);
}
