import { Section } from "./bytes.ts";
import { NO_VALUE, NOTE_CODES, NUMBER_VALUE, TEXT_VALUE } from "./codes.ts";

/** Writes the notes of a chunk: kind, distance to the event of the note before, length, and what it says. */
export class NoteWriter {
  readonly section: Section = new Section();
  readonly #body = new Section();
  #event = 0;

  mark(event: number, task: number, name: string, value: number | string | null): void {
    const body = this.#begin(task);
    body.text(name);
    if (value === null) {
      body.varint(NO_VALUE);
    } else if (typeof value === "number") {
      body.varint(NUMBER_VALUE);
      body.double(value);
    } else {
      body.varint(TEXT_VALUE);
      body.text(value);
    }
    this.#end(NOTE_CODES.mark, event);
  }

  log(event: number, task: number, text: string): void {
    this.#begin(task).text(text);
    this.#end(NOTE_CODES.log, event);
  }

  counter(event: number, task: number, name: string, value: number): void {
    const body = this.#begin(task);
    body.text(name);
    body.double(value);
    this.#end(NOTE_CODES.counter, event);
  }

  /** A new chunk begins behind event number `event`. */
  cut(event: number): void {
    this.section.length = 0;
    this.#event = event;
  }

  #begin(task: number): Section {
    this.#body.length = 0;
    this.#body.varint(task + 1);
    return this.#body;
  }

  #end(code: number, event: number): void {
    const { section } = this;
    section.varint(code);
    section.varint(event - this.#event);
    section.varint(this.#body.length);
    section.append(this.#body.view());
    this.#event = event;
  }
}
