import type { TraceEvent } from "./event.ts";
import type { TraceSource } from "./trace.ts";

/** Strings by small numbers. */
export class Words {
  readonly #numbers = new Map<string, number>();
  readonly #words: string[] = [];

  /** The number of a word, which it keeps. */
  number(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    this.#numbers.set(word, this.#words.length);
    return this.#words.push(word) - 1;
  }

  /** The number of a word; -1 if no event has it. */
  find(word: string): number {
    return this.#numbers.get(word) ?? -1;
  }

  /** The word with this number. */
  word(number: number): string {
    return this.#words[number] ?? "";
  }
}

/** What an event deals with: the object waited for or operated on, what settles, who is cancelled. */
function objectOf(event: TraceEvent): number {
  if (event.kind === "cancel") return event.task;
  if (event.kind === "name") return event.id;
  return "object" in event ? event.object : -1;
}

function valueOf(event: TraceEvent): number {
  if ("now" in event) return event.now;
  if ("until" in event) return event.until;
  if ("when" in event) return event.when;
  return "state" in event ? event.state : NaN;
}

function wordOf(event: TraceEvent): string {
  if ("op" in event) return event.op === "" ? event.on : `${event.on} ${event.op}`;
  if ("on" in event) return event.on;
  if ("type" in event) return event.type;
  if ("name" in event) return event.name;
  return "outcome" in event ? event.outcome : "";
}

/**
 * The events of a trace in typed arrays, 25 bytes an event, so that questions about a million of them
 * are loops over numbers. Event number n stands at index n − `first`.
 */
export class EventColumns {
  /** Number of the first event that is there. */
  readonly first: number;
  /** Number of the last one. */
  readonly last: number;
  /** Kinds, as `words` has them. */
  readonly kind: Uint16Array;
  /** Number of the event that made it happen; 0: none. */
  readonly cause: Uint32Array;
  /** Id of the task that it tells of, or in whose step it happened; -1: none. */
  readonly task: Int32Array;
  /** Id of the task or object that it deals with; -1: none. */
  readonly object: Int32Array;
  /** The time that it names, or the state of an object; NaN: none. */
  readonly value: Float64Array;
  /** What it waits for, and after a space in which way, what is done, how it ends, the type of what is named, as `words` has it. */
  readonly word: Uint32Array;
  /** Kinds and words by their numbers. */
  readonly words: Words = new Words();
  /** The kind of what is not there: events of kinds that a newer Tickless has, and this one skips. */
  readonly absent: number = this.words.number("");
  readonly #step: number = this.words.number("step");
  readonly #callback: number = this.words.number("callback");
  readonly #wait: number = this.words.number("wait");
  readonly #arm: number = this.words.number("arm");

  constructor(trace: TraceSource) {
    this.first = trace.first;
    this.last = trace.last;
    const length = Math.max(0, trace.last - trace.first + 1);
    this.kind = new Uint16Array(length);
    this.cause = new Uint32Array(length);
    this.task = new Int32Array(length);
    this.object = new Int32Array(length);
    this.value = new Float64Array(length);
    this.word = new Uint32Array(length);
    for (const event of trace.events()) this.#add(event);
  }

  /** The kind of event number `event`; empty if it is not there. */
  kindOf(event: number): string {
    const kind = this.kind[event - this.first];
    return kind === undefined ? "" : this.words.word(kind);
  }

  #add(event: TraceEvent): void {
    const at = event.event - this.first;
    this.kind[at] = this.words.number(event.kind);
    this.cause[at] = event.cause;
    this.task[at] = this.#taskOf(event);
    this.object[at] = objectOf(event);
    this.value[at] = valueOf(event);
    this.word[at] = this.words.number(wordOf(event));
  }

  /** As `TraceIndex.taskOf`: an event without a task of its own belongs to the step that it is in. */
  #taskOf(event: TraceEvent): number {
    if (event.kind === "cancel") return event.by;
    if ("task" in event) return event.task;
    const at = event.cause - this.first;
    const kind = this.kind[at];
    if (kind === undefined) return -1;
    const own =
      event.kind === "timer" || event.kind === "external"
        ? kind === this.#wait || kind === this.#arm
        : kind === this.#step || kind === this.#callback;
    return own ? (this.task[at] as number) : -1;
  }
}
