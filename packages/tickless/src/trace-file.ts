import { statSync } from "node:fs";
import type { Trace } from "@tickless/trace";
import { CommandError, ticklessCode } from "./failure.ts";
import type { Installation } from "./installation.ts";

/** Checks that there is a file `file`. */
export function checkTraceFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() === true) return;
  const what = stats === undefined ? "does not exist" : "is not a file";
  throw new CommandError(
    "ERR_TRACE_NOT_FOUND",
    `The trace \`${file}\` ${what}. Record one: \`tickless run program.ts --record ${file}\`.`,
  );
}

/**
 * Reads a trace as far as it is whole; what is missing goes to stderr. What is no trace is a mistake of
 * whoever named it.
 */
export async function loadTrace(file: string, tickless: Installation): Promise<Trace> {
  const { readTrace } = await tickless.loadTraceFiles();
  try {
    const trace = readTrace(file);
    for (const notice of trace.notices) process.stderr.write(`notice: ${file}: ${notice}\n`);
    return trace;
  } catch (error) {
    const code = ticklessCode(error) ?? (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    const message = (error as Error).message;
    throw new CommandError(code, message.includes(file) ? message : `\`${file}\`: ${message}`);
  }
}
