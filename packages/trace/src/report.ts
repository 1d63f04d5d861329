import { type ListedEvent, listed, readyBefore } from "./causes.ts";
import { nextSteps } from "./next-steps.ts";
import type { Difference, Divergence } from "./divergence.ts";
import { fieldsOf, type TraceEvent, valueOf } from "./event.ts";
import type { TraceIndex } from "./trace-index.ts";

/** How many common events, and how many ready tasks, are listed. */
const MOST_LISTED = 8;

/** What else can be the matter where the program is the very one that was recorded. */
const OUTSIDE = [
  "The program is the very one that was recorded, so it takes something from outside the run:",
  "Date.now(), Math.random(), a variable of a module, or real I/O that is not in `external(…)`; or",
  "a module that it imports has changed.",
];

type Findings = Omit<Divergence, "report">;

function table(rows: readonly ListedEvent[], unit: string): string[] {
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

/** The fields that differ, for two events whose words may be the same. */
function fieldLines({ expected, actual }: Difference, index: TraceIndex): string[] {
  if (expected?.kind !== actual.kind) return [];
  const lines: string[] = [];
  const line = (name: string, one: number | string, other: number | string): void => {
    if (!Object.is(one, other)) lines.push(`  ${name}: ${one} expected, ${other} actual`);
  };
  for (const field of fieldsOf(actual.kind) ?? []) {
    if (field.type === "newId") continue;
    const [one, other] = [valueOf(expected, field), valueOf(actual, field)];
    if (field.type !== "id") line(field.name, one, other);
    else line(field.name, index.pathOf(one as number) || "-", index.pathOf(other as number) || "-");
  }
  line("made to happen by event", expected.cause, actual.cause);
  return lines;
}

/** How often each stream was drawn from, up to and with the event that differs. */
function drawLine({ expected, actual }: Difference, index: TraceIndex): string {
  const draws = new Map<string, number>();
  for (const event of index.events.slice(0, actual.event - 1)) {
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

function readyLine(event: number, index: TraceIndex): string {
  const ready = readyBefore(event, index);
  if (ready.length === 0) return "Tasks ready to go on at this moment: none.";
  const more = ready.length > MOST_LISTED ? ` and ${ready.length - MOST_LISTED} more` : "";
  return `Tasks ready to go on at this moment: ${ready.slice(0, MOST_LISTED).join(", ")}${more}.`;
}

function causeLines({ causes }: Findings, index: TraceIndex): string[] {
  const last = index.at(causes.at(-1)?.event ?? 0);
  const more = last !== undefined && last.cause > 0 ? ["  … and so on, back to the start"] : [];
  return [...table(causes, index.unit), ...more];
}

/** The report of a divergence: what a reader needs who has not seen Tickless before. */
export function reportOf(findings: Findings, difference: Difference, index: TraceIndex): string {
  const { event, time, task, expected, actual } = findings;
  const where = task === null ? "" : `, in task ${task}`;
  const common = index.events.slice(Math.max(0, event - 1 - MOST_LISTED), event - 1);
  return [
    `Replay diverged at event ${event}, t=${time}${index.unit}${where}.`,
    ...(difference.notice === null ? [] : ["", `Notice: ${difference.notice}`]),
    ...(difference.unchanged ? ["", ...OUTSIDE] : []),
    "",
    `  expected (recorded)  ${expected}`,
    `  actual (this run)    ${actual}`,
    ...section("What is different in this event:", fieldLines(difference, index)),
    "",
    event === 1
      ? "It is the first event. The program was stopped before it took effect."
      : `Up to event ${event - 1} both runs are the same. The program was stopped before event ${event} took effect.`,
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
    drawLine(difference, index),
    readyLine(event, index),
    ...section("What to do next:", nextSteps(difference)),
  ].join("\n");
}
