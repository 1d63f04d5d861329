import type { Command } from "commander";
import type { TimeUnit } from "@tickless/core";
import {
  CommandError,
  describeMistake,
  EXIT_CODES,
  EXIT_FAILED,
  EXIT_INTERRUPTED,
  EXIT_USAGE,
} from "../failure.ts";
import { installationOf } from "../installation.ts";
import { Sigint } from "../interrupt.ts";
import { findProgram, loadMain } from "../program.ts";
import { ExceptionCount } from "../reports.ts";
import { checkRecordingFile } from "../recording.ts";
import { type Simulation, simulationOf } from "../simulation.ts";
import { untilSettled } from "../stall.ts";
import { counted, type Ending, printOutcome, summarize } from "../summary.ts";
import { colorsFor } from "../terminal.ts";
import { textOf, timeOf, timeUnitOf } from "../values.ts";

interface Options {
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

/** As rule S9 has it. */
const DEFAULT_SEED = "0";

const EXAMPLES = `
Examples:
  tickless run pipeline.ts
  tickless run pipeline.ts --seed 7 --record pipeline.trace
  tickless run pipeline.ts --until 86400000 -- jobs.csv --workers 4`;

const readSeed = textOf("--seed", "a text that is not an option", "7");
const readOut = textOf("--record", "the file to write", "run.trace");

/** `tickless run FILE`: runs a program, and records it if asked to. */
export function addRun(commands: Command): void {
  commands
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
    )
    .addHelpText("after", `${EXAMPLES}\n${EXIT_CODES}`)
    .action(runProgram);
}

async function runProgram(file: string, args: string[], options: Options): Promise<void> {
  const { record: out, force, ...ofRun } = options;
  const program = findProgram(file, "Write the path of a file: `tickless run path/to/program.ts`.");
  if (out !== undefined) checkRecordingFile(out, program, force === true);
  const tickless = installationOf(program.path);
  const exceptions = new ExceptionCount();
  const simulation = await simulationOf(tickless, {
    program,
    args,
    out,
    options: { ...ofRun, exceptionHandler: exceptions.handler },
  });
  const main = await loadMain(program, tickless);
  const started = performance.now();
  const conclude = (end: Ending): void => {
    sigint?.endWatch();
    const wallTimeMs = performance.now() - started;
    const { count } = exceptions;
    if (stalls.has(end.reason) && !simulation.debugs()) process.stderr.write(`${DEBUG_HINT}\n`);
    const notes = [
      ...(count === 0 ? [] : [`${counted(count, "exception")} that nobody has caught`]),
      `seed ${options.seed ?? DEFAULT_SEED}`,
      ...simulation.save(),
    ];
    process.stderr.write(
      summarize(end, options.timeUnit, wallTimeMs, notes, colorsFor(process.stderr)),
    );
    if (end.outcome?.status !== "rejected" && count === 0) return;
    process.exitCode = EXIT_FAILED;
    const again = simulation.repro();
    if (again !== null) process.stderr.write(`again: ${again}\n`);
  };
  // A run that leaves nothing behind may end as any program does.
  const sigint = out === undefined ? null : new Sigint(() => interrupt(simulation, conclude));
  try {
    const result = await untilSettled(simulation.run(main));
    printOutcome(result.outcome);
    conclude(result);
  } finally {
    sigint?.giveBack();
  }
}

/** Ends the process between two steps of the program, with the recording so far. */
function interrupt(simulation: Simulation, conclude: (end: Ending) => void): void {
  try {
    conclude({ reason: "interrupted", ...simulation.progress(), pending: [], outcome: undefined });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(describeMistake(error, colorsFor(process.stderr)));
    process.exit(EXIT_USAGE);
  }
  process.exit(EXIT_INTERRUPTED);
}
