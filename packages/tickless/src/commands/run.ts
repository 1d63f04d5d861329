import { writeSync } from "node:fs";
import type { Command } from "commander";
import type { TimeUnit } from "@tickless/core";
import {
  addAmbientOptions,
  ambienceOf,
  type AmbientOptions,
  loadAmbientMain,
} from "../ambience.ts";
import {
  CommandError,
  describeMistake,
  EXIT_CODES,
  EXIT_FAILED,
  EXIT_INTERRUPTED,
  EXIT_USAGE,
} from "../failure.ts";
import { hiddenFrames } from "../frames.ts";
import { installationOf } from "../installation.ts";
import { Sigint } from "../interrupt.ts";
import { findProgram } from "../program.ts";
import { ExceptionCount } from "../reports.ts";
import { checkRecordingFile } from "../recording.ts";
import { type Simulation, simulationOf } from "../simulation.ts";
import { untilSettled } from "../stall.ts";
import { counted, type Ending, printOutcome, summarize, timeText } from "../summary.ts";
import { colorsFor } from "../terminal.ts";
import { textOf, timeOf, timeUnitOf } from "../values.ts";

interface Options extends AmbientOptions {
  readonly seed?: string;
  readonly record?: string;
  readonly until?: number;
  readonly timeUnit: TimeUnit;
  readonly debug?: true;
  readonly force?: true;
}

/** What wants to know where tasks wait. */
const stalls = new Set(["deadlock", "limit"]);
const DEBUG_HINT = "Run it with --debug to see where in the program that is.";

/** After so much real time Ctrl-C is answered by what the program was doing. */
const HOLD_AFTER_MS = 300;

/** As rule S9 has it. */
const DEFAULT_SEED = "0";

const EXAMPLES = `
Examples:
  tickless run pipeline.ts
  tickless run pipeline.ts --seed 7 --record pipeline.trace
  tickless run service.ts --virtualize --guard
  tickless run pipeline.ts --until 86400000 -- jobs.csv --workers 4`;

const readSeed = textOf("--seed", "a text that is not an option", "7");
const readOut = textOf("--record", "the file to write", "run.trace");

/** `tickless run FILE`: runs a program, and records it if asked to. */
export function addRun(commands: Command): void {
  const command = commands
    .command("run")
    .summary("run a program in virtual time")
    .description(
      "Calls the default export of a TypeScript or JavaScript file in virtual time, as " +
        "main({ args }), and prints what it returns. A summary goes to stderr.",
    )
    .argument("<file>", "the program")
    .argument("[args...]", "what main gets as `args`; write -- before the first that begins with -")
    .option("-s, --seed <seed>", `root of all random streams (default: ${DEFAULT_SEED})`, readSeed)
    .option("-r, --record <out>", "write a recording of the run to this file", readOut)
    .option("-f, --force", "let --record overwrite what is no recording of this program")
    .option("-u, --until <time>", "end at this virtual time, not with main", timeOf("--until"))
    .option(
      "-t, --time-unit <unit>",
      "what a time unit is called: ms, s, min, h or none",
      timeUnitOf("--time-unit"),
      "ms" as const,
    )
    .option(
      "-d, --debug",
      "tell on stderr what goes wrong in silence, and where (TICKLESS_DEBUG=1)",
    );
  addAmbientOptions(command).addHelpText("after", `${EXAMPLES}\n${EXIT_CODES}`).action(runProgram);
}

