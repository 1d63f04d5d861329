import { TraceError } from "./errors.ts";
import type { TraceProgram } from "./trace.ts";

function nameOf(program: TraceProgram): string {
  const file = program.file.replaceAll("\\", "/").replace(/^\.\//, "");
  return program.export === "default" ? file : `${file} (export ${program.export})`;
}

function wrapping({ ambient = [] }: TraceProgram): string {
  return ambient.length === 0 ? "no wrapping" : ambient.map((name) => `\`${name}\``).join(" and ");
}

/**
 * Holds the program to be replayed against the recorded one. Answers what differs in words, null if
 * nothing does or one of them has no name.
 *
 * @throws TraceError if they are different programs and `force` is not set
 */
export function identify(
  recorded: TraceProgram | null,
  given: TraceProgram | undefined,
  force: boolean,
): string | null {
  if (recorded === null || given === undefined) return null;
  const [one, other] = [nameOf(recorded), nameOf(given)];
  if (one !== other) {
    if (force) return `the trace was recorded from ${one}; this is ${other}.`;
    throw new TraceError(
      "ERR_TRACE_PROGRAM",
      `This trace was recorded from ${one}, not from ${other}. Replay it with that program; to compare ` +
        "the two all the same, force it.",
    );
  }
  if (recorded.digest !== given.digest) {
    return `${one} has changed since it was recorded (digest ${recorded.digest} then, ${given.digest} now).`;
  }
  const [then, now] = [wrapping(recorded), wrapping(given)];
  if (then !== now) return `it was recorded with ${then}, and is run with ${now}.`;
  if (JSON.stringify(recorded.args) === JSON.stringify(given.args)) return null;
  const shown = (args: readonly string[]): string => JSON.stringify(args);
  return `the arguments are others than recorded (${shown(recorded.args)} then, ${shown(given.args)} now).`;
}

/** Whether the program to be replayed is known to be the recorded one: its text and its arguments. */
export function isUnchanged(
  recorded: TraceProgram | null,
  given: TraceProgram | undefined,
): boolean {
  if (recorded === null || given === undefined) return false;
  return recorded.digest === given.digest && identify(recorded, given, true) === null;
}
