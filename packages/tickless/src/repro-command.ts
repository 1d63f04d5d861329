import type * as traceModule from "@tickless/trace";
import { type Ambience, flagsOf } from "./ambience.ts";

/** An argument as a POSIX shell takes it. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** Longer lines fill a terminal; then the recording is the better thing to hand on. */
const LONGEST_LINE = 1000;

/** Whether an argument of the command is a repro line and no file. */
export function isReproLine(text: string): boolean {
  return /^tk\d+:/.test(text.trim());
}

/** The command that takes the course of a run again; null for a course that is too long for a line. */
export function reproCommand(
  line: ReturnType<typeof traceModule.reproLine>,
  program: string,
  args: readonly string[],
  ambience: Ambience = [],
): string | null {
  if (line === null || line.length > LONGEST_LINE) return null;
  return `npx tickless replay ${line} ${commandRest(program, args, ambience)}`;
}

/** A program, its options and its arguments, as they stand in a command. */
export function commandRest(
  program: string,
  args: readonly string[],
  ambience: Ambience = [],
): string {
  const rest = args.length === 0 ? "" : ` -- ${args.map(quoted).join(" ")}`;
  return `${quoted(program)}${flagsOf(ambience)}${rest}`;
}