async function runProgram(file: string, args: string[], options: Options): Promise<void> {
  const { record: out, force, virtualize, startDate, guard, ...ofRun } = options;
  const ambience = ambienceOf({ virtualize, startDate, guard });
  const program = findProgram(file, "Write the path of a file: `tickless run path/to/program.ts`.");
  if (out !== undefined) checkRecordingFile(out, program, force === true);
  const tickless = installationOf(program.path);
  const hides = await hiddenFrames(tickless, options.debug);
  const exceptions = new ExceptionCount();
  const simulation = await simulationOf(tickless, {
    program,
    args,
    out,
    ambience,
    options: { ...ofRun, exceptionHandler: exceptions.handler },
  });
  const main = await loadAmbientMain(program, tickless, ambience);
  const started = performance.now();
  const conclude = (end: Ending): void => {
    process.off("exit", died);
    sigint?.endWatch();
    const wallTimeMs = performance.now() - started;
    const { count } = exceptions;
    const { saved, failure } = saving(simulation);
    if (stalls.has(end.reason) && !simulation.debugs()) process.stderr.write(`${DEBUG_HINT}\n`);
    const notes = [
      ...(count === 0 ? [] : [`${counted(count, "exception")} that nobody has caught`]),
      `seed ${options.seed ?? DEFAULT_SEED}`,
      ...saved,
    ];
    process.stderr.write(
      summarize(end, options.timeUnit, wallTimeMs, notes, colorsFor(process.stderr)),
    );
    if (end.outcome?.status === "rejected" || count > 0) {
      process.exitCode = EXIT_FAILED;
      process.stderr.write(againLine(simulation));
    }
    // How the run went has been told; then that its recording is lost.
    if (failure !== null) throw failure;
  };
  let sigint: Sigint | null = null;
  const hold = (): void => {
    sigint = new Sigint(
      () => interrupt(simulation, conclude),
      (tell) => keepOf(simulation, tell ? options.timeUnit : null),
    );
  };
  // Most programs are over by then, and one that has only just begun may end as any process does.
  const later = out === undefined ? setTimeout(hold, HOLD_AFTER_MS).unref() : undefined;
  if (out !== undefined) hold();
  const died = (exitCode: number): void => rescue(simulation, options.timeUnit, exitCode !== 0);
  process.once("exit", died);
  try {
    const result = await untilSettled(simulation.run(main));
    printOutcome(result.outcome, hides);
    conclude(result);
  } finally {
    clearTimeout(later);
    endOf(sigint);
  }
}

// TypeScript does not see that it may have been made.
function endOf(sigint: Sigint | null): void {
  sigint?.giveBack();
}

/** Finishes the recording. A mistake, such as a full disk, is for later. */
function saving(simulation: Simulation): {
  readonly saved: readonly string[];
  readonly failure: CommandError | null;
} {
  try {
    return { saved: simulation.save(), failure: null };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { saved: [], failure: error };
  }
}

/** How to take the same course again: a line, or nothing where there is no such command. */
function againLine(simulation: Simulation): string {
  const again = simulation.repro();
  return again === null ? "" : `again: ${again}\n`;
}

/** The process ends in the middle of the run: by `process.exit()`, or by an exception of real code. */
function rescue(simulation: Simulation, timeUnit: TimeUnit, hasFailed: boolean): void {
  const { now } = simulation.progress();
  try {
    const notes = simulation.save();
    if (notes.length === 0 && !hasFailed) return;
    process.stderr.write(
      `The process ended before the run did, at ${timeText(now, timeUnit)}${
        notes.length === 0 ? "" : `: ${notes.join(", ")}`
      }\n`,
    );
    if (hasFailed) process.stderr.write(againLine(simulation));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(describeMistake(error, colorsFor(process.stderr)));
  }
}

/** A step does not end, and nothing else of the process runs: keeps what was recorded, and may tell. */
function keepOf(simulation: Simulation, timeUnit: TimeUnit | null): void {
  const file = simulation.rescue();
  if (timeUnit === null) return;
  const { now, steps } = simulation.progress();
  const task = simulation.running();
  const whose = task === null ? "" : ` of \`${task}\``;
  const kept = file === null ? "" : ` The recording so far is in ${file}.`;
  // Not process.stderr: a pipe would be written to when this step has ended.
  writeSync(
    2,
    `A step${whose} (number ${steps + 1}, at ${timeText(now, timeUnit)}) has not ended for some seconds; nothing else can ` +
      `run meanwhile. It may compute, or be a loop that waits for nothing real: \`while (!flag) await null\`. ` +
      `Ctrl-C ends the process.${kept}\n${againLine(simulation)}`,
  );
}

/** Ends the process between two steps of the program, with the recording so far. */
function interrupt(simulation: Simulation, conclude: (end: Ending) => void): void {
  const waits = simulation.waits();
  if (waits.length > 0)
    process.stderr.write(`Interrupted between two steps:\n${waits.join("\n")}\n`);
  try {
    conclude({ reason: "interrupted", ...simulation.progress(), pending: [], outcome: undefined });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(describeMistake(error, colorsFor(process.stderr)));
    process.exit(EXIT_USAGE);
  }
  process.exit(EXIT_INTERRUPTED);
}
