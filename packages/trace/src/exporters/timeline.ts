import { readingIn } from "@tickless/core/kit";
import { textOf } from "../describe.ts";
import type { TraceEvent } from "../event.ts";
import type { TraceNote } from "../note.ts";
import type { TimeTravel } from "../time-travel.ts";
import { columnWidths, wrapped } from "./columns.ts";
import { type Exporter, type ExportOptions, windowOf } from "./exporter.ts";

/** What of a trace a timeline shows, and how. */
export interface TimelineView extends ExportOptions {
  /** At most so many events. Default: all. */
  readonly limit?: number | undefined;
  /** Number of an event to be marked with `>`; it is shown even if its like are left out. */
  readonly mark?: number | undefined;
  /** For heads. Default: nothing is done to them. */
  readonly bold?: ((text: string) => string) | undefined;
  /** For numbers of events. Default: nothing is done to them. */
  readonly dim?: ((text: string) => string) | undefined;
}

/** One event in a timeline, or a note, which has no number. */
interface Row {
  readonly event: number | null;
  readonly time: string;
  /** Path of the task in whose column it stands. */
  readonly task: string;
  readonly text: string;
}

const DEFAULT_WIDTH = 100;
const GAP = "  ";
/** Stands for a task where none does what happens. */
const NO_TASK = "--";
/** A column this narrow is no pleasure to read: then each event gets a line of its own. */
const LEAST_WIDTH = 20;
/** What the other rows say already, by their times and with `goes on`. */
const silent: ReadonlySet<TraceEvent["kind"]> = new Set(["begin", "time", "timer"]);

function rowOf(event: TraceEvent, { index }: TimeTravel): Row {
  const { who, what } = textOf(event, index);
  const isEndOfTask = event.kind === "settle" && index.typeOf(event.object) === "task";
  const task = index.pathOf(isEndOfTask ? event.object : index.taskOf(event));
  return {
    event: event.event,
    time: String(index.timeAt(event.event)),
    task: task === "" ? NO_TASK : task,
    text: who === task ? what : `${who} ${what}`,
  };
}

/** What a note says; null for a quantity, which viewers draw as a curve. */
function textOfNote(note: TraceNote): string | null {
  if (note.kind === "counter") return null;
  if (note.kind === "log") return `log: ${note.text}`;
  const what = readingIn(note.name);
  if (what === null) return `mark: ${note.name}${note.value === null ? "" : ` ${note.value}`}`;
  return `${what} asks the host${note.value === null ? "" : `, at ${note.value}`}`;
}

/** Line breaks would end the row. */
const BREAKS = /\s*\n\s*/g;

function rowOfNote(note: TraceNote, { index }: TimeTravel): Row | null {
  const text = textOfNote(note)?.replaceAll(BREAKS, " ");
  if (text === undefined) return null;
  const task = note.task < 0 ? NO_TASK : index.pathOf(note.task);
  return { event: null, time: String(index.timeAt(note.event)), task, text };
}

function same(text: string): string {
  return text;
}

/**
 * A trace as a table: number and time of each event, who does it, and what; one column a task where
 * they fit, else one line an event. Goes through the trace once to measure and once for the lines,
 * and keeps none of it.
 */
export class Timeline {
  /** How many events its lines show. */
  shown = 0;
  /** How many there are beyond the limit. */
  more = 0;
  /** With the notes. */
  #rowsShown = 0;
  readonly #travel: TimeTravel;
  readonly #view: TimelineView;
  readonly #unit: string;
  readonly #width: number;
  #eventWidth = "event".length;
  #timeWidth: number;
  /** The tasks in the order in which they appear, each with the length of the longest text. */
  readonly #tasks = new Map<string, number>();

  constructor(travel: TimeTravel, view: TimelineView = {}) {
    this.#travel = travel;
    this.#view = view;
    const { timeUnit } = travel.trace.header;
    this.#unit = timeUnit === "none" ? "t" : `t/${timeUnit}`;
    this.#timeWidth = this.#unit.length;
    this.#width = view.width ?? DEFAULT_WIDTH;
    for (const row of this.#all()) {
      if (this.shown < (view.limit ?? Infinity)) this.#measure(row);
      else if (row.event !== null) this.more++;
    }
  }

  /** The table, line by line. */
  *lines(): Generator<string, void, undefined> {
    yield* this.#inColumns() ?? this.#inLines();
  }

