import type { Command } from "commander";
import type { ExceptionContext, Loop, RunResult, TimeUnit } from "@tickless/core";
import {
  addAmbientOptions,
  ambienceOf,
  type AmbientOptions,
  loadAmbientMain,
} from "../ambience.ts";
import { CommandError, EXIT_CODES, EXIT_FAILED } from "../failure.ts";
import { hiddenFrames } from "../frames.ts";
import { installationOf } from "../installation.ts";
import { findProgram } from "../program.ts";
import { ExceptionCount } from "../reports.ts";
import { reproCommand } from "../repro-command.ts";
import { untilSettled } from "../stall.ts";
import { counted, printOutcome, timeText } from "../summary.ts";
import { countOf, textOf, timeOf, timeUnitOf } from "../values.ts";

interface Options extends AmbientOptions {
  readonly seed?: string;
  readonly until?: number;
  readonly timeUnit: TimeUnit;
  readonly runs?: number;
}

const EXAMPLES = `
Examples:
  tickless check pipeline.ts
  tickless check pipeline.ts --runs 10 --seed 7 -- jobs.csv`;

const readSeed = textOf("--seed", "a text that is not an option", "7");

/** `tickless check FILE`: whether a program takes the same course every time. */
export function addCheck(commands: Command): void {
  const command = commands
    .command("check")
    .summary("run a program several times and compare the runs")
    .description(
      "Calls the default export of a file several times in one process, with the same seed and " +
        "arguments. Prints `same` and the fingerprint; or tells the first event in which a run differs " +
        "from the first one and what the program has read that no seed controls. A program that fails in " +
        "every run in the same way is `same` and has failed: the exit code is 1.",
    )
    .argument("<file>", "the program")
    .argument("[args...]", "what main gets as `args`; write -- before the first that begins with -")
    .option("-n, --runs <count>", "how often, at least twice (default: 2)", countOf("--runs"))
    .option("-s, --seed <seed>", "root of all random streams (default: 0)", readSeed)
    .option("-u, --until <time>", "end at this virtual time, not with main", timeOf("--until"))
    .option(
      "-t, --time-unit <unit>",
      "what a time unit is called: ms, s, min, h or none",
      timeUnitOf("--time-unit"),
      "ms" as const,
    );
  addAmbientOptions(command)
    .addHelpText("after", `${EXAMPLES}\n${EXIT_CODES}`)
    .action(checkProgram);
}

async function checkProgram(file: string, args: string[], options: Options): Promise<void> {
  const { runs = 2, virtualize, startDate, guard, ...ofRun } = options;
  const ambience = ambienceOf({ virtualize, startDate, guard });
  if (runs < 2) {
    throw new CommandError(
      "ERR_OPTION_VALUE",
      "Expected `--runs` to be a whole number ≥ 2, got `1`: one run is none to compare.",
    );
  }
  const program = findProgram(
    file,
    "Write the path of a file: `tickless check path/to/program.ts`.",
  );
  const tickless = installationOf(program.path);
  const { checkDeterminism, reproLineOf } = await tickless.loadTrace();
  const main = await loadAmbientMain(program, tickless, ambience);
  const exceptions = new ExceptionCount();
  let first: Loop | null = null;
  // Later runs would tell the same once more.
  const exceptionHandler = (loop: Loop, context: ExceptionContext): void => {
    if (loop === (first ??= loop)) exceptions.handler(loop, context);
  };
  const check = checkDeterminism(() => main({ args }), { ...ofRun, runs, exceptionHandler });
  const checked = await untilSettled(check);
  const command = reproCommand(reproLineOf(ofRun), program.name, args, ambience);
  if (checked.same) {
    process.stdout.write(`same: ${checked.runs} runs, fingerprint ${checked.fingerprint}\n`);
    const { result } = checked;
    if (result.outcome?.status === "rejected")
      printOutcome(result.outcome, await hiddenFrames(tickless));
    const failure = failureOf(result, exceptions.count, options.timeUnit);
    if (failure === null) return;
    const again = command === null ? "" : `again: ${command}\n`;
    process.stderr.write(
      `The program is deterministic, and fails in each run: ${failure}.\n${again}`,
    );
    process.exitCode = EXIT_FAILED;
    return;
  }
  const once = command === null ? "" : `  Run it once: ${command}\n`;
  process.stdout.write(`${checked.divergence.report.trimEnd()}\n${once}`);
  process.exitCode = EXIT_FAILED;
}

/** How a run failed, in a few words; null if it did not. `uncaught` exceptions are told by the loop itself. */
function failureOf(
  { outcome, reason, now }: RunResult<unknown>,
  uncaught: number,
  timeUnit: string,
): string | null {
  const how = [
    ...(outcome?.status === "rejected" ? [`${reason} at ${timeText(now, timeUnit)}`] : []),
    ...(uncaught > 0 ? [`${counted(uncaught, "exception")} that nobody has caught`] : []),
  ];
  return how.length === 0 ? null : how.join(", ");
}
