import { textOf, type TraceEvent, type TraceIndex, type TraceNote } from "@tickless/trace";
import { isDeadlock } from "./errors.ts";
import type { Decision, Ended } from "./shrunk.ts";

/** Most lines of a timeline; of more, those around decisions and the last are shown. */
const MOST_LINES = 24;
const LAST_LINES = 8;
/** Most things that are said of one turn. */
const MOST_PHRASES = 9;

/** Events that are told. */
const TOLD: ReadonlySet<string> = new Set([
  "wait",
  "operation",
  "cancel",
  "draw",
  "settle",
  "name",
]);

/** What a task does until another task runs or time moves. */
interface Turn {
  readonly task: string;
  readonly time: number;
  /** Number of its first step, of all that the task runs. */
  readonly from: number;
  steps: number;
  readonly phrases: string[];
  /** Numbers, from 1, of the decisions by which it begins, or that are taken within it. */
  readonly decisions: number[];
}

/** Goes through the events of a run and makes turns of them. */
class Turns {
  readonly list: Turn[] = [];
  readonly #index: TraceIndex;
  readonly #decisionAt: ReadonlyMap<number, number>;
  readonly #steps = new Map<string, number>();
  #choice = -1;
  /** A decision that says what the next step is. */
  #pending: number[] = [];

  constructor(index: TraceIndex, departures: Ended["departures"]) {
    this.#index = index;
    this.#decisionAt = new Map(departures.map(({ at }, i) => [at, i + 1]));
  }

  add(event: TraceEvent, notes: readonly TraceNote[]): void {
    if (event.kind === "choice") this.#chosen(event.on);
    else if (event.kind === "step") this.#step(event);
    else this.#happens(event);
    for (const note of notes) this.#note(note);
  }

  #chosen(on: string): void {
    const decision = this.#decisionAt.get(++this.#choice);
    if (decision === undefined) return;
    if (on === "choose" || on === "jitter") this.list.at(-1)?.decisions.push(decision);
    else this.#pending.push(decision);
  }

  #step(event: TraceEvent & { readonly kind: "step" }): void {
    const { who: task, what } = textOf(event, this.#index);
    const time = this.#index.timeAt(event.event);
    const step = (this.#steps.get(task) ?? 0) + 1;
    this.#steps.set(task, step);
    const last = this.list.at(-1);
    if (last?.task === task && last.time === time && this.#pending.length === 0) {
      last.steps++;
      return;
    }
    const decisions = this.#pending;
    this.#pending = [];
    this.list.push({ task, time, from: step, steps: 1, phrases: [what], decisions });
  }

  #happens(event: TraceEvent): void {
    const turn = this.list.at(-1);
    const phrase = turn === undefined ? null : this.#phrase(event);
    if (turn !== undefined && phrase !== null) turn.phrases.push(phrase);
  }

  #phrase(event: TraceEvent): string | null {
    const index = this.#index;
    if (event.kind === "wait" && event.on === "sleep") {
      const ends = event.until <= index.timeAt(event.event);
      return ends ? "hands over" : textOf(event, index).what;
    }
    // What is made and settled beside tasks is the engine's own, most of the time.
    if (event.kind === "settle" && index.typeOf(event.object) !== "task") return null;
    if (event.kind === "name" && (event.type !== "task" || event.parent < 0)) return null;
    return TOLD.has(event.kind) ? textOf(event, index).what : null;
  }

  #note(note: TraceNote): void {
    const turn = this.list.at(-1);
    if (turn === undefined) return;
    if (note.kind === "log") turn.phrases.push(`logs ${JSON.stringify(note.text)}`);
    else turn.phrases.push(note.value === null ? note.name : `${note.name} = ${note.value}`);
  }
}

