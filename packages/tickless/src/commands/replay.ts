import type { Command } from "commander";
import type { RunResult } from "@tickless/core";
import type {
  OnItsOwn,
  ReplayMode,
  ReplayOptions,
  ReplaySource,
  Trace,
  TraceProgram,
} from "@tickless/trace";
import {
  addAmbientOptions,
  type Ambience,
  ambienceOf,
  type AmbientOptions,
  flagsOf,
  loadAmbientMain,
} from "../ambience.ts";
import {
  CommandError,
  describeMistake,
  EXIT_CODES,
  EXIT_FAILED,
  ticklessCode,
} from "../failure.ts";
import { hiddenFrames, type HidesFrame } from "../frames.ts";
import { type Installation, installationIn, installationOf } from "../installation.ts";
import { findProgram, type Main, type ProgramFile } from "../program.ts";
import {
  checkReplayRecording,
  type ReplayRecording,
  replayRecording,
} from "../replay-recording.ts";
import { isReproLine } from "../repro-command.ts";
import { untilSettled } from "../stall.ts";
import { printOutcome, summarize } from "../summary.ts";
import { colorsFor } from "../terminal.ts";
import { checkTraceFile, loadTrace } from "../trace-file.ts";
import { countOf, textOf } from "../values.ts";

interface Options extends AmbientOptions {
  readonly mode?: ReplayMode;
  readonly follow?: number;
  readonly record?: string;
  readonly force?: true;
  readonly debug?: true;
}

const EXAMPLES = `
Examples:
  tickless replay pipeline.trace
  tickless replay pipeline.trace moved/pipeline.ts
  tickless replay pipeline.trace --debug
  tickless replay pipeline.trace --mode prefix --follow 120
  tickless replay tk1:v0.1.0:s7:x6d94ac26 pipeline.ts -- jobs.csv
  tickless replay tk1:v0.1.0:s7:x6d94ac26 pipeline.ts --record pipeline.trace`;

const readOut = textOf("--record", "the file to write", "run.trace");

const MODES: readonly ReplayMode[] = ["strict", "prefix", "decisions"];

function readMode(text: string): ReplayMode {
  const mode = MODES.find((one) => one === text);
  if (mode !== undefined) return mode;
  throw new CommandError(
    "ERR_OPTION_VALUE",
    `Expected \`--mode\` to be one of ${MODES.join(", ")}, got \`${text}\`. Write for example \`--mode prefix\`.`,
  );
}

/** `tickless replay TRACE [FILE]`, `tickless replay LINE FILE`: runs a program again and compares. */
export function addReplay(commands: Command): void {
  const command = commands
    .command("replay")
    .summary("run a recorded program again and compare")
    .description(
      "Runs the program of a recording again, with the arguments and the seed of then. Prints " +
        "`same` and the fingerprint; or stops at the first event that differs and tells what was " +
        "expected, what came and why. With a repro line, as a failure prints it, it takes the same course " +
        "again and prints what the program prints.",
    )
    .argument(
      "<trace>",
      "the recording: what `tickless run --record` wrote; or a repro line (tk1:…)",
    )
    .argument("[file]", "the program (default: the one that the recording names)")
    .argument("[args...]", "with a repro line: what main gets as `args`; write -- before them")
    .option(
      "-m, --mode <mode>",
      "strict: stop at the first difference (default); prefix: go on by the seed after it; " +
        "decisions: take the choices and compare nothing",
      readMode,
    )
    .option("--follow <event>", "with --mode prefix: the last event to follow", countOf("--follow"))
    .option("-r, --record <out>", "write a recording of the replayed run to this file", readOut)
    .option(
      "-f, --force",
      "compare with another program than the recorded one; let --record overwrite what is no " +
        "recording of this program",
    )
    .option(
      "-d, --debug",
      "tell on stderr what goes wrong in silence, and where; as `run --debug`",
    );
  addAmbientOptions(command, "; where the recording does not say")
    .addHelpText("after", `${EXAMPLES}\n${EXIT_CODES}`)
    .action(replayProgram);
}

async function replayProgram(
  source: string,
  named: string | undefined,
  args: string[],
  options: Options,
): Promise<void> {
  if (isReproLine(source)) await replayLine(source.trim(), named, args, options);
  else await replayTrace(source, named, args, options);
}

