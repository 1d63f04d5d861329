/** What is common to all notes. */
interface NoteBase {
  /** Number of the event that came before it: it hangs on that one, and has no number itself. */
  readonly event: number;
  /** Id of the task that has left it; -1 if none. */
  readonly task: number;
}

/** A point in the program that it has marked: `mark(name, value)`. */
export interface MarkNote extends NoteBase {
  /** Which note it is. */
  readonly kind: "mark";
  /** Its name. */
  readonly name: string;
  /** null where the mark has none. */
  readonly value: number | string | null;
}

/** A line that the program has logged: `log(text)`. */
export interface LogNote extends NoteBase {
  /** Which note it is. */
  readonly kind: "log";
  /** The line. */
  readonly text: string;
}

/** What a quantity is from now on: `counter(name, value)`. */
export interface CounterNote extends NoteBase {
  /** Which note it is. */
  readonly kind: "counter";
  /** Its name. */
  readonly name: string;
  /** The quantity. */
  readonly value: number;
}

/** What a run has told beside its events. A note moves no fingerprint and takes no event number. */
export type TraceNote = MarkNote | LogNote | CounterNote;
