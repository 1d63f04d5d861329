import type { Command } from "commander";
import type { TraceProgram } from "@tickless/trace";
import { CommandError } from "./failure.ts";
import type { Installation } from "./installation.ts";
import { type Loading, loadMain, type Main, type ProgramFile } from "./program.ts";

/** What the main of a program is wrapped in, from the inside out. */
export type Ambience = NonNullable<TraceProgram["ambient"]>;

/** As `--virtualize`, `--start-date` and `--guard` are given. */
export interface AmbientOptions {
  readonly virtualize?: true | undefined;
  readonly startDate?: string | undefined;
  readonly guard?: true | undefined;
}

/** What stands before the date in an entry of an ambience, and in a command line. */
const START_DATE = "start-date=";

/** The date as a recording has it: the same instant in every time zone. */
function dateOf(text: string): string {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new CommandError(
    "ERR_OPTION_VALUE",
    `Expected \`--start-date\` to be a date, got \`${text}\`: \`--start-date 2026-01-31T12:00:00Z\`.`,
  );
}

/** Adds `--virtualize`, `--start-date` and `--guard`; `note` stands behind what they say of themselves. */
export function addAmbientOptions(command: Command, note = ""): Command {
  return command
    .option(
      "--virtualize",
      `timers, dates, clocks and chance of the host follow virtual time and the seed${note}`,
    )
    .option(
      "--start-date <date>",
      `the date at which a virtualized run begins (default: 2000-01-01)${note}`,
      dateOf,
    )
    .option("--guard", `refuse real I/O, and what of the host no seed controls${note}`);
}

export function ambienceOf({ virtualize, startDate, guard }: AmbientOptions): Ambience {
  if (startDate !== undefined && virtualize !== true) {
    throw new CommandError(
      "ERR_OPTION_VALUE",
      "`--start-date` is for a virtualized run: add `--virtualize`.",
    );
  }
  return [
    ...(virtualize === true ? ["virtualize" as const] : []),
    ...(startDate === undefined ? [] : [`${START_DATE}${startDate}` as const]),
    ...(guard === true ? ["guard" as const] : []),
  ];
}

/** The options that ask for it, as they stand in a command line. */
export function flagsOf(ambience: Ambience | undefined): string {
  return (ambience ?? []).map((name) => ` --${name}`).join("");
}

function startDateOf(ambience: Ambience): string | undefined {
  return ambience.find((name) => name.startsWith(START_DATE))?.slice(START_DATE.length);
}

/** Checks that a trace asks for what there is. */
function checkKnown(ambience: readonly string[]): void {
  const unknown = ambience.find((name) => !/^(virtualize|guard|start-date=.*)$/.test(name));
  if (unknown === undefined) return;
  throw new CommandError(
    "ERR_TRACE_PROGRAM",
    `The program was recorded with \`--${unknown}\`, which this Tickless does not have. Update: ` +
      "`npm install tickless@latest`.",
  );
}

/**
 * Loads a program and answers its main, as `ambience` has it. What the modules of the program save of the
 * host while they are loaded is routed in the run too.
 */
export async function loadAmbientMain(
  program: ProgramFile,
  tickless: Installation,
  ambience: Ambience,
  loading?: Loading,
): Promise<Main> {
  checkKnown(ambience);
  if (ambience.length === 0) return loadMain(program, tickless, loading);
  const { guard, register, virtualize } = await tickless.loadAmbient();
  register();
  const main = await loadMain(program, tickless, loading);
  const inner = ambience.includes("virtualize")
    ? virtualize(main, { startDate: startDateOf(ambience) })
    : main;
  return ambience.includes("guard") ? guard(inner) : inner;
}
