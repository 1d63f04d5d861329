import type * as trace from "@tickless/trace";
import type { Trace, TraceEvent, TraceIndex } from "@tickless/trace";
import { columnWidths, wrapped } from "./columns.ts";
import type { Colors } from "./terminal.ts";

/** The trace package, which is loaded once it is known from where. */
type TraceModule = typeof trace;

/** What of a trace is shown, and how. */
export interface View {
  /** At most so many events. Default: all. */
  readonly limit?: number | undefined;
  /** Only this task and those below it. Default: all. */
  readonly task?: string | undefined;
  /** Characters in a line. */
  readonly width: number;
  readonly colors: Colors;
}

/** One event in a timeline. */
interface Row {
  readonly event: string;
  readonly time: string;
  /** Path of the task in whose column it stands. */
  readonly task: string;
  readonly text: string;
}

const GAP = "  ";
/** Stands for a task where none does what happens. */
const NO_TASK = "--";
/** A column this narrow is no pleasure to read: then each event gets a line of its own. */
const LEAST_WIDTH = 20;
/** What the other rows say already, by their times and with `goes on`. */
const silent: ReadonlySet<TraceEvent["kind"]> = new Set(["begin", "time", "timer"]);

function rowOf(event: TraceEvent, index: TraceIndex, { textOf }: TraceModule): Row {
  const { who, what } = textOf(event, index);
  const isEndOfTask = event.kind === "settle" && index.typeOf(event.object) === "task";
  const task = index.pathOf(isEndOfTask ? event.object : index.taskOf(event));
  return {
    event: String(event.event),
    time: String(index.timeAt(event.event)),
    task: task === "" ? NO_TASK : task,
    text: who === task ? what : `${who} ${what}`,
  };
}

function rowsOf(trace: Trace, module: TraceModule, task: string | undefined): Row[] {
  const index = new module.TraceIndex(trace);
  const rows = [...trace.events()]
    .filter(({ kind }) => !silent.has(kind))
    .map((event) => rowOf(event, index, module));
  if (task === undefined) return rows;
  return rows.filter((row) => row.task === task || row.task.startsWith(`${task}/`));
}

function longest(texts: Iterable<string>): number {
  let length = 0;
  for (const text of texts) length = Math.max(length, text.length);
  return length;
}

/** Number and time of an event, as every line begins. */
class Margin {
  readonly #event: number;
  readonly #time: number;
  readonly #colors: Colors;

  constructor(rows: readonly Row[], unit: string, colors: Colors) {
    this.#event = longest(["event", ...rows.map(({ event }) => event)]);
    this.#time = longest([unit, ...rows.map(({ time }) => time)]);
    this.#colors = colors;
  }

  get width(): number {
    return this.#event + GAP.length + this.#time + GAP.length;
  }

  text(event: string, time: string): string {
    const { dim } = this.#colors;
    return dim(event.padStart(this.#event)) + GAP + time.padStart(this.#time) + GAP;
  }
}

/** The tasks in the order in which they appear, each with all that its column must hold. */
function textsByTask(rows: readonly Row[]): Map<string, string[]> {
  const texts = new Map<string, string[]>();
  for (const { task, text } of rows) {
    const column = texts.get(task);
    if (column === undefined) texts.set(task, [task, text]);
    else column.push(text);
  }
  texts.delete(NO_TASK);
  return texts;
}

/** One column a task; null where the columns would be too narrow. What no task does goes across. */
function inColumns(
  rows: readonly Row[],
  margin: Margin,
  unit: string,
  view: View,
): string[] | null {
  const texts = textsByTask(rows);
  const available = view.width - margin.width - (texts.size - 1) * GAP.length;
  const widths = columnWidths([...texts.values()].map(longest), available, LEAST_WIDTH);
  if (widths === null) return null;
  const columns = new Map<string, { readonly start: number; readonly width: number }>();
  let heads = "";
  for (const [i, task] of [...texts.keys()].entries()) {
    const width = widths[i] ?? 0;
    columns.set(task, { start: heads.length, width });
    heads += task.padEnd(width) + GAP;
  }
  const lines = [margin.text("event", unit) + view.colors.bold(heads)];
  for (const { event, time, task, text } of rows) {
    const column = columns.get(task);
    const parts = column === undefined ? [`${NO_TASK} ${text}`] : wrapped(text, column.width);
    const indent = " ".repeat(column?.start ?? 0);
    lines.push(margin.text(event, time) + indent + parts[0]);
    for (const part of parts.slice(1)) lines.push(margin.text("", "") + indent + part);
  }
  return lines;
}

/** One line an event. */
function inLines(rows: readonly Row[], margin: Margin, unit: string, { colors }: View): string[] {
  const width = longest(["task", ...rows.map(({ task }) => task)]);
  return [
    margin.text("event", unit) + colors.bold("task".padEnd(width)),
    ...rows.map(
      ({ event, time, task, text }) =>
        margin.text(event, time) + colors.bold(task.padEnd(width)) + GAP + text,
    ),
  ];
}

/** A trace to read. */
export interface Timeline {
  /** Number and time of each event, who does it, and what. */
  readonly lines: readonly string[];
  /** How many events they show. */
  readonly shown: number;
}

/** A trace as a table. */
export function timeline(trace: Trace, module: TraceModule, view: View): Timeline {
  const all = rowsOf(trace, module, view.task);
  const rows = all.slice(0, view.limit);
  const { timeUnit } = trace.header;
  const unit = timeUnit === "none" ? "t" : `t/${timeUnit}`;
  const margin = new Margin(rows, unit, view.colors);
  const lines = inColumns(rows, margin, unit, view) ?? inLines(rows, margin, unit, view);
  const more = all.length - rows.length;
  const end = more === 0 ? [] : [`… and ${more} more (--limit)`];
  return { lines: [...lines, ...end], shown: rows.length };
}
