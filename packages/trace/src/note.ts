/** What is common to all notes. */
interface NoteBase {
  /** Number of the event that came before it: it hangs on that one, and has no number itself. */
  readonly event: number;
  /** Id of the task that has left it; -1 if none. */
  readonly task: number;
}

/** A point in the program that it has marked: `mark(name, value)`. */
export interface MarkNote extends NoteBase {
  readonly kind: "mark";
  readonly name: string;
  /** null where the mark has none. */
  readonly value: number | string | null;
}

/** A line that the program has logged: `log(text)`. */
export interface LogNote extends NoteBase {
  readonly kind: "log";
  readonly text: string;
}

/** What a quantity is from now on: `counter(name, value)`. */
export interface CounterNote extends NoteBase {
  readonly kind: "counter";
  readonly name: string;
  readonly value: number;
}

/** What a run has told beside its events. A note moves no fingerprint and takes no event number. */
export type TraceNote = MarkNote | LogNote | CounterNote;