  *#all(): Generator<Row, void, undefined> {
    const { task } = this.#view;
    for (const row of this.#ofAllTasks()) {
      if (task === undefined || row.task === task || row.task.startsWith(`${task}/`)) yield row;
    }
  }

  /** Each event, and the notes that hang on it. */
  *#ofAllTasks(): Generator<Row, void, undefined> {
    const { mark } = this.#view;
    const travel = this.#travel;
    const [from, to] = windowOf(travel, this.#view);
    const notes = travel.trace.notes(from, to);
    let note = notes.next();
    for (const event of travel.trace.events(from, to)) {
      if (!silent.has(event.kind) || event.event === mark) yield rowOf(event, travel);
      for (; note.done !== true && note.value.event <= event.event; note = notes.next()) {
        const row = rowOfNote(note.value, travel);
        if (row !== null) yield row;
      }
    }
  }

  *#rows(): Generator<Row, void, undefined> {
    let left = this.#rowsShown;
    for (const row of this.#all()) {
      if (left-- <= 0) return;
      yield row;
    }
  }

  #measure({ event, time, task, text }: Row): void {
    this.#rowsShown++;
    if (event !== null) this.shown++;
    this.#eventWidth = Math.max(this.#eventWidth, String(event ?? "").length);
    this.#timeWidth = Math.max(this.#timeWidth, time.length);
    const width = this.#tasks.get(task) ?? task.length;
    this.#tasks.set(task, Math.max(width, text.length));
  }

  /** Number and time of an event, as every line begins. */
  #margin(event: string, time: string, mark: boolean = false): string {
    const { dim = same, mark: marked } = this.#view;
    const sign = marked === undefined ? "" : mark ? "> " : "  ";
    return (
      sign + dim(event.padStart(this.#eventWidth)) + GAP + time.padStart(this.#timeWidth) + GAP
    );
  }

  #marginOf({ event, time }: Row): string {
    return this.#margin(String(event ?? ""), time, event !== null && event === this.#view.mark);
  }

  /** One column a task; null where the columns would be too narrow. What no task does goes across. */
  #inColumns(): Generator<string, void, undefined> | null {
    const tasks = [...this.#tasks.keys()].filter((task) => task !== NO_TASK);
    const sign = this.#view.mark === undefined ? 0 : GAP.length;
    const margin = sign + this.#eventWidth + GAP.length + this.#timeWidth + GAP.length;
    const available = this.#width - margin - (tasks.length - 1) * GAP.length;
    const wanted = tasks.map((task) => this.#tasks.get(task) ?? 0);
    const widths = columnWidths(wanted, available, LEAST_WIDTH);
    return widths === null ? null : this.#columns(tasks, widths);
  }

  *#columns(
    tasks: readonly string[],
    widths: readonly number[],
  ): Generator<string, void, undefined> {
    const { bold = same } = this.#view;
    const columns = new Map<string, { readonly start: number; readonly width: number }>();
    let heads = "";
    for (const [i, task] of tasks.entries()) {
      const width = widths[i] ?? 0;
      columns.set(task, { start: heads.length, width });
      heads += task.padEnd(width) + GAP;
    }
    yield this.#margin("event", this.#unit) + bold(heads);
    for (const row of this.#rows()) {
      const column = columns.get(row.task);
      const parts =
        column === undefined ? [`${NO_TASK} ${row.text}`] : wrapped(row.text, column.width);
      const indent = " ".repeat(column?.start ?? 0);
      yield this.#marginOf(row) + indent + parts[0];
      for (const part of parts.slice(1)) yield this.#margin("", "") + indent + part;
    }
  }

  /** One line an event. */
  *#inLines(): Generator<string, void, undefined> {
    const { bold = same } = this.#view;
    let width = "task".length;
    for (const task of this.#tasks.keys()) width = Math.max(width, task.length);
    yield this.#margin("event", this.#unit) + bold("task".padEnd(width));
    for (const row of this.#rows()) {
      yield this.#marginOf(row) + bold(row.task.padEnd(width)) + GAP + row.text;
    }
  }
}

/** The readable timeline. */
export const timeline: Exporter = {
  name: "timeline",
  summary: "a table to read: one column a task where they fit, else one line an event",
  extension: ".txt",
  *write(travel, options) {
    for (const line of new Timeline(travel, options).lines()) yield `${line.trimEnd()}\n`;
  },
};