async function replayLine(
  line: string,
  named: string | undefined,
  args: readonly string[],
  { mode, follow, debug, force, record: out, ...ambient }: Options,
): Promise<void> {
  if (named === undefined) {
    throw new CommandError(
      "ERR_MISSING_ARGUMENT",
      `A repro line does not say which program it is of. Name it: \`tickless replay ${line} program.ts\`.`,
    );
  }
  if ((mode ?? "decisions") !== "decisions" || follow !== undefined) {
    throw new CommandError(
      "ERR_OPTION_VALUE",
      "A repro line has no events to compare, so `--mode` and `--follow` belong to recordings.",
    );
  }
  if (force === true && out === undefined) {
    throw new CommandError(
      "ERR_OPTION_VALUE",
      "A repro line does not say which program it is of, so there is nothing for `--force` to overrule: it " +
        "runs whatever program you name. Leave `--force` out.",
    );
  }
  const program = findProgram(named, "Write the path of the program.");
  checkReplayRecording(out, null, program, force === true);
  const tickless = installationOf(program.path);
  const { parseRepro, replay } = await tickless.loadTrace();
  const { timeUnit, handOvers = false, options } = asMistake(() => parseRepro(line));
  const ambience = ambienceOf(ambient);
  const main = await loadAmbientMain(program, tickless, ambience, { handOvers });
  const { programOf } = await tickless.loadTraceFiles();
  const identity = { ...programOf(program.path, args, ambience), ...(handOvers && { handOvers }) };
  const { probes, save } = await replayRecording(tickless, out, identity, options);
  const started = performance.now();
  const replayed = await untilSettled(replay(line, () => main({ args }), { debug, probes }));
  const notes = save();
  if (replayed.same === false) return;
  if (replayed.notice !== null) process.stderr.write(`notice: ${replayed.notice}\n`);
  printRun(
    replayed.result,
    timeUnit,
    performance.now() - started,
    notes,
    await hiddenFrames(tickless, debug),
  );
  // Last, and with exit code 1: what the run has printed is not what the line is of.
  if (replayed.same === null && replayed.misfit !== null) {
    const mistake = new CommandError("ERR_REPRO_PROGRAM", replayed.misfit);
    process.stderr.write(describeMistake(mistake, colorsFor(process.stderr)));
    process.exitCode = EXIT_FAILED;
  }
}

/** What is wrong with a line is a mistake of whoever has typed it. */
function asMistake<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = ticklessCode(error);
    throw code === undefined ? error : new CommandError(code, (error as Error).message);
  }
}

async function replayTrace(
  file: string,
  named: string | undefined,
  args: readonly string[],
  options: Options,
): Promise<void> {
  const { debug, mode = "strict", follow, record: out } = options;
  const force = options.force === true;
  if (args.length > 0) {
    throw new CommandError(
      "ERR_EXCESS_ARGUMENTS",
      "A recording is replayed with the arguments that it was recorded with. Leave these out: " +
        `${args.join(" ")}.`,
    );
  }
  if (follow !== undefined && mode !== "prefix") {
    throw new CommandError("ERR_OPTION_VALUE", "`--follow` belongs to `--mode prefix`.");
  }
  checkTraceFile(file);
  const given =
    named === undefined ? undefined : findProgram(named, "Write the path of the program.");
  // Which copy of Tickless reads the trace must be known before the trace has told its program.
  const tickless = given ? installationOf(given.path) : installationIn(process.cwd());
  const trace = await loadTrace(file, tickless);
  if (trace.length === 0 && mode === "strict") {
    throw new CommandError(
      "ERR_TRACE_OVER",
      `The trace \`${file}\` has no events to compare. To run its program with the seed of then, ` +
        "add `--mode prefix`.",
    );
  }
  const program = given ?? recordedProgram(trace, file);
  checkCopy(program, tickless, file);
  const { programOf } = await tickless.loadTraceFiles();
  const present = programOf(program.path);
  if (!force) checkIdentity(present, trace, file);
  checkReplayRecording(out, file, program, force);
  const identity = identityOf(present, trace);
  const ambience = recordedAmbience(trace, options);
  const { export: name, handOvers } = identity;
  const main = await loadAmbientMain(program, tickless, ambience, { name, handOvers });
  const recorded = { ...identity, ...(ambience.length > 0 && { ambient: ambience }) };
  const recording = await replayRecording(tickless, out, recorded, trace.header.options);
  await compare(trace, main, tickless, recording, {
    probes: recording.probes,
    program: identity,
    force,
    traceFile: file,
    debug,
    mode,
    follow,
    watch: true,
  });
}

/** As it was recorded. What no command recorded does not say it; then the options do. */
function recordedAmbience({ header }: Trace, options: AmbientOptions): Ambience {
  const given = ambienceOf(options);
  if (header.program === null) return given;
  const { ambient = [] } = header.program;
  const added = given.filter((name) => !ambient.includes(name));
  if (added.length === 0) return ambient;
  throw new CommandError(
    "ERR_OPTION_VALUE",
    `The program was recorded without \`${flagsOf(added).trim()}\`, and a replay does as the recording did. Leave it out, ` +
      `or record again: \`tickless run ${header.program.file}${flagsOf([...ambient, ...added])} --record out.trace\`.`,
  );
}

