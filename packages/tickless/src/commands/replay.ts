import type { Command } from "commander";
import type { StrictOptions, Trace, TraceProgram } from "@tickless/trace";
import { CommandError, EXIT_CODES, EXIT_FAILED } from "../failure.ts";
import { type Installation, installationIn, installationOf } from "../installation.ts";
import { findProgram, loadMain, type Main, type ProgramFile } from "../program.ts";
import { untilSettled } from "../stall.ts";
import { printOutcome, summarize } from "../summary.ts";
import { colorsFor } from "../terminal.ts";
import { checkTraceFile, loadTrace } from "../trace-file.ts";

interface Options {
  readonly force?: true;
  readonly debug?: true;
}

const EXAMPLES = `
Examples:
  tickless replay pipeline.trace
  tickless replay pipeline.trace moved/pipeline.ts
  tickless replay pipeline.trace --debug`;

/** `tickless replay TRACE [FILE]`: runs a recorded program again and compares. */
export function addReplay(commands: Command): void {
  commands
    .command("replay")
    .summary("run a recorded program again and compare")
    .description(
      "Runs the program of a recording again, with the arguments and the seed of then. Prints " +
        "`same` and the fingerprint; or stops at the first event that differs and tells what was " +
        "expected, what came and why.",
    )
    .argument("<trace>", "the recording: what `tickless run --record` wrote")
    .argument("[file]", "the program (default: the one that the recording names)")
    .option("-f, --force", "compare with another program than the recorded one")
    .option("-d, --debug", "tell on stderr what goes wrong in silence, and where; as `run --debug`")
    .addHelpText("after", `${EXAMPLES}\n${EXIT_CODES}`)
    .action(replayProgram);
}

async function replayProgram(
  file: string,
  named: string | undefined,
  options: Options,
): Promise<void> {
  checkTraceFile(file);
  const given =
    named === undefined ? undefined : findProgram(named, "Write the path of the program.");
  // Which copy of Tickless reads the trace must be known before the trace has told its program.
  const tickless = given ? installationOf(given.path) : installationIn(process.cwd());
  const trace = await loadTrace(file, tickless);
  const program = given ?? recordedProgram(trace, file);
  checkCopy(program, tickless, file);
  const { force = false, debug } = options;
  const { programOf } = await tickless.loadTraceFiles();
  const present = programOf(program.path);
  if (!force) checkIdentity(present, trace, file);
  const identity = identityOf(present, trace);
  await compare(trace, await loadMain(program, tickless, identity.export), tickless, {
    program: identity,
    force,
    traceFile: file,
    debug,
  });
}

async function compare(
  trace: Trace,
  main: Main,
  tickless: Installation,
  options: StrictOptions & { readonly program: TraceProgram },
): Promise<void> {
  const { replay } = await tickless.loadTrace();
  const { args } = options.program;
  const started = performance.now();
  const comparison = await untilSettled(replay(trace, () => main({ args }), options));
  const wallTimeMs = performance.now() - started;
  if (comparison.same) {
    const { notice, result } = comparison;
    const colors = colorsFor(process.stderr);
    process.stdout.write(`same: fingerprint ${trace.fingerprint}\n`);
    if (notice !== null) process.stderr.write(`notice: ${notice}\n`);
    // Known since the recording; with debug mode it says where.
    if (options.debug === true && result.outcome?.status === "rejected")
      printOutcome(result.outcome);
    process.stderr.write(summarize(result, trace.header.timeUnit, wallTimeMs, [], colors));
  } else {
    process.stdout.write(`${comparison.divergence.report.trimEnd()}\n`);
    process.exitCode = EXIT_FAILED;
  }
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
