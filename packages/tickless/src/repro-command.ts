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

/** The commands that lead on from a schedule: one repeats it, and where that comes to an end one records it. */
export function waysOn(line: string, onward: Onward, recorded: boolean): string[] {
  const out = `${onward.program.replace(/^.*\//, "").replace(/\.\w+$/, "")}.trace`;
  const record = recorded ? [replayCommand(line, onward, ` --record ${quoted(out)}`)] : [];
  return [`again:  ${replayCommand(line, onward)}`, ...record.map((text) => `record: ${text}`)];
}

/** The command that repeats the schedule of a line. */
export function replayCommand(
  line: string,
  { program, args, ambience = [] }: Onward,
  more: string = "",
): string {
  return `npx tickless replay ${line} ${commandRest(program, args, ambience, more)}`;
}

/** What a command that leads on has to name. */
export interface Onward {
  readonly program: string;
  readonly args: readonly string[];
  readonly ambience?: Ambience;
}

/** A program, its options and its arguments, as they stand in a command. */
export function commandRest(
  program: string,
  args: readonly string[],
  ambience: Ambience = [],
  more = "",
): string {
  const rest = args.length === 0 ? "" : ` -- ${args.map(quoted).join(" ")}`;
  return `${quoted(program)}${flagsOf(ambience)}${more}${rest}`;
}
