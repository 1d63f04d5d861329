import type { Difference } from "./divergence.ts";
import type { Trace } from "./trace.ts";

/** An argument as a POSIX shell takes it. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

function recordCommand({ header }: Trace, traceFile: string): string | null {
  const { program, seed, options, timeUnit } = header;
  if (program === null) return null;
  return [
    "npx tickless run",
    quoted(program.file),
    `--seed ${quoted(seed)}`,
    ...(timeUnit === "ms" ? [] : [`--time-unit ${timeUnit}`]),
    ...(options.until === null ? [] : [`--until ${options.until}`]),
    `--record ${quoted(traceFile)}`,
    ...(program.args.length === 0 ? [] : ["--", ...program.args.map(quoted)]),
  ].join(" ");
}

/** What a reader of a divergence report can type now. */
export function nextSteps({ trace, notice, unchanged, traceFile }: Difference): string[] {
  const file = traceFile ?? "recorded.trace";
  const see = [
    "  See the recorded run:",
    ...(traceFile === undefined
      ? [`    writeTrace("${file}", trace)    (from "@tickless/trace/node")`]
      : []),
    `    npx tickless show ${quoted(file)}`,
  ];
  // Nothing was changed that could be meant.
  if (unchanged) return see;
  const again = recordCommand(trace, file) ?? 'record(main, options)    (from "@tickless/trace")';
  const cause = [
    "  If the program is the very one that was recorded, it takes something from outside the run:",
    "    Date.now(), Math.random(), a variable that an earlier run has changed, or real I/O that is",
    "    not in `external(…)`.",
  ];
  return [
    ...see,
    "  If the change is meant, record it anew:",
    `    ${again}`,
    ...(notice === null ? cause : []),
  ];
}
