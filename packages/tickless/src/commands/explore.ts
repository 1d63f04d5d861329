import type { Command } from "commander";
import type { TimeUnit } from "@tickless/core";
import type { CampaignOptions, CampaignResult } from "@tickless/explore/node";
import { addAmbientOptions, ambienceOf, type AmbientOptions } from "../ambience.ts";
import { LOAD_FAILED } from "../campaign-loader.ts";
import { campaignJson } from "../campaign-json.ts";
import { ProgressLine } from "../campaign-progress.ts";
import { campaignText } from "../campaign-text.ts";
import { CommandError, EXIT_FAILED, EXIT_INTERRUPTED, ticklessCode } from "../failure.ts";
import { type Installation, installationIn, installationOf } from "../installation.ts";
import { findProgram } from "../program.ts";
import { replayCommand } from "../repro-command.ts";
import { colorsFor } from "../terminal.ts";
import { countOf, jitterOf, textOf, timeOf, timeUnitOf, wholeOf } from "../values.ts";

interface Options extends AmbientOptions {
  readonly schedules?: number;
  readonly strategy?: readonly string[];
  readonly seed?: readonly string[];
  readonly bound?: number;
  readonly reduce?: true;
  readonly workers?: number;
  readonly shard?: string;
  readonly time?: number;
  readonly stepTime?: number;
  readonly all?: true;
  readonly jitter?: { readonly upTo: number; readonly steps?: number };
  readonly shrink: boolean;
  readonly shrinkReplays?: number;
  readonly handOvers: boolean;
  readonly until?: number;
  readonly timeUnit: TimeUnit;
  readonly maxSteps?: number;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  tickless explore bank.ts
  tickless explore bank.ts --schedules 100000 --seed 1 --seed 2
  tickless explore bank.ts --strategy exhaustive --all
  tickless explore client.ts --jitter 5                         timers come up to 5 ms late
  tickless explore bank.ts --shard 2/3 --json > found.json      one machine of three`;

const EXIT_CODES = `
Exit codes:
    0  no schedule failed
    1  one failed, or the program could not be loaded
    2  the command was used wrongly: a bad option, a missing file, no main
  130  SIGINT (Ctrl-C) ended the campaign, and nothing had failed; what was found is printed

With --json stdout has JSON alone. How far it has come is told on stderr, where that is a terminal.`;

const readSeed = textOf("--seed", "a text that is not an option", "7");
const readStrategy = textOf("--strategy", "the name of a strategy", "pct");
const readShard = textOf("--shard", "a part and the number of parts", "2/3");

function several(read: (text: string) => string): (text: string, old?: string[]) => string[] {
  return (text, old = []) => [...old, read(text)];
}

/** What the copy of Tickless that is used in this folder can search by. */
async function strategiesText(): Promise<string> {
  const tickless = installationIn(process.cwd());
  if (!tickless.has("@tickless/explore")) return "";
  const { strategies } = await tickless.loadExplore();
  const widest = Math.max(...strategies.map(({ name }) => name.length));
  const lines = strategies.map(({ name, summary }) => `  ${name.padEnd(widest)}  ${summary}`);
  return `\nStrategies:\n${lines.join("\n")}\n`;
}

/** `tickless explore FILE`. Only for the help are the strategies needed beforehand, as in `addExport`. */
export async function addExplore(commands: Command, asksForHelp: boolean): Promise<void> {
  const strategies = asksForHelp ? await strategiesText() : "";
  const command = commands
    .command("explore")
    .summary("search the schedules of a program for one that fails")
    .description(
      "Calls the default export of a file under many schedules, on all cores, until one fails: by an " +
        "exception, a deadlock, a limit, or a step that never ends. Then the failing schedule is made as " +
        "simple as it gets, and told with the error, its place, and the command that repeats it. Awaits of " +
        "the program's own sources are hand-overs: at each another task may run. What the program prints is " +
        "dropped. What is found does not depend on the number of workers.",
    )
    .argument("<file>", "the program")
    .argument("[args...]", "what main gets as `args`; write -- before the first that begins with -")
    .option(
      "-n, --schedules <count>",
      "most schedules, for each seed and strategy (default: 1000; exhaustive: 100000)",
      countOf("--schedules"),
    )
    .option(
      "--strategy <name>",
      "how to search, one of those below; may be given several times (default: portfolio)",
      several(readStrategy),
    )
    .option(
      "-s, --seed <seed>",
      "root of all random numbers, also the program's; may be given several times (default: 0)",
      several(readSeed),
    )
    .option("--bound <number>", "what the strategy bounds (default: its own)", wholeOf("--bound"))
    .option("--reduce", "exhaustive: leave out orders that no declared object tells apart")
    .option("-w, --workers <count>", "how many (default: one for each core)", countOf("--workers"))
    .option("--shard <i/n>", "run part i of n; all n together are the whole campaign", readShard)
    .option(
      "--jitter <time>",
      "let timers be late by up to this virtual time, in quarters of it; 5x1: by all of it or not at all",
      jitterOf("--jitter"),
    )
    .option(
      "--time <ms>",
      "most real time, from the first schedule on (default: no limit)",
      countOf("--time"),
    )
    .option(
      "--step-time <ms>",
      "real time after which a step counts as one that never ends (default: 10000)",
      countOf("--step-time"),
    )
    .option("--all", "go on after a failure, and count all outcomes")
    .option("--no-shrink", "leave the failure as it was found")
    .option(
      "--shrink-replays <count>",
      "most replays to shrink it with; 20 once they took 500,000 steps (default: 1000)",
      countOf("--shrink-replays"),
    )
    .option("--no-hand-overs", "leave awaits as they are: only waits of Tickless let others in")
    .option("-u, --until <time>", "end each run at this virtual time", timeOf("--until"))
    .option(
      "-t, --time-unit <unit>",
      "what a time unit is called: ms, s, min, h or none",
      timeUnitOf("--time-unit"),
      "ms" as const,
    )
    .option(
      "--max-steps <count>",
      "most steps of a run; more is a failure",
      countOf("--max-steps"),
    );
  addAmbientOptions(command)
    .option("--json", "print JSON, whose shape the guide has (Finding a race)")
    .addHelpText("after", `${strategies}${EXAMPLES}\n${EXIT_CODES}`)
    .action(exploreProgram);
}

const loader = import.meta.url.replace(/commands\/explore(\.\w+)$/, "campaign-loader$1");

function campaignOptions(args: readonly string[], options: Options): CampaignOptions {
  const { schedules, strategy, seed, bound, reduce, workers, shard, until, timeUnit } = options;
  const { time: wallTimeMs, stepTime: stepTimeMs, all, handOvers, maxSteps, jitter } = options;
  return {
    jitter,
    shrinkReplays: options.shrink ? options.shrinkReplays : 0,
    schedules,
    strategy,
    seed,
    bound,
    workers,
    shard,
    until,
    timeUnit,
    maxSteps,
    args,
    wallTimeMs,
    stepTimeMs,
    handOvers,
    stopAtFirst: all !== true,
    reduce: reduce && "declared",
    loader: `${loader}?${ambienceOf(options).join("&").replaceAll("+", "%2B")}`,
  };
}

/** What the library refuses of the options is a mistake of whoever has typed them. */
async function checkedStrategy(tickless: Installation, { strategy = [] }: Options): Promise<void> {
  const { strategies } = await tickless.loadExplore();
  const names = strategies.map(({ name }) => name);
  for (const wanted of strategy) {
    if (names.includes(wanted)) continue;
    throw new CommandError(
      "ERR_OPTION_VALUE",
      `Expected \`--strategy\` to be one of ${names.join(", ")}, got \`${wanted}\`. Write for example ` +
        "`--strategy pct`.",
    );
  }
}

