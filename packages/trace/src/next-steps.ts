import type { Difference } from "./divergence.ts";
import { reproLine } from "./repro.ts";
import type { TraceProgram, TraceSource } from "./trace.ts";

/** A repro line that is longer fills a terminal; then the recording is the better thing to hand on. */
const LONGEST_LINE = 1000;

/** An argument as a POSIX shell takes it. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** How many events before and after it are shown. */
const AROUND = 20;

/** As `tickless run` and `tickless replay` take what main is wrapped in. */
function flagsOf(program: TraceProgram | null): string {
  return (program?.ambient ?? []).map((name) => ` --${name}`).join("");
}

function argumentsOf(program: TraceProgram | null): string {
  const { args = [] } = program ?? {};
  return args.length === 0 ? "" : ` -- ${args.map(quoted).join(" ")}`;
}

/**
 * Records the program of this run, which may be another than the recorded one. null where the command
 * cannot run it: no program, no default export, or a policy that it does not have.
 */
function recordCommand(difference: Difference, file: string): string | null {
  const { trace, traceFile, program: given } = difference;
  const { program: recorded, seed, options, timeUnit } = trace.header;
  if (recorded === null || options.policy) return null;
  const program = given ?? recorded;
  if (program.export !== "default") return null;
  const replacesOther = file === traceFile && program.file !== recorded.file;
  const words = [
    "npx tickless run",
    quoted(program.file),
    `--seed ${quoted(seed)}`,
    ...(timeUnit === "ms" ? [] : [`--time-unit ${timeUnit}`]),
    ...(options.until === null ? [] : [`--until ${options.until}`]),
    `--record ${quoted(file)}`,
    // `run` replaces the recording of another program only if it is told to.
    ...(replacesOther ? ["--force"] : []),
  ];
  return words.join(" ") + flagsOf(program) + argumentsOf(program);
}

function seeLines({ traceFile, trace, actual: { event } }: Difference): string[] {
  const file = traceFile ?? "recorded.trace";
  const write = `    writeTrace("${file}", trace)    (from "tickless/node" or "@tickless/trace/node")`;
  return [
    "  See the recorded run around it, and what every task waits for then:",
    ...(traceFile === undefined ? [write] : []),
    `    npx tickless show ${quoted(file)} --from ${Math.max(trace.first, event - AROUND)} --to ${Math.min(trace.last, event + AROUND)}`,
    `    npx tickless show ${quoted(file)} --at ${Math.max(trace.first, event - 1)} --state`,
  ];
}

/** How both runs go on: this run has to be recorded for it. */
function compareLines(difference: Difference): string[] {
  const { traceFile } = difference;
  const now = traceFile === undefined ? null : `${traceFile.replace(/\.trace$/, "")}.now.trace`;
  const again = now === null ? null : recordCommand(difference, now);
  if (now === null || again === null) {
    return [
      "  See how both runs go on:",
      "    const now = await record(main, options); console.log(diff(trace, now.trace).report)",
    ];
  }
  return [
    "  See how both runs go on:",
    `    ${again}`,
    `    npx tickless diff ${quoted(traceFile as string)} ${quoted(now)}`,
  ];
}

function reproLines(trace: TraceSource): string[] {
  const line = reproLine(trace);
  if (line === null || line.length > LONGEST_LINE) return [];
  const { program } = trace.header;
  return [
    "  The recorded run in one token, for whoever has the program and not the recording:",
    program === null
      ? `    replay("${line}", main)`
      : `    npx tickless replay ${line} ${quoted(program.file)}${flagsOf(program)}${argumentsOf(program)}`,
  ];
}

const OUTSIDE = [
  "  If the program is the very one that was recorded, it takes something from outside the run:",
  "    Date.now(), Math.random(), a variable that an earlier run has changed, or real I/O that is",
  "    not in `external(…)`. See which, and where: `run(guard(main))`. Take it from the run instead:",
  "    `run(virtualize(main))`.",
];

/** What a reader of a divergence report can type now. */
export function nextSteps(difference: Difference): string[] {
  const { trace, notice, unchanged, traceFile, actual, run } = difference;
  const stop = [
    "  Look at this run just before it, in a test or under a debugger:",
    `    const { live } = await replay(trace, main, { until: { event: ${actual.event} } })`,
  ];
  if (run !== undefined) {
    return [
      "  Have the first run as `trace`: `const { trace } = await record(main, options)`.",
      ...stop,
    ];
  }
  const see = [...seeLines(difference), ...compareLines(difference), ...stop];
  // Nothing was changed that could be meant.
  if (unchanged) return [...see, ...reproLines(trace)];
  const again =
    recordCommand(difference, traceFile ?? "recorded.trace") ??
    'record(main, options)    (from "tickless" or "@tickless/trace")';
  return [
    ...see,
    "  If the change is meant, record it anew:",
    `    ${again}`,
    ...(notice === null ? OUTSIDE : []),
    ...reproLines(trace),
  ];
}
