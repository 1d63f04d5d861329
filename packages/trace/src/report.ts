import { comesLater, type ListedEvent, listed, LOOKAHEAD, pathsOf, readyBefore } from "./causes.ts";
import { nextSteps } from "./next-steps.ts";
import type { Difference, Divergence } from "./divergence.ts";
import { fieldsOf, type TraceEvent, valueOf } from "./event.ts";
import { placeText } from "./reasons.ts";
import type { TraceIndex } from "./trace-index.ts";

/** How many common events, and how many ready tasks, are listed. */
const MOST_LISTED = 8;

/** What else can be the matter where the program is the very one that was recorded. */
const OUTSIDE = [
  "The program is the very one that was recorded, so it takes something from outside the run:",
  "Date.now(), Math.random(), a variable of a module, or real I/O that is not in `external(…)`; or",
  "a module that it imports has changed. `run(virtualize(main))` gives it virtual time and seeded chance",
  "in place of the host's, and `run(guard(main))` finds what it takes from the host.",
];

/** The same where it is known that it was not the host's clock, nor its chance. */
const NOT_THE_HOST = [
  "The program is the very one that was recorded, and has read neither a clock nor Math.random() nor crypto.",
  "So it takes something else from outside the run: a variable of a module, the environment, or real I/O that is",
  "not in `external(…)`; or a module that it imports has changed.",
];

/** What else can be the matter. */
function outsideLines({ unchanged, readings, watched }: Difference): string[] {
  if (!unchanged || readings.length > 0) return [];
  return ["", ...(watched ? NOT_THE_HOST : OUTSIDE)];
}

type Findings = Omit<Divergence, "report">;

