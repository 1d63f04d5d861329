import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { TimeTravel, Trace } from "@tickless/trace";
import { CommandError, ticklessCode } from "./failure.ts";
import type { Installation } from "./installation.ts";

/** How many tasks a message lists. */
const MOST_NAMED = 10;

/** The latest recording that was to become `file`, and whose process has not finished it. */
function unfinished(file: string): string | undefined {
  const folder = dirname(file);
  const isOne = (name: string): boolean =>
    name.startsWith(`${basename(file)}.`) && /\.\d+\.tmp$/.test(name);
  try {
    return readdirSync(folder)
      .filter(isOne)
      .map((name) => join(folder, name))
      .toSorted((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs)
      .at(-1);
  } catch {
    // There is no such folder.
    return undefined;
  }
}

/** Checks that there is a file `file`. */
export function checkTraceFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() === true) return;
  const what = stats === undefined ? "does not exist" : "is not a file";
  const left = stats === undefined ? unfinished(file) : undefined;
  if (left !== undefined) {
    throw new CommandError(
      "ERR_TRACE_NOT_FOUND",
      `The trace \`${file}\` does not exist, but the recording of a run that was killed, or that still goes on: ` +
        `\`${left}\`. Name that one.`,
    );
  }
  throw new CommandError(
    "ERR_TRACE_NOT_FOUND",
    `The trace \`${file}\` ${what}. Record one: \`tickless run program.ts --record ${file}\`.`,
  );
}

/** Reads a trace as far as it is whole; what is missing goes to stderr. */
export async function loadTrace(file: string, tickless: Installation): Promise<Trace> {
  const trace = await openTrace(file, tickless);
  for (const notice of trace.notices) process.stderr.write(`notice: ${file}: ${notice}\n`);
  return trace;
}

/**
 * As `loadTrace`, for a command whose own output tells what is missing. What is no trace is a mistake of
 * whoever named it.
 */
export async function openTrace(file: string, tickless: Installation): Promise<Trace> {
  const { readTrace } = await tickless.loadTraceFiles();
  try {
    return readTrace(file);
  } catch (error) {
    const code = ticklessCode(error) ?? (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    const message = (error as Error).message;
    throw new CommandError(code, message.includes(file) ? message : `\`${file}\`: ${message}`);
  }
}

/** Checks that a trace has a task with this path. */
export function checkTask(path: string, travel: TimeTravel, file: string): void {
  const paths: string[] = [];
  let more = false;
  for (const event of travel.search({ kind: "name" })) {
    if (event.kind !== "name" || event.type !== "task") continue;
    const own = travel.index.pathOf(event.id);
    if (own === path) return;
    if (paths.length < MOST_NAMED) paths.push(own);
    else more = true;
  }
  throw new CommandError(
    "ERR_NO_SUCH_TASK",
    `The trace \`${file}\` has no task \`${path}\`. Its tasks: ${paths.join(", ")}${more ? ", …" : ""}.`,
  );
}