/** Equal phrases in a row as one, and the middle of many left out. */
function told(phrases: readonly string[]): string {
  const groups: { readonly text: string; count: number }[] = [];
  for (const text of phrases) {
    const last = groups.at(-1);
    if (last?.text === text) last.count++;
    else groups.push({ text, count: 1 });
  }
  const texts = groups.map(({ text, count }) => (count === 1 ? text : `${text} ×${count}`));
  const left = texts.length - MOST_PHRASES;
  if (left > 1) texts.splice(4, left, `… (${left} more)`);
  return texts.join(", ");
}

/** Tasks that have to do with it: that decisions are about, that ran last, that are in the deadlock. */
function concerned(turns: readonly Turn[], decisions: readonly Decision[], error: unknown) {
  const tasks = new Set(decisions.flatMap(({ task, to }) => [task, to]));
  const last = turns.at(-1);
  if (last !== undefined) tasks.add(last.task);
  if (isDeadlock(error)) {
    for (const { task } of error.blocked) if (task !== "main") tasks.add(task);
  }
  // Where nothing was decided, all of them are in it.
  if (decisions.length === 0) for (const { task } of turns) tasks.add(task);
  return tasks;
}

/** Which turns are shown. */
function chosenTurns(turns: readonly Turn[], tasks: ReadonlySet<string | null>): Set<Turn> {
  const those = turns.filter(({ task }) => tasks.has(task));
  if (those.length <= MOST_LINES) return new Set(those);
  const around = those.filter((turn, i) => {
    return turn.decisions.length > 0 || (those[i + 1]?.decisions.length ?? 0) > 0;
  });
  return new Set([...around.slice(0, MOST_LINES), ...those.slice(-LAST_LINES)]);
}

function leftOut(turns: readonly Turn[]): string {
  const tasks = [...new Set(turns.map(({ task }) => task))];
  const names = tasks.slice(0, 3).join(", ") + (tasks.length > 3 ? " and others" : "");
  const steps = turns.reduce((sum, turn) => sum + turn.steps, 0);
  return `… ${names}: ${steps} ${steps === 1 ? "step" : "steps"}`;
}

interface Row {
  readonly cells: readonly [time: string, task: string, steps: string];
  readonly text: string;
}

function rowOf(turn: Turn, unit: string): Row {
  const { task, time, from, steps, phrases, decisions } = turn;
  const to = from + steps - 1;
  const marks = decisions.map((decision) => `  ← decision ${decision}`).join("");
  return {
    cells: [`t=${time}${unit}`, task, steps === 1 ? `step ${from}` : `steps ${from}–${to}`],
    text: told(phrases) + marks,
  };
}

/** What happens in a run, as far as it has to do with its decisions and its end. */
export function timelineOf(
  index: TraceIndex,
  { departures, error, trace }: Ended,
  decisions: readonly Decision[],
): string {
  const notes = new Map<number, TraceNote[]>();
  for (const note of trace.notes()) {
    notes.set(note.event, [...(notes.get(note.event) ?? []), note]);
  }
  const turns = new Turns(index, departures);
  for (const event of index.events) turns.add(event, notes.get(event.event) ?? []);
  const shown = chosenTurns(turns.list, concerned(turns.list, decisions, error));
  const rows: (Row | string)[] = [];
  let hidden: Turn[] = [];
  for (const turn of turns.list) {
    if (!shown.has(turn)) {
      hidden.push(turn);
      continue;
    }
    if (hidden.length > 0) rows.push(leftOut(hidden));
    hidden = [];
    rows.push(rowOf(turn, index.unit));
  }
  if (hidden.length > 0) rows.push(leftOut(hidden));
  return aligned(rows).join("\n");
}

function aligned(rows: readonly (Row | string)[]): string[] {
  const widths = [0, 1, 2].map((column) =>
    Math.max(
      0,
      ...rows.map((row) => (typeof row === "string" ? 0 : (row.cells[column] ?? "").length)),
    ),
  );
  return rows.map((row) => {
    if (typeof row === "string") return `  ${row}`;
    const cells = row.cells.map((cell, column) => cell.padEnd(widths[column] as number));
    return `  ${cells.join("  ")}  ${row.text}`;
  });
}
