import { ByteReader } from "./byte-reader.ts";
import type { Chunk } from "./chunk.ts";
import {
  CODES,
  DELTA,
  DOUBLE,
  HAS_OBJECT,
  LATER,
  NOTE_CODES,
  NUMBER_VALUE,
  SAME_TASK,
  TEXT_VALUE,
  TIME_BITS,
} from "./codes.ts";
import { TraceError } from "./errors.ts";
import type { EventOf, TraceEvent } from "./event.ts";
import type { TraceNote } from "./note.ts";

/** The strings of a chunk. */
export function readStrings({ strings }: Chunk): string[] {
  const reader = new ByteReader(strings);
  const list: string[] = [];
  while (!reader.over) list.push(reader.text());
  return list;
}

/** How many strings a chunk has. */
export function countStrings({ strings }: Chunk): number {
  const reader = new ByteReader(strings);
  let count = 0;
  for (; !reader.over; count++) {
    for (let units = reader.varint(); units > 0; units--) reader.varint();
  }
  return count;
}

/** Takes in the strings of a table, in which those that are gone are counted. */
export function readTable({ strings }: Chunk, into: string[]): void {
  const reader = new ByteReader(strings);
  while (!reader.over) {
    const number = into.length + reader.varint();
    into[number] = reader.text();
  }
}

/** Makes events of the bytes of one chunk. */
class EventReader {
  readonly #reader: ByteReader;
  readonly #strings: readonly string[];
  readonly #names: readonly EventOf<"name">[];
  #name = 0;
  #now: number;
  #running = -2;

  constructor(chunk: Chunk, strings: readonly string[], names: readonly EventOf<"name">[]) {
    this.#reader = new ByteReader(chunk.events);
    this.#strings = strings;
    this.#names = names;
    this.#now = chunk.start;
  }

  get over(): boolean {
    return this.#reader.over;
  }

  /** The next event; null if it is of a kind that came after this version. */
  event(event: number): TraceEvent | null {
    const reader = this.#reader;
    const first = reader.byte();
    const code = first & 15;
    if (code === LATER) {
      reader.varint();
      const length = reader.varint();
      reader.at += length;
      return null;
    }
    if (code === CODES.begin) return this.#begin(event);
    if (code === CODES.time) {
      const now = this.#time(first);
      this.#now = now;
      return { event, cause: 0, kind: "time", now };
    }
    if (code === CODES.end) return { event, cause: 0, kind: "end", reason: this.#string() };
    const distance = reader.varint();
    return this.#caused(event, distance === 0 ? 0 : event - distance, code, first);
  }

  #begin(event: number): TraceEvent {
    const seed = this.#string();
    this.#now = this.#reader.double();
    return { event, cause: 0, kind: "begin", seed, now: this.#now, timeUnit: this.#string() };
  }

  #caused(event: number, cause: number, code: number, first: number): TraceEvent {
    const reader = this.#reader;
    switch (code) {
      case CODES.name:
        return { ...(this.#names[this.#name++] as EventOf<"name">), event, cause };
      case CODES.timer: {
        const when = (first & TIME_BITS) === 0 ? this.#now : this.#time(first);
        return { event, cause, kind: "timer", when };
      }
      case CODES.step:
        this.#running = reader.varint() - 1;
        return { event, cause, kind: "step", task: this.#running };
      case CODES.callback:
        this.#running = reader.varint() - 1;
        return { event, cause, kind: "callback", task: this.#running };
      case CODES.choice: {
        const on = this.#string();
        const count = reader.varint();
        return { event, cause, kind: "choice", on, count, picked: reader.varint() };
      }
      case CODES.draw:
        return { event, cause, kind: "draw", stream: this.#string() };
      case CODES.external: {
        const call = reader.varint();
        return { event, cause, kind: "external", call, encoded: this.#string() };
      }
      default:
        return this.#tasked(event, cause, code, first);
    }
  }

  #tasked(event: number, cause: number, code: number, first: number): TraceEvent {
    const reader = this.#reader;
    const task = (first & SAME_TASK) === 0 ? reader.varint() - 1 : this.#running;
    switch (code) {
      case CODES.wait: {
        const on = this.#string();
        const isObject = (first & HAS_OBJECT) !== 0;
        const object = isObject ? reader.varint() - 1 : -1;
        const op = isObject ? this.#string() : "";
        return { event, cause, kind: "wait", task, on, object, until: this.#time(first), op };
      }
      case CODES.arm:
        return { event, cause, kind: "arm", task, when: this.#time(first) };
      case CODES.operation: {
        const object = reader.varint() - 1;
        const name = this.#string();
        const state = (first & DOUBLE) === 0 ? reader.signed() : reader.double();
        return { event, cause, kind: "operation", task, object, name, state };
      }
      case CODES.settle:
        return { event, cause, kind: "settle", object: task, outcome: this.#string() };
      default:
        return { event, cause, kind: "cancel", by: task, task: reader.varint() - 1 };
    }
  }

  #time(first: number): number {
    if ((first & DELTA) !== 0) return this.#now + this.#reader.signed();
    return (first & DOUBLE) === 0 ? NaN : this.#reader.double();
  }

  #string(): string {
    const number = this.#reader.varint();
    return number === 0 ? "" : (this.#strings[number] ?? "");
  }
}

/** The events of a chunk, made in order and as far as somebody asks for them. */
export class ChunkEvents {
  readonly #first: number;
  readonly #count: number;
  readonly #reader: EventReader;
  readonly #made: (TraceEvent | null)[] = [];

  constructor(chunk: Chunk, strings: readonly string[], names: readonly EventOf<"name">[]) {
    this.#first = chunk.first;
    this.#count = chunk.count;
    this.#reader = new EventReader(chunk, strings, names);
  }

  /** Event number `i` of the chunk, counted from 0; null for one of a kind that came after this version. */
  at(i: number): TraceEvent | null {
    const made = this.#made;
    try {
      while (made.length <= i) made.push(this.#reader.event(this.#first + made.length));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const what = `The chunk of event ${this.#first} is whole, but no recorder of this version wrote it.`;
      throw new TraceError("ERR_TRACE_FORMAT", what, undefined, error);
    }
    return made[i] as TraceEvent | null;
  }

  *[Symbol.iterator](): Generator<TraceEvent | null, void, undefined> {
    for (let i = 0; i < this.#count; i++) yield this.at(i);
  }
}

/** The notes of a chunk, but for those of a kind that came after this version. */
export function readNotes({ notes, first }: Chunk): TraceNote[] {
  const reader = new ByteReader(notes);
  const list: TraceNote[] = [];
  let event = first - 1;
  while (!reader.over) {
    const code = reader.varint();
    event += reader.varint();
    const end = reader.varint() + reader.at;
    const note = readNote(reader, code, event);
    if (note !== null) list.push(note);
    reader.at = end;
  }
  return list;
}

function readNote(reader: ByteReader, code: number, event: number): TraceNote | null {
  if (code > NOTE_CODES.counter) return null;
  const task = reader.varint() - 1;
  const text = reader.text();
  if (code === NOTE_CODES.log) return { event, task, kind: "log", text };
  if (code === NOTE_CODES.counter) {
    return { event, task, kind: "counter", name: text, value: reader.double() };
  }
  const type = reader.varint();
  const value =
    type === NUMBER_VALUE ? reader.double() : type === TEXT_VALUE ? reader.text() : null;
  return { event, task, kind: "mark", name: text, value };
}