async function compare(
  trace: Trace,
  main: Main,
  tickless: Installation,
  recording: ReplayRecording,
  options: ReplayOptions & { readonly program: TraceProgram; readonly until?: undefined },
): Promise<void> {
  const { replay } = await tickless.loadTrace();
  const { args } = options.program;
  const { timeUnit } = trace.header;
  const started = performance.now();
  const replayed = await untilSettled(replay(trace as ReplaySource, () => main({ args }), options));
  const wallTimeMs = performance.now() - started;
  const notes = recording.save();
  const { same, notice } = replayed;
  if (same === false) {
    process.stdout.write(`${replayed.divergence.report.trimEnd()}\n`);
    if (notes.length > 0) process.stderr.write(`as far as it went: ${notes.join(", ")}\n`);
    process.exitCode = EXIT_FAILED;
    return;
  }
  if (notice !== null) process.stderr.write(`notice: ${notice}\n`);
  if (same === null) {
    const hides = await hiddenFrames(tickless, options.debug);
    printRun(replayed.result, timeUnit, wallTimeMs, [...wayOf(replayed, trace), ...notes], hides);
    return;
  }
  process.stdout.write(`same: fingerprint ${trace.fingerprint}\n`);
  const { result } = replayed;
  // Known since the recording; with debug mode it says where.
  if (options.debug === true && result.outcome?.status === "rejected")
    printOutcome(result.outcome, () => false);
  process.stderr.write(summarize(result, timeUnit, wallTimeMs, notes, colorsFor(process.stderr)));
}

/** How far a run that goes on by itself has followed its trace. */
function wayOf({ followed, divergence }: OnItsOwn<unknown>, trace: Trace): string[] {
  if (followed === 0 && divergence === null) return [];
  const way = `followed ${followed} of ${trace.length} events`;
  if (divergence === null) return [way];
  const { event, expected, actual } = divergence;
  return [`${way}; at event ${event} the recording has \`${expected}\`, this run \`${actual}\``];
}

/** Prints a run that nothing was held against, as `tickless run` does. */
function printRun(
  result: RunResult<unknown>,
  timeUnit: string,
  wallTimeMs: number,
  notes: readonly string[],
  hides: HidesFrame,
): void {
  printOutcome(result.outcome, hides);
  const colors = colorsFor(process.stderr);
  process.stderr.write(summarize(result, timeUnit, wallTimeMs, notes, colors));
  if (result.outcome?.status === "rejected") process.exitCode = EXIT_FAILED;
}

function recordedProgram({ header }: Trace, file: string): ProgramFile {
  if (header.program === null) {
    throw new CommandError(
      "ERR_TRACE_PROGRAM",
      `The trace \`${file}\` does not say which program it is of: it was not recorded by ` +
        `\`tickless run\`. Name the program: \`tickless replay ${file} program.ts\`.`,
    );
  }
  return findProgram(
    header.program.file,
    `The trace \`${file}\` is of that one, as seen from the folder in which it was recorded. Go ` +
      `there, or name the program: \`tickless replay ${file} path/to/program.ts\`.`,
  );
}

function checkCopy(program: ProgramFile, tickless: Installation, file: string): void {
  const { core } = installationOf(program.path);
  if (core === tickless.core) return;
  throw new CommandError(
    "ERR_SECOND_COPY",
    `The program \`${program.name}\` uses another copy of Tickless (${core}) than this folder ` +
      `(${tickless.core}). Name the program, so that its own is used: ` +
      `\`tickless replay ${file} ${program.name}\`.`,
  );
}

/** A trace fits its program by name or by content; any other program has to be forced on it. */
function checkIdentity(program: TraceProgram, { header }: Trace, file: string): void {
  const recorded = header.program;
  if (recorded === null || recorded.digest === program.digest || recorded.file === program.file)
    return;
  throw new CommandError(
    "ERR_TRACE_PROGRAM",
    `The trace \`${file}\` is of \`${recorded.file}\`, not of \`${program.file}\`. Replay that ` +
      `program: \`tickless replay ${file}\`. To compare the two all the same, add \`--force\`.`,
  );
}

/** Which program is replayed, with the arguments of then. A copy of the recorded one counts as it. */
function identityOf(program: TraceProgram, { header }: Trace): TraceProgram {
  const { file, digest } = program;
  const recorded = header.program;
  if (recorded === null) return program;
  return recorded.digest === digest ? recorded : { ...recorded, file, digest };
}
