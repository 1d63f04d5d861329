import type { Probe } from "@tickless/core/kit";
import { double, Section, signed, varint } from "./bytes.ts";
import { type Chunk, CHUNK_EVENTS, digestAfter, EVENTS, writeChunk } from "./chunk.ts";
import {
  CODES,
  DELTA,
  DOUBLE,
  HAS_OBJECT,
  LONGEST_STRING,
  MOST_STRINGS,
  SAME_TASK,
} from "./codes.ts";
import { type Digest128, EMPTY_DIGEST } from "./digest.ts";
import { NoteWriter } from "./note-writer.ts";

/** Most bytes of one event, with some to spare: three ids, two numbers, two strings. */
const MOST_BYTES = 64;
const FIRST_CAPACITY = 4096;

// As this module's own: V8 compiles those into the code, where it loads and checks what is imported
// each time. That is a tenth of what recording costs.
const { time: TIME, timer: TIMER, step: STEP, callback: CALLBACK, wait: WAIT } = CODES;
const [BY_SAME_TASK, WITH_OBJECT, AS_DELTA, AS_DOUBLE] = [SAME_TASK, HAS_OBJECT, DELTA, DOUBLE];
const MOST_EVENTS = CHUNK_EVENTS;

/**
 * `varint`, at no branch for what takes one byte or two: which of them a distance takes is as good as
 * chance, and a wrong guess of the processor costs more than an event's bytes. The second byte is
 * written in any case; what follows overwrites it.
 */
function compact(bytes: Uint8Array, at: number, value: number): number {
  if (value > 0x3fff) return varint(bytes, at, value);
  const more = (127 - value) >>> 31;
  bytes[at] = value | (more << 7);
  bytes[at + 1] = value >> 7;
  return at + 1 + more;
}

/** One more event of a chunk fits no longer. */
export type ChunkTaker = (chunk: Uint8Array, parts: Chunk) => void;

/**
 * Turns what a probe hears into the bytes of a trace: the hot path of recording, three to five calls
 * for each wait of the program. So no object is made for an event, and no byte is copied but when a
 * chunk is cut; strings go by numbers, and the last one of each kind is remembered, as looking it up
 * would cost more than all the rest of an event.
 */
export class EventEncoder implements Required<Probe> {
  #first = 1;
  /** Events that still fit into this chunk. */
  #left = MOST_EVENTS;
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #limit = FIRST_CAPACITY - MOST_BYTES;
  #now = 0;
  #start = 0;
  /** Of all events before this chunk. */
  #digest: Digest128 = EMPTY_DIGEST;
  /** Whose step or callback is going on. */
  #running = -2;
  readonly #names = new Section();
  readonly #strings = new Section();
  readonly #notes = new NoteWriter();
  readonly #numbers = new Map<string, number>([["", 0]]);
  #stringCount = 1;
  #named = 0;
  #nextId = 0;
  // The string that each of these was last, and its number.
  #on = "";
  #onNumber = 0;
  #operation = "";
  #operationNumber = 0;
  #outcome = "";
  #outcomeNumber = 0;
  readonly #take: ChunkTaker | null;

  /** `take` gets each chunk when the event behind it comes; null: only the digest is wanted. */
  constructor(take: ChunkTaker | null) {
    this.#take = take;
  }

  /** Number of the latest event; 0 before the first. */
  get last(): number {
    return this.#first + MOST_EVENTS - this.#left - 1;
  }

  /** The strings that can come again by their numbers, in the order of these. */
  get strings(): Iterable<readonly [string, number]> {
    return this.#numbers;
  }

