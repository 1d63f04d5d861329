// Where the demo's files are, and how one would name them in a command line.
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Path of a file in the demo's own folder. */
export function besideDemo(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Where the recording of the day is left: beside the demo, or in the folder `DEMO_OUT`. */
export const dayTraceFile: string = join(process.env["DEMO_OUT"] ?? besideDemo("."), "day.trace");

/** A path as one would type it. */
export function typed(path: string): string {
  return relative(process.cwd(), path).replaceAll(sep, "/");
}