/** Events as lines of a table: number, time, words. */
export function table(rows: readonly ListedEvent[], unit: string): string[] {
  const numbers = rows.map(({ event }) => String(event));
  const times = rows.map(({ time }) => `t=${time}${unit}`);
  const wide = (cells: readonly string[]): number => Math.max(...cells.map(({ length }) => length));
  return rows.map(({ text }, i) => {
    const number = (numbers[i] as string).padStart(wide(numbers));
    return `  ${number}  ${(times[i] as string).padEnd(wide(times))}  ${text}`;
  });
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

/** The fields in which two events of one kind differ; each goes by the ids of its own trace. */
export function changedFields(
  expected: TraceEvent,
  actual: TraceEvent,
  indexThen: TraceIndex,
  indexNow: TraceIndex,
  [then, now]: readonly [string, string],
): string[] {
  if (expected.kind !== actual.kind) return [];
  const lines: string[] = [];
  const line = (name: string, one: number | string, other: number | string): void => {
    if (!Object.is(one, other)) lines.push(`  ${name}: ${one} ${then}, ${other} ${now}`);
  };
  for (const field of fieldsOf(actual.kind) ?? []) {
    if (field.type === "newId") continue;
    const [one, other] = [valueOf(expected, field), valueOf(actual, field)];
    if (field.type !== "id") line(field.name, one, other);
    else
      line(
        field.name,
        indexThen.pathOf(one as number) || "-",
        indexNow.pathOf(other as number) || "-",
      );
  }
  line("made to happen by event", expected.cause, actual.cause);
  return lines;
}

/** The fields that differ, for two events whose words may be the same. */
function fieldLines({ expected, actual }: Difference, index: TraceIndex): string[] {
  if (expected === undefined) return [];
  return changedFields(expected, actual, index, index, ["expected", "actual"]);
}

/** How often each stream was drawn from, up to and with the event that differs. */
function drawLine({ trace, expected, actual }: Difference): string {
  const draws = new Map<string, number>();
  for (const event of trace.events(undefined, actual.event - 1)) {
    if (event.kind === "draw") draws.set(event.stream, (draws.get(event.stream) ?? 0) + 1);
  }
  const extra = (event: TraceEvent | undefined, stream: string): number =>
    event?.kind === "draw" && event.stream === stream ? 1 : 0;
  const streams = new Set(draws.keys());
  for (const event of [expected, actual]) if (event?.kind === "draw") streams.add(event.stream);
  if (streams.size === 0) return "Random streams: nothing was drawn up to here, in either run.";
  const counts = [...streams].map((stream) => {
    const common = draws.get(stream) ?? 0;
    const then = common + extra(expected, stream);
    const now = common + extra(actual, stream);
    return then === now
      ? `"${stream}" ${now} in both`
      : `"${stream}" ${then} expected, ${now} actual`;
  });
  return `Random streams, numbers drawn up to here: ${counts.join("; ")}.`;
}

function readyText(paths: readonly string[]): string {
  if (paths.length === 0) return "none";
  const more = paths.length > MOST_LISTED ? ` and ${paths.length - MOST_LISTED} more` : "";
  return `${paths.slice(0, MOST_LISTED).join(", ")}${more}`;
}

/** Who could go on at this moment, in both runs. */
function readyLines({ actual, ready }: Difference, index: TraceIndex): string[] {
  const then = readyBefore(actual.event, index);
  if (ready === null) return [`Tasks ready to go on at this moment: ${readyText(then)}.`];
  const first = actual.kind === "step" ? [actual.task] : [];
  const now = [...new Set([...first, ...ready])]
    .filter((id) => id >= 0)
    .map((id) => index.pathOf(id));
  if (then.join() === now.join()) {
    return [`Tasks ready to go on at this moment, in both runs: ${readyText(then)}.`];
  }
  return [
    "Tasks ready to go on at this moment, the next one first:",
    `  recorded  ${readyText(then)}`,
    `  this run  ${readyText(now)}`,
  ];
}

/** Up to three lines of the program, below what they explain. */
function placeLines(where: readonly string[], margin: string): string[] {
  return where.slice(0, 3).map((frame) => `${margin}at ${placeText([frame])}`);
}

/** Whose the events are that do not match, and where else they come. */
function ownerLines(
  { trace, expected, actual, whereOwner }: Difference,
  index: TraceIndex,
): string[] {
  const lines: string[] = [];
  const later = comesLater(actual, actual.event + 1, index);
  if (expected !== undefined) {
    const { task } = pathsOf(expected, index);
    if (task !== "" && task !== pathsOf(actual, index).task) {
      lines.push(
        `  The expected event is ${task}'s${whereOwner.length > 0 ? "; in this run it is" : "."}`,
      );
      lines.push(...placeLines(whereOwner, "    "));
    }
  }
  lines.push(
    later > 0
      ? `  What this run does, the recorded run does ${later - actual.event} event${later - actual.event === 1 ? "" : "s"} later, in event ${later} at t=${index.timeAt(later)}${index.unit}.`
      : `  What this run does, the recorded run does not do ${trace.last > actual.event + LOOKAHEAD ? `in the next ${LOOKAHEAD} events` : "from here on"}.`,
  );
  return lines;
}

function causeLines({ causes }: Findings, index: TraceIndex): string[] {
  const last = index.at(causes.at(-1)?.event ?? 0);
  const more = last !== undefined && last.cause > 0 ? ["  … and so on, back to the start"] : [];
  return [...table(causes, index.unit), ...more];
}

/** The report of a divergence: what a reader needs who has not seen Tickless before. */
export function reportOf(findings: Findings, difference: Difference, index: TraceIndex): string {
  const { event, time, task, expected, actual, reason, where } = findings;
  const inTask = task === null ? "" : `, in task ${task}`;
  const common = [...difference.trace.events(Math.max(1, event - MOST_LISTED), event - 1)];
  const first = difference.run === undefined ? "(recorded)" : "(run 1)   ";
  const which = difference.run === undefined ? "Replay" : `Run ${difference.run}`;
  return [
    `${which} diverged at event ${event}, t=${time}${index.unit}${inTask}.`,
    "",
    `  expected ${first}  ${expected}`,
    `  actual (this run)    ${actual}`,
    ...placeLines(where, " ".repeat(23)),
    "",
    ...reason.split("\n"),
    ...(difference.notice === null ? [] : ["", `Notice: ${difference.notice}`]),
    ...outsideLines(difference),
    ...section("What is different in this event:", fieldLines(difference, index)),
    "",
    event === 1
      ? "It is the first event. The program was stopped before it took effect."
      : `Up to event ${event - 1} both runs are the same. The program was stopped before event ${event} took effect.`,
    ...section("Whose events these are:", ownerLines(difference, index)),
    ...section(
      "How it came to this event (latest first; each was made to happen by the one below it):",
      causeLines(findings, index),
    ),
    ...section(
      "The last events that both runs have in common:",
      table(
        common.map((one) => listed(one, index)),
        index.unit,
      ),
    ),
    "",
    drawLine(difference),
    ...readyLines(difference, index),
    ...section("What to do next:", nextSteps(difference)),
  ].join("\n");
}
