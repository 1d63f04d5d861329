import { parseTrace } from "./parse.ts";
import type { Trace } from "./trace.ts";

/**
 * Opens the bytes of a trace file.
 *
 * @param name what errors call it, for example the path of the file
 */
export function openTrace(bytes: Uint8Array, name = "trace"): Trace {
  return parseTrace(new TextDecoder().decode(bytes), name);
}
