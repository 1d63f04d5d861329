import { inspect } from "node:util";
import type { TicklessError } from "@tickless/core";
import { type HidesFrame, withoutFrames } from "./frames.ts";
import type { Colors } from "./terminal.ts";

/** What the process ends with. */
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
/** 128 and the number of SIGINT, as shells have it. */
export const EXIT_INTERRUPTED = 130;

/** The exit codes, as every `--help` tells them. */
export const EXIT_CODES = `
Exit codes:
    0  the program ended well, or the replay, the runs or the recordings were the same
    1  the program failed (also in the same way in every run of \`check\`), or a task or a callback
       of it did and nobody looked; or the replay, the runs or the recordings differed
    2  the command was used wrongly: a bad option, a missing file, no main, a damaged trace
  130  SIGINT (Ctrl-C) ended the run; a recording is written as far as it goes`;

/** A mistake in the command line or in what it names. It is shown without a stack. */
export class CommandError extends Error {
  /** Stable across versions: scripts may look for it, messages may change. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "CommandError";
    this.code = code;
  }
}

/** A CommandError, as it is printed. */
export function describeMistake(error: CommandError, colors: Colors): string {
  return `${colors.red("error")} [${error.code}]: ${error.message}\n`;
}

/** Brand of all errors of Tickless, whichever copy of it made them. */
const brand = Symbol.for("tickless.error");

function isTicklessError(error: unknown): error is TicklessError {
  return typeof error === "object" && error !== null && brand in error;
}

/** Code of an error of Tickless; undefined for any other. */
export function ticklessCode(error: unknown): string | undefined {
  return isTicklessError(error) ? error.code : undefined;
}

/** Whose stack has no line of the program: it was made between two steps. */
const withoutStack = new Set([
  "ERR_DEADLOCK",
  "ERR_LIMIT",
  "ERR_PROBE_FAILED",
  "ERR_UNHANDLED_REJECTION",
]);

/** An error of the program: with its stack, and with the stacks of its causes. `hides` says which frames are left out. */
export function describeFailure(
  error: unknown,
  colors: Colors,
  hides: HidesFrame = () => false,
): string {
  if (!isTicklessError(error) || !withoutStack.has(error.code)) {
    const text = inspect(error, { colors: colors.isColorSupported });
    return `${error instanceof Error ? withoutFrames(text, error, hides) : text}\n`;
  }
  const message = `${colors.red(error.name)} [${error.code}]: ${error.message}\n`;
  if (error.cause === undefined) return message;
  return `${message}${describeFailure(error.cause, colors, hides)}`;
}
