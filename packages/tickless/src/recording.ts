import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { CommandError } from "./failure.ts";
import type { ProgramFile } from "./program.ts";

/** Checks, before the program runs, that its recording can be written to `file` afterwards. */
export function checkRecordingFile(file: string, program: ProgramFile): void {
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
  for (const needed of [folder, path]) {
    if (!existsSync(needed)) continue;
    try {
      accessSync(needed, constants.W_OK);
    } catch (cause) {
      throw notWritable(file, cause);
    }
  }
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
