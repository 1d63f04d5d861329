import type { Command } from "commander";
import { EXIT_CODES, EXIT_FAILED } from "../failure.ts";
import { installationIn } from "../installation.ts";
import { checkTraceFile, openTrace } from "../trace-file.ts";
import { countOf } from "../values.ts";

interface Options {
  readonly context?: number;
}

const EXAMPLES = `
Examples:
  tickless diff monday.trace tuesday.trace
  tickless diff monday.trace tuesday.trace --context 30`;

/** `tickless diff A B`: compares two recordings. */
export function addDiff(commands: Command): void {
  commands
    .command("diff")
    .summary("compare two recordings")
    .description(
      "Finds the first event in which two recordings differ, prints it with what came before and how " +
        "both go on, and sums up what each has that the other lacks. They may be of different programs, " +
        "seeds or versions: tasks and objects are matched by their paths.",
    )
    .argument("<a>", "a recording: what `tickless run --record` wrote")
    .argument("<b>", "another one")
    .option(
      "-c, --context <count>",
      "so many events before and after (default: 8)",
      countOf("--context"),
    )
    .addHelpText("after", `${EXAMPLES}\n${EXIT_CODES}`)
    .action(diffTraces);
}

async function diffTraces(a: string, b: string, { context }: Options): Promise<void> {
  checkTraceFile(a);
  checkTraceFile(b);
  const tickless = installationIn(process.cwd());
  const [one, other] = [await openTrace(a, tickless), await openTrace(b, tickless)];
  const { diff } = await tickless.loadTrace();
  const { same, report } = diff(one, other, { a, b, context });
  process.stdout.write(`${report}\n`);
  if (!same) process.exitCode = EXIT_FAILED;
}
