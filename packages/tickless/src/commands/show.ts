import type { Command } from "commander";
import type { ListedEvent, Timeline, TimelineView, TimeTravel, TraceSource } from "@tickless/trace";
import { flagsOf } from "../ambience.ts";
import { CommandError, EXIT_CODES } from "../failure.ts";
import { installationIn } from "../installation.ts";
import { eventAt, eventOf, type Position, positionOf, windowIn } from "../position.ts";
import { colorsFor, columnsOf } from "../terminal.ts";
import { checkTask, checkTraceFile, openTrace } from "../trace-file.ts";
import { countOf, textOf } from "../values.ts";

interface Options {
  readonly limit?: number;
  readonly task?: string;
  readonly at?: Position;
  readonly from?: Position;
  readonly to?: Position;
  readonly why?: number;
  readonly state?: true;
}

/** Events before and after the one that `--at` names. */
const AROUND = 10;
/** Causes and consequences that `--why` lists, and tasks, timers and objects of a state. */
const MOST_LISTED = 40;

const EXAMPLES = `
Positions: a number is an event, \`t=50\` is the last event that has happened when time 50 is over.

Examples:
  tickless show pipeline.trace
  tickless show pipeline.trace --task main/worker-1 --limit 50
  tickless show pipeline.trace --from t=10 --to t=20
  tickless show pipeline.trace --at 120            the events around number 120
  tickless show pipeline.trace --at 120 --state    who waited for what then, and since when
  tickless show pipeline.trace --state             the same at the end, for a run that got stuck
  tickless show pipeline.trace --why 120           what led to event 120, and what followed from it
  tickless show pipeline.trace | less -S`;

const readTask = textOf("--task", "the path of a task", "main/worker-1");

/** `tickless show TRACE`: prints a recording as a timeline, or what was so at one event of it. */
export function addShow(commands: Command): void {
  commands
    .command("show")
    .summary("print a recording, or look at one event of it")
    .description(
      "Prints what happened in a recorded run: the number and the time of each event, the task and " +
        "what it did; in one column a task where they fit, else in one line an event. Left out, so " +
        "that their numbers are skipped, are the begin of the run, moves of the time and timers that " +
        "fire: the times and `goes on` tell of them. Or it looks at one event: what was so then " +
        "(--state), what led to it (--why).",
    )
    .argument("<trace>", "the recording: what `tickless run --record` wrote")
    .option("-n, --limit <count>", "print at most so many events", countOf("--limit"))
    .option("-t, --task <path>", "only this task and the tasks that it started", readTask)
    .option("--from <position>", "from this event or time on", positionOf("--from"))
    .option("--to <position>", "up to and with this event or time", positionOf("--to"))
    .option("--at <position>", "the events around this one, which is marked", positionOf("--at"))
    .option(
      "--state",
      "tasks, timers, queues and locks as they were at --at, at --to, or at the end",
    )
    .option("--why <event>", "what led to this event, and what followed from it", eventOf("--why"))
    .addHelpText("after", `${EXAMPLES}\n${EXIT_CODES}`)
    .action(showTrace);
}

async function showTrace(file: string, options: Options): Promise<void> {
  checkTogether(options);
  checkTraceFile(file);
  const tickless = installationIn(process.cwd());
  const trace = await openTrace(file, tickless);
  const module = await tickless.loadTrace();
  const travel = new module.TimeTravel(trace);
  const { task, why, state } = options;
  if (task !== undefined) checkTask(task, travel, file);
  if (why !== undefined) {
    print([...title(trace), "", ...whyLines(eventAt(why, travel, file), travel)]);
  } else if (state === true) {
    const at = eventAt(options.at ?? options.to ?? travel.last, travel, file);
    const lines = module.stateLines(travel.at(at), travel, options.limit ?? MOST_LISTED);
    print([...title(trace), "", ...lines]);
  } else {
    showTimeline(new module.Timeline(travel, viewOf(options, travel, file)), trace);
  }
}

function checkTogether({ at, from, to, why, state, task }: Options): void {
  const refuse = (one: string, other: string): never => {
    throw new CommandError(
      "ERR_CONFLICTING_OPTION",
      `\`${one}\` and \`${other}\` do not go together. Leave one of them out.`,
    );
  };
  if (at !== undefined && (from ?? to) !== undefined) {
    refuse("--at", from === undefined ? "--to" : "--from");
  }
  if (state === true && from !== undefined) refuse("--state", "--from");
  if (state === true && task !== undefined) refuse("--state", "--task");
  if (why === undefined) return;
  for (const [name, value] of Object.entries({ at, from, to, state, task })) {
    if (value !== undefined) refuse("--why", `--${name}`);
  }
}

function viewOf(options: Options, travel: TimeTravel, file: string): TimelineView {
  const { limit, task } = options;
  const colors = colorsFor(process.stdout);
  const common = {
    limit,
    task,
    width: columnsOf(process.stdout),
    bold: colors.bold,
    dim: colors.dim,
  };
  if (options.at === undefined) return { ...common, ...windowIn(options, travel, file) };
  const mark = eventAt(options.at, travel, file);
  // A limit leaves out what is farthest from the marked event, never that one.
  const before = Math.min(AROUND, Math.floor((limit ?? Infinity) / 2));
  const after = Math.min(AROUND, (limit ?? Infinity) - 1 - before);
  return { ...common, mark, from: mark - before, to: mark + after };
}

/** Line by line: a recording may be longer than memory. */
function showTimeline(timeline: Timeline, trace: TraceSource): void {
  const [name, ...notices] = title(trace);
  const { shown, more } = timeline;
  const count = `${trace.length} events: ${shown} shown, ${trace.length - shown} left out; fingerprint ${trace.fingerprint}`;
  print([name ?? "", count, ...notices, ""]);
  for (const line of timeline.lines()) print([line]);
  if (more > 0) print([`… and ${more} more (--limit)`]);
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.map((line) => line.trimEnd()).join("\n")}\n`);
}

/** Of which run it is, and what is missing of it. */
function title({ header, complete, notices }: TraceSource): string[] {
  const { program, seed, engine } = header;
  const name =
    program === null
      ? "a program without a name"
      : [program.file + flagsOf(program.ambient), ...program.args].join(" ");
  return [
    `${name}, seed ${seed}, recorded with Tickless ${engine}`,
    ...(complete || notices.length > 0
      ? notices
      : ["the run was interrupted: the recording has no end"]),
  ];
}

function whyLines(event: number, travel: TimeTravel): string[] {
  const line = (listed: ListedEvent): string =>
    `  ${String(listed.event).padStart(String(travel.last).length)}  t=${listed.time}${travel.index.unit}  ${listed.text}`;
  const causes = travel.causes(event, MOST_LISTED + 1).map(line);
  const consequences = travel.consequences(event, MOST_LISTED + 1).map(line);
  const cut = (lines: readonly string[]): string[] =>
    lines.length > MOST_LISTED ? [...lines.slice(0, MOST_LISTED), "  …"] : [...lines];
  return [
    `How it came to event ${event} (latest first; each was made to happen by the one below it):`,
    ...cut(causes),
    "",
    ...(consequences.length === 0
      ? ["Nothing followed from it directly."]
      : ["What followed from it directly:", ...cut(consequences)]),
  ];
}
