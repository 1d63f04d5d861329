import type { Command } from "commander";
import type * as traceModule from "@tickless/trace";
import type { Trace } from "@tickless/trace";
import { CommandError, EXIT_CODES } from "../failure.ts";
import { installationIn } from "../installation.ts";
import { colorsFor, columnsOf } from "../terminal.ts";
import { timeline } from "../timeline.ts";
import { checkTraceFile, loadTrace } from "../trace-file.ts";
import { countOf, textOf } from "../values.ts";

interface Options {
  readonly limit?: number;
  readonly task?: string;
}

const EXAMPLES = `
Examples:
  tickless show pipeline.trace
  tickless show pipeline.trace --task main/worker-1 --limit 50
  tickless show pipeline.trace | less -S`;

const readTask = textOf("--task", "the path of a task", "main/worker-1");

/** `tickless show TRACE`: prints a recording as a timeline. */
export function addShow(commands: Command): void {
  commands
    .command("show")
    .summary("print a recording as a timeline")
    .description(
      "Prints what happened in a recorded run: the number and the time of each event, the task and " +
        "what it did; in one column a task where they fit, else in one line an event. Left out, so " +
        "that their numbers are skipped, are the begin of the run, moves of the time and timers that " +
        "fire: the times and `goes on` tell of them.",
    )
    .argument("<trace>", "the recording: what `tickless run --record` wrote")
    .option("-n, --limit <count>", "print at most so many events", countOf("--limit"))
    .option("-t, --task <path>", "only this task and the tasks that it started", readTask)
    .addHelpText("after", `${EXAMPLES}\n${EXIT_CODES}`)
    .action(showTrace);
}

async function showTrace(file: string, { limit, task }: Options): Promise<void> {
  checkTraceFile(file);
  const tickless = installationIn(process.cwd());
  const trace = await loadTrace(file, tickless);
  const module = await tickless.loadTrace();
  if (task !== undefined) checkTask(task, trace, module, file);
  const view = { limit, task, width: columnsOf(process.stdout), colors: colorsFor(process.stdout) };
  const { lines: rows, shown } = timeline(trace, module, view);
  const lines = [...heading(trace, shown), "", ...rows];
  process.stdout.write(`${lines.map((line) => line.trimEnd()).join("\n")}\n`);
}

function heading({ header, length, complete, fingerprint }: Trace, shown: number): string[] {
  const { program, seed, engine } = header;
  const name =
    program === null ? "a program without a name" : [program.file, ...program.args].join(" ");
  return [
    `${name}, seed ${seed}, recorded with Tickless ${engine}`,
    `${length} events: ${shown} shown, ${length - shown} left out; fingerprint ${fingerprint}`,
    ...(complete ? [] : ["the run was interrupted: the recording has no end"]),
  ];
}

function checkTask(
  path: string,
  trace: Trace,
  { TraceIndex }: typeof traceModule,
  file: string,
): void {
  const index = new TraceIndex(trace);
  const paths = [...trace.events()].flatMap((event) =>
    event.kind === "name" && event.type === "task" ? index.pathOf(event.id) : [],
  );
  if (paths.includes(path)) return;
  const some = paths.slice(0, 10).join(", ");
  throw new CommandError(
    "ERR_NO_SUCH_TASK",
    `The trace \`${file}\` has no task \`${path}\`. Its tasks: ${some}${paths.length > 10 ? ", …" : ""}.`,
  );
}