  /** The digest of all events so far. */
  digest(): Digest128 {
    return digestAfter(this.#digest, this.#chunk());
  }

  /** The events since the last chunk was cut, as the last chunk of a trace; null if there are none. */
  rest(): Uint8Array | null {
    const chunk = this.#chunk();
    if (chunk.count === 0 && chunk.notes.length === 0) return null;
    return writeChunk(chunk, digestAfter(this.#digest, chunk));
  }

  begin(_event: number, seed: string, now: number, timeUnit: string): void {
    this.#reserve();
    let at = this.#head(CODES.begin);
    at = varint(this.#bytes, at, this.#define(seed));
    at = double(this.#view, at, now);
    this.#length = varint(this.#bytes, at, this.#define(timeUnit));
    this.#now = now;
  }

  name(
    event: number,
    cause: number,
    id: number,
    parent: number,
    kind: string,
    segment: string,
  ): void {
    this.#reserve();
    this.#length = this.#caused(CODES.name, event, cause);
    const names = this.#names;
    names.varint(event - this.#named);
    names.signed(id - this.#nextId);
    names.varint(parent + 1);
    names.varint(this.#number(kind));
    names.text(segment);
    this.#named = event;
    this.#nextId = id + 1;
  }

  time(_event: number, now: number): void {
    this.#reserve();
    this.#length = this.#timed(TIME, this.#length, this.#length + 1, now);
    this.#now = now;
  }

  timer(event: number, cause: number, when: number): void {
    this.#reserve();
    const head = this.#length;
    const at = this.#caused(TIMER, event, cause);
    if (when === this.#now) this.#length = at;
    else this.#length = this.#timed(TIMER, head, at, when);
  }

  step(event: number, cause: number, task: number): void {
    this.#reserve();
    this.#running = task;
    this.#length = compact(this.#bytes, this.#caused(STEP, event, cause), task + 1);
  }

  callback(event: number, cause: number, task: number): void {
    this.#reserve();
    this.#running = task;
    this.#length = compact(this.#bytes, this.#caused(CALLBACK, event, cause), task + 1);
  }

  wait(
    event: number,
    cause: number,
    task: number,
    kind: string,
    object: number,
    until: number,
    operation: string,
  ): void {
    this.#reserve();
    const head = this.#length;
    const bytes = this.#bytes;
    const distance = event - cause;
    let at = head + 2;
    // Most waits begin in a step of their task, and soon after it has begun.
    if (task === this.#running && distance < 128 && cause !== 0) {
      bytes[head] = WAIT | BY_SAME_TASK;
      bytes[head + 1] = distance;
    } else {
      at = this.#tasked(WAIT, event, cause, task);
    }
    if (kind !== this.#on) {
      this.#on = kind;
      this.#onNumber = this.#number(kind);
    }
    at = compact(bytes, at, this.#onNumber);
    if (object >= 0 || operation !== "") at = this.#forObject(head, at, object, operation);
    if (Number.isNaN(until)) this.#length = at;
    else this.#length = this.#timed(bytes[head] as number, head, at, until);
  }

  arm(event: number, cause: number, task: number, when: number): void {
    this.#reserve();
    const head = this.#length;
    const at = this.#tasked(CODES.arm, event, cause, task);
    this.#length = this.#timed(this.#bytes[head] as number, head, at, when);
  }

  operation(
    event: number,
    cause: number,
    task: number,
    object: number,
    name: string,
    state: number,
  ): void {
    this.#reserve();
    const head = this.#length;
    let at = this.#tasked(CODES.operation, event, cause, task);
    const bytes = this.#bytes;
    at = compact(bytes, at, object + 1);
    at = compact(bytes, at, this.#operationOf(name));
    if ((state | 0) === state) {
      this.#length = signed(bytes, at, state);
    } else {
      (bytes[head] as number) |= AS_DOUBLE;
      this.#length = double(this.#view, at, state);
    }
  }

  settle(event: number, cause: number, id: number, outcome: string): void {
    this.#reserve();
    const at = this.#tasked(CODES.settle, event, cause, id);
    if (outcome !== this.#outcome) {
      this.#outcome = outcome;
      this.#outcomeNumber = this.#number(outcome);
    }
    this.#length = varint(this.#bytes, at, this.#outcomeNumber);
  }

  cancel(event: number, cause: number, by: number, task: number): void {
    this.#reserve();
    const at = this.#tasked(CODES.cancel, event, cause, by);
    this.#length = varint(this.#bytes, at, task + 1);
  }

  choice(event: number, cause: number, kind: string, count: number, picked: number): void {
    this.#reserve();
    let at = this.#caused(CODES.choice, event, cause);
    at = varint(this.#bytes, at, this.#number(kind));
    at = varint(this.#bytes, at, count);
    this.#length = varint(this.#bytes, at, picked);
  }

  draw(event: number, cause: number, stream: string): void {
    this.#reserve();
    const at = this.#caused(CODES.draw, event, cause);
    this.#length = varint(this.#bytes, at, this.#number(stream));
  }

  external(event: number, cause: number, call: number, encoded: string): void {
    this.#reserve();
    let at = this.#caused(CODES.external, event, cause);
    at = varint(this.#bytes, at, call);
    this.#length = varint(this.#bytes, at, this.#define(encoded));
  }

  end(_event: number, reason: string): void {
    this.#reserve();
    this.#length = varint(this.#bytes, this.#head(CODES.end), this.#number(reason));
  }

  mark(event: number, task: number, name: string, value: number | string | null): void {
    this.#notes.mark(event, task, name, value);
  }

  log(event: number, task: number, text: string): void {
    this.#notes.log(event, task, text);
  }

  counter(event: number, task: number, name: string, value: number): void {
    this.#notes.counter(event, task, name, value);
  }

  /** Begins every event: there is room for it then, in this chunk or in a new one. */
  #reserve(): void {
    if (this.#left === 0) this.#cut();
    else if (this.#length > this.#limit) this.#grow();
    this.#left--;
  }

  /** The first byte of an event without a cause. Answers the place behind it. */
  #head(code: number): number {
    this.#bytes[this.#length] = code;
    return this.#length + 1;
  }

  /** The first byte, and how far back the cause lies. */
  #caused(code: number, event: number, cause: number): number {
    const bytes = this.#bytes;
    const at = this.#length;
    bytes[at] = code;
    return compact(bytes, at + 1, cause === 0 ? 0 : event - cause);
  }

  /** The same, and the task, which need not be given where it is the one that runs. */
  #tasked(code: number, event: number, cause: number, task: number): number {
    if (task === this.#running) return this.#caused(code | BY_SAME_TASK, event, cause);
    return compact(this.#bytes, this.#caused(code, event, cause), task + 1);
  }

  #forObject(head: number, at: number, object: number, operation: string): number {
    const bytes = this.#bytes;
    (bytes[head] as number) |= WITH_OBJECT;
    return compact(bytes, compact(bytes, at, object + 1), this.#operationOf(operation));
  }

  /** A time at `at`, and in the first byte at `head` how it is given. */
  #timed(first: number, head: number, at: number, time: number): number {
    const delta = time - this.#now;
    if ((delta | 0) === delta && this.#now + delta === time) {
      this.#bytes[head] = first | AS_DELTA;
      return compact(this.#bytes, at, ((delta << 1) ^ (delta >> 31)) >>> 0);
    }
    this.#bytes[head] = first | AS_DOUBLE;
    return double(this.#view, at, time);
  }

  #operationOf(name: string): number {
    if (name !== this.#operation) {
      this.#operation = name;
      this.#operationNumber = this.#number(name);
    }
    return this.#operationNumber;
  }

  /** The number of a string that may come again. */
  #number(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#define(text);
      const isKept = this.#numbers.size <= MOST_STRINGS && text.length <= LONGEST_STRING;
      if (isKept) this.#numbers.set(text, number);
    }
    return number;
  }

  /** Writes a string down. Answers its number. */
  #define(text: string): number {
    this.#strings.text(text);
    return this.#stringCount++;
  }

  #chunk(): Chunk {
    return {
      kind: EVENTS,
      first: this.#first,
      count: MOST_EVENTS - this.#left,
      start: this.#start,
      end: this.#now,
      digest: this.#digest,
      strings: this.#strings.view(),
      names: this.#names.view(),
      events: this.#bytes.subarray(0, this.#length),
      notes: this.#notes.section.view(),
    };
  }

  #cut(): void {
    const chunk = this.#chunk();
    const after = digestAfter(this.#digest, chunk);
    this.#take?.(writeChunk(chunk, after), chunk);
    this.#digest = after;
    this.#first += chunk.count;
    this.#left = MOST_EVENTS;
    this.#start = this.#now;
    this.#length = 0;
    this.#running = -2;
    this.#named = this.#first - 1;
    this.#strings.length = 0;
    this.#names.length = 0;
    this.#notes.cut(this.#first - 1);
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
    this.#limit = larger.length - MOST_BYTES;
  }
}