async function exploreProgram(file: string, args: string[], options: Options): Promise<void> {
  const program = findProgram(
    file,
    "Write the path of a file: `tickless explore path/to/program.ts`.",
  );
  const tickless = installationOf(program.path);
  await checkedStrategy(tickless, options);
  const found = await explored(tickless, program.name, campaignOptions(args, options));
  if (found === null) return;
  const onward = { program: program.name, args, ambience: ambienceOf(options) };
  const { shard, handOvers } = options;
  const line = found.failure?.shrunk?.reproLine ?? found.failure?.reproLine ?? "";
  const command = line === "" ? null : replayCommand(line, onward);
  const asked = { ...onward, shard, handOvers, command };
  process.stdout.write(
    options.json === true
      ? campaignJson(found, asked)
      : campaignText(found, asked, colorsFor(process.stdout)),
  );
  if (found.failure !== null) process.exitCode = EXIT_FAILED;
  else if (found.ended === "interrupted") process.exitCode = EXIT_INTERRUPTED;
}

/** Runs the campaign; null: the program could not be loaded, and that was told. */
async function explored(
  tickless: Installation,
  file: string,
  options: CampaignOptions,
): Promise<CampaignResult | null> {
  const { campaign, CampaignError } = await tickless.loadExploreFiles();
  const interruption = new AbortController();
  const interrupt = (): void => {
    // The second one ends the process at once.
    process.off("SIGINT", interrupt);
    interruption.abort();
  };
  process.on("SIGINT", interrupt);
  const progress = new ProgressLine();
  try {
    const { signal } = interruption;
    return await campaign(file, { ...options, signal, onProgress: progress.tell });
  } catch (error) {
    if (error instanceof CampaignError) return refused(error.facts);
    const code = ticklessCode(error) ?? (error as NodeJS.ErrnoException).code;
    // What the library refuses of the options.
    if (code === undefined || !/^ERR_(?:INVALID_ARG|OUT_OF_RANGE)/.test(code)) throw error;
    throw new CommandError(code, (error as Error).message);
  } finally {
    progress.end();
    process.off("SIGINT", interrupt);
  }
}

/** The program is none, or has failed while it was loaded. */
function refused({
  code,
  message,
}: {
  readonly code: string | null;
  readonly message: string;
}): null {
  if (code !== null && code !== LOAD_FAILED) throw new CommandError(code, message);
  process.stderr.write(`${message}\n`);
  process.exitCode = EXIT_FAILED;
  return null;
}
