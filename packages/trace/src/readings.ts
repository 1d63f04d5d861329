import { readingIn } from "@tickless/core/kit";
import type { TraceNote } from "./note.ts";
import type { TraceIndex } from "./trace-index.ts";
import type { TraceSource } from "./trace.ts";

/** Something from outside the run that the program has read. */
export interface Reading {
  /** What it has called: `Math.random()`, `Date.now()` … */
  readonly what: string;
  /** Number of the event before it. */
  readonly event: number;
  /** Path of the task that did; empty in a callback. */
  readonly task: string;
  /** The innermost line of the program, such as `worker (jobs.ts:8:28)`; empty where nobody knows. */
  readonly place: string;
}

/** The reading that a note tells of; null if it tells of something else. */
export function readingOf(note: TraceNote, pathOf: (id: number) => string): Reading | null {
  if (note.kind !== "mark") return null;
  const what = readingIn(note.name);
  if (what === null) return null;
  const place = typeof note.value === "string" ? note.value : "";
  return { what, event: note.event, task: note.task < 0 ? "" : pathOf(note.task), place };
}

/** What the recorded run has read up to event number `to`. */
export function recordedReadings(trace: TraceSource, index: TraceIndex, to: number): Reading[] {
  const readings: Reading[] = [];
  for (const note of trace.notes(undefined, to)) {
    const reading = readingOf(note, (id) => index.pathOf(id));
    if (reading !== null) readings.push(reading);
  }
  return readings;
}

/** So many lines at most, each of what was read at one place. */
const MOST_LINES = 5;

/** `Date.now() 3 times in main/worker, after events 4 to 12, at work (jobs.ts:8:28)`. */
function lineOf(alike: readonly Reading[]): string {
  const { what, task, place, event: first } = alike[0] as Reading;
  const { event: last } = alike.at(-1) as Reading;
  const times = alike.length === 1 ? "" : ` ${alike.length} times`;
  const by = task === "" ? "" : ` in ${task}`;
  const after = first === last ? `event ${first}` : `events ${first} to ${last}`;
  return `${what}${times}${by}, after ${after}${place === "" ? "" : `, at ${place}`}`;
}

/** Readings as lines of a report, those of one place together, the latest first. */
export function readingLines(readings: readonly Reading[]): string[] {
  const groups = new Map<string, Reading[]>();
  for (const reading of readings) {
    const key = [reading.what, reading.task, reading.place].join("\n");
    const group = groups.get(key) ?? [];
    group.push(reading);
    // What was read last stands last.
    groups.delete(key);
    groups.set(key, group);
  }
  const latest = [...groups.values()].toReversed();
  const left = latest.slice(MOST_LINES).reduce((sum, { length }) => sum + length, 0);
  return [
    ...latest.slice(0, MOST_LINES).map(lineOf),
    ...(left > 0 ? [`and ${left} times elsewhere`] : []),
  ];
}
