import type { Command } from "commander";
import type { Choice, ShrinkOptions, Shrunk } from "@tickless/explore";
import type { Repro } from "@tickless/trace";
import {
  addAmbientOptions,
  ambienceOf,
  type AmbientOptions,
  loadAmbientMain,
} from "../ambience.ts";
import { ProgressLine } from "../campaign-progress.ts";
import { CommandError, EXIT_FAILED, EXIT_INTERRUPTED, ticklessCode } from "../failure.ts";
import { type Installation, installationOf } from "../installation.ts";
import { Sigint } from "../interrupt.ts";
import { findProgram, type Main } from "../program.ts";
import { localPaths } from "../local-paths.ts";
import { silently } from "../silence.ts";
import { isReproLine, waysOn } from "../repro-command.ts";
import { untilSettled } from "../stall.ts";
import { checkTraceFile, loadTrace } from "../trace-file.ts";
import { countOf } from "../values.ts";

interface Options extends AmbientOptions {
  readonly replays?: number;
  readonly handOvers?: true;
}

const EXAMPLES = `
Examples:
  tickless shrink bank.ts tk1:v0.1.0:s0:h:cns:x88dafafd
  tickless shrink bank.ts bank.trace --replays 10000`;

const EXIT_CODES = `
Exit codes:
    0  the schedule does not fail; its outcome was made simple
    1  it fails, as it did before it was shrunk
    2  the command was used wrongly: a bad option, a missing file, no main, a damaged line or trace;
       or the program did something else when it was run again
  130  SIGINT (Ctrl-C) ended it; the simplest that was found until then is printed

How far it has come is told on stderr, where that is a terminal.`;

/** `tickless shrink FILE REPRO-LINE|TRACE`: makes a schedule as simple as it gets. */
export function addShrink(commands: Command): void {
  const command = commands
    .command("shrink")
    .summary("make a failing schedule as simple as it gets")
    .description(
      "Runs a program under the schedule of a repro line or a recording, and under ever simpler ones that " +
        "fail in the same way. Prints the error and its place, the simplest schedule as a list of decisions " +
        "and a timeline, and the commands that repeat and record it. What the program prints is dropped.",
    )
    .argument("<file>", "the program")
    .argument("<schedule>", "a repro line (tk1:…), or a recording")
    .argument("[args...]", "what main gets as `args`; write -- before the first that begins with -")
    .option(
      "--replays <count>",
      "most replays; 20 once they took 500,000 steps (default: 1000)",
      countOf("--replays"),
    )
    .option("--hand-overs", "awaits are hand-overs, which a recording of the command says itself");
  addAmbientOptions(command).addHelpText("after", `${EXAMPLES}\n${EXIT_CODES}`).action(shrinkLine);
}

async function lineOf(tickless: Installation, schedule: string): Promise<string> {
  if (isReproLine(schedule)) return schedule.trim();
  checkTraceFile(schedule);
  const { reproLine } = await tickless.loadTrace();
  const line = reproLine(await loadTrace(schedule, tickless));
  if (line !== null) return line;
  throw new CommandError(
    "ERR_TRACE_DRIVE",
    `The recording \`${schedule}\` has let go of choices, or is of a program that drives its loop itself, so its ` +
      "schedule cannot be taken again.",
  );
}

/** The choices that a line stands for: it is replayed once, and they are written down. */
async function choicesOf(
  tickless: Installation,
  line: string,
  run: () => unknown,
): Promise<Choice[]> {
  const { replay } = await tickless.loadTrace();
  const choices: Choice[] = [];
  const choice = (
    _event: number,
    _cause: number,
    kind: string,
    count: number,
    picked: number,
  ): void => {
    choices.push({ kind: kind as Choice["kind"], count, picked });
  };
  await replay(line, run, { probes: [{ choice }], log: () => undefined });
  return choices;
}

function optionsOf({ seed, start, timeUnit, options }: Repro): object {
  const { until, maxSteps, maxStepsPerInstant, jitter = null } = options;
  const given = { seed, start, timeUnit, until, maxSteps, maxStepsPerInstant, jitter };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
}

async function shrunkOf(
  tickless: Installation,
  main: Main,
  args: readonly string[],
  line: string,
  more: Pick<ShrinkOptions, "shrinkReplays" | "onReplay">,
): Promise<Shrunk> {
  const { parseRepro } = await tickless.loadTrace();
  const { shrink } = await tickless.loadExplore();
  const run = (): Promise<unknown> => main({ args }) as Promise<unknown>;
  const how = { ...optionsOf(parseRepro(line)), ...more };
  return untilSettled(silently(async () => shrink(run, await choicesOf(tickless, line, run), how)));
}

/** As `work` answers; SIGINT ends it early, and how far it has come is told meanwhile. */
async function watched<T>(
  work: (onReplay: NonNullable<ShrinkOptions["onReplay"]>) => Promise<T>,
): Promise<{ readonly answer: T; readonly interrupted: boolean }> {
  let interrupted = false;
  const progress = new ProgressLine();
  const sigint = new Sigint(
    () => {
      interrupted = true;
      // The second one ends the process at once.
      sigint.giveBack();
    },
    () => undefined,
  );
  try {
    const answer = await work((replays) => {
      progress.tellShrinking(replays);
      return !interrupted;
    });
    return { answer, interrupted };
  } finally {
    progress.end();
    sigint.giveBack();
  }
}

async function shrinkLine(
  file: string,
  schedule: string,
  args: string[],
  options: Options,
): Promise<void> {
  const program = findProgram(file, "Write the path of the program.");
  const tickless = installationOf(program.path);
  const { formatRepro, parseRepro } = await tickless.loadTrace();
  try {
    const line = await lineOf(tickless, schedule);
    const handOvers = parseRepro(line).handOvers ?? options.handOvers === true;
    const ambience = ambienceOf(options);
    const main = await loadAmbientMain(program, tickless, ambience, { handOvers });
    const { answer: shrunk, interrupted } = await watched((onReplay) =>
      shrunkOf(tickless, main, args, line, { onReplay, shrinkReplays: options.replays }),
    );
    const again = formatRepro({ ...parseRepro(shrunk.reproLine), handOvers });
    const onward = { program: program.name, args, ambience };
    const told = `${shrunk.outcome}\n\n${shrunk.story}`.replace("`shrinkReplays`", "`--replays`");
    process.stdout.write(`${localPaths(told)}\n\n${waysOn(again, onward, true).join("\n")}\n`);
    if (interrupted) process.exitCode = EXIT_INTERRUPTED;
    else if (shrunk.reason !== null) process.exitCode = EXIT_FAILED;
  } catch (error) {
    const code = ticklessCode(error);
    if (code === undefined || !/^ERR_(?:REPRO|TRACE|NOT_REPEATED)/.test(code)) throw error;
    throw new CommandError(code, (error as Error).message);
  }
}
