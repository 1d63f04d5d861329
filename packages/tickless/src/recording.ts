import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { CommandError } from "./failure.ts";
import type { ProgramFile } from "./program.ts";

/** How much of a file is read to learn what it is. The header of a trace is far shorter. */
const LONGEST_HEADER_BYTES = 65_536;

/**
 * Checks, before the program runs, that its recording can be written to `file` afterwards. With
 * `force` it may replace whatever file is there, without it a recording of the same program alone.
 */
export function checkRecordingFile(file: string, program: ProgramFile, force: boolean): void {
  const path = resolve(file);
  if (path === program.path) {
    throw new CommandError(
      "ERR_RECORD_FILE",
      `\`--record ${file}\` would overwrite the program. Name another file: \`--record ${file}.trace\`.`,
    );
  }
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CommandError(
      "ERR_RECORD_FILE",
      `Cannot write \`--record ${file}\`: there is no folder \`${dirname(file)}\`. Make it first.`,
    );
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new CommandError(
      "ERR_RECORD_FILE",
      `Cannot write \`--record ${file}\`: it is a folder. Name a file in it: \`--record ${file}/run.trace\`.`,
    );
  }
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined) checkReplaced(file, stats, program, force);
  for (const needed of [folder, path]) {
    if (!existsSync(needed)) continue;
    try {
      accessSync(needed, constants.W_OK);
    } catch (cause) {
      throw notWritable(file, cause);
    }
  }
}

/** What of the first line of a trace tells whose it is. */
interface Header {
  readonly format?: unknown;
  readonly program?: { readonly file?: unknown } | null;
}

/** The first line of a trace; null if the file is no trace. */
function headerOf(path: string): Header | null {
  const buffer = Buffer.alloc(LONGEST_HEADER_BYTES);
  const descriptor = openSync(path, "r");
  let length = 0;
  try {
    length = readSync(descriptor, buffer);
  } finally {
    closeSync(descriptor);
  }
  const [line = ""] = buffer.toString("utf8", 0, length).split("\n", 1);
  try {
    const header = JSON.parse(line) as Header | null;
    return header?.format === "tickless-trace" ? header : null;
  } catch {
    return null;
  }
}

/** What stands in the way of a recording: undefined if it is a recording of the same program. */
function obstacle(path: string, program: ProgramFile): string | undefined {
  let header: Header | null;
  try {
    header = headerOf(path);
  } catch (error) {
    return `a file that cannot be read (${(error as Error).message})`;
  }
  if (header === null) return "a file that is no recording";
  const recorded = header.program?.file;
  if (recorded === program.name) return undefined;
  return typeof recorded === "string"
    ? `a recording of \`${recorded}\``
    : "a recording of a program without a name";
}

function checkReplaced(file: string, stats: Stats, program: ProgramFile, force: boolean): void {
  if (!stats.isFile()) {
    throw new CommandError(
      "ERR_RECORD_FILE",
      `Cannot write \`--record ${file}\`: it is a device, a pipe or a socket. Name a file, or leave ` +
        "`--record` out.",
    );
  }
  // Nothing is lost with an empty file, as `mktemp` makes it.
  const what = force || stats.size === 0 ? undefined : obstacle(resolve(file), program);
  if (what === undefined) return;
  throw new CommandError(
    "ERR_RECORD_FILE",
    `\`--record ${file}\` would overwrite ${what}. Name another file, or add \`--force\`.`,
  );
}

/** The system's own reason against writing, as a mistake. */
export function notWritable(file: string, cause: unknown): CommandError {
  // What the trace package throws has the reason in its cause.
  const { message } = ((cause as Error).cause ?? cause) as Error;
  return new CommandError(
    "ERR_RECORD_FILE",
    `Cannot write \`--record ${file}\`: ${message}. Name a file in a folder that you may write to.`,
  );
}
