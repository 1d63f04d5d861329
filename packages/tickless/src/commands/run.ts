import type { Command } from "commander";
import type { LoopOptions, RunResult, TimeUnit } from "@tickless/core";
import { EXIT_CODES, EXIT_FAILED } from "../failure.ts";
import { type Installation, installationOf } from "../installation.ts";
import { findProgram, loadMain, type Main, type ProgramFile } from "../program.ts";
import { ExceptionCount } from "../reports.ts";
import { checkRecordingFile, notWritable } from "../recording.ts";
import { untilSettled } from "../stall.ts";
import { counted, printOutcome, summarize } from "../summary.ts";
import { colorsFor } from "../terminal.ts";
import { textOf, timeOf, timeUnitOf } from "../values.ts";

interface Options {
  readonly seed?: string;
  readonly record?: string;
  readonly until?: number;
  readonly timeUnit: TimeUnit;
  readonly debug?: true;
}

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
    .option("-u, --until <time>", "end at this virtual time, not with main", timeOf("--until"))
    .option(
      "-t, --time-unit <unit>",
      "what a time unit is called: ms, s, min, h or none",
      timeUnitOf("--time-unit"),
      "ms" as const,
    )
    .option("-d, --debug", "report forgotten awaits, swallowed cancellations and the like")
    .addHelpText("after", `${EXAMPLES}\n${EXIT_CODES}`)
    .action(runProgram);
}

async function runProgram(file: string, args: string[], options: Options): Promise<void> {
  const program = findProgram(file, "Write the path of a file: `tickless run path/to/program.ts`.");
  if (options.record !== undefined) checkRecordingFile(options.record, program);
  const tickless = installationOf(program.path);
  const exceptions = new ExceptionCount();
  const simulation = await simulationOf(program, tickless, args, {
    ...options,
    exceptionHandler: exceptions.handler,
  });
  const main = await loadMain(program, tickless);
  const started = performance.now();
  const { result, save } = await untilSettled(simulation(main));
  const wallTimeMs = performance.now() - started;
  printOutcome(result.outcome);
  const { count } = exceptions;
  const notes = [
    ...(count === 0 ? [] : [`${counted(count, "exception")} that nobody has caught`]),
    `seed ${options.seed ?? DEFAULT_SEED}`,
    ...save(),
  ];
  process.stderr.write(
    summarize(result, options.timeUnit, wallTimeMs, notes, colorsFor(process.stderr)),
  );
  if (result.outcome?.status === "rejected" || count > 0) process.exitCode = EXIT_FAILED;
}

interface Simulated {
  readonly result: RunResult<unknown>;
  /** Writes the recording, if there is one. Answers what the summary says of it. */
  readonly save: () => readonly string[];
}

/** How to run main: with a recorder or without. Loads what that takes. */
async function simulationOf(
  program: ProgramFile,
  tickless: Installation,
  args: readonly string[],
  { record: out, ...options }: Options & Pick<LoopOptions, "exceptionHandler">,
): Promise<(main: Main) => Promise<Simulated>> {
  const { simulate } = await tickless.loadCore();
  if (out === undefined) {
    return async (main) => ({
      result: await simulate(() => main({ args }), options),
      save: () => [],
    });
  }
  const { record } = await tickless.loadTrace();
  const { programOf, writeTrace } = await tickless.loadTraceFiles();
  const identity = programOf(program.path, args);
  return async (main) => {
    const result = await record(() => main({ args }), { ...options, program: identity });
    const save = (): readonly string[] => {
      try {
        writeTrace(out, result.trace);
      } catch (error) {
        throw notWritable(out, error);
      }
      return [`fingerprint ${result.fingerprint}`, `recorded in ${out}`];
    };
    return { result, save };
  };
}
