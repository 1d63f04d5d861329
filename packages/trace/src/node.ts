/**
 * Trace files on disk, for Node.
 *
 * @packageDocumentation
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { relative, sep } from "node:path";
import { failed } from "./node/file-recorder.ts";
import { openTrace } from "./open.ts";
import type { Trace, TraceProgram } from "./trace.ts";

export {
  fileRecorder,
  type FileRecorder,
  recordToFile,
  type RecordedToFile,
  type RecordToFileOptions,
  writeTrace,
} from "./node/file-recorder.ts";

/**
 * What a trace says of the program in file `path`, called with `args`: its path from the working
 * directory, with slashes, and the digest of its text: 64 bits in hexadecimal, enough to tell
 * versions apart, and readable; and what the command wrapped its main in.
 */
export function programOf(
  path: string,
  args: readonly string[] = [],
  ambient: TraceProgram["ambient"] = [],
): TraceProgram {
  const file = relative(process.cwd(), path).replaceAll(sep, "/");
  const digest = createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 16);
  const program = { file, export: "default", args, digest };
  return ambient.length === 0 ? program : { ...program, ambient };
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
