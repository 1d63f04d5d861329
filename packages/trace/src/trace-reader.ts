import { TraceError } from "./errors.ts";
import { LineCheck } from "./line-check.ts";

/** The check at the end of a line of either form. */
const ENDING = /,(?:"check":)?"([0-9a-f]{8})"([\]}])$/;

/** Goes through the lines of a trace file, holds each against its check, and knows where it is. */
export class TraceReader {
  readonly #lines: readonly string[];
  readonly #name: string;
  readonly #check = new LineCheck();
  /** Number of the line that was read last, counted from 1. */
  line = 0;

  /** `name` is what errors call the file. */
  constructor(text: string, name: string) {
    this.#lines = text.split("\n");
    this.#name = name;
  }

  /** The next line without its end, as it stands there. */
  take(): string {
    const line = this.#lines[this.line++];
    if (line !== undefined && this.line < this.#lines.length) return line.replace(/\r$/, "");
    const where =
      line === undefined || line === "" ? "before this line" : "in the middle of this line";
    throw this.damaged(`the file ends ${where}, so its recording or copying was interrupted`);
  }

  /** The value of `line`, once its check has been found right. */
  value(line: string): unknown {
    const ending = ENDING.exec(line);
    const body = ending === null ? line : line.slice(0, ending.index);
    if (ending === null || this.#check.next(body) !== ending[1]) {
      throw this.damaged("it is not what was written, or a line before it is missing");
    }
    try {
      return JSON.parse(`${body}${ending[2]}`);
    } catch (error) {
      throw this.damaged("it is not JSON", error);
    }
  }

  /** Whether nothing follows. */
  get over(): boolean {
    return this.line === this.#lines.length - 1 && this.#lines[this.line] === "";
  }

  damaged(what: string, cause?: unknown): TraceError {
    return this.error(
      "ERR_TRACE_DAMAGED",
      `the trace is damaged: ${what}. Take another copy, or record again.`,
      cause,
    );
  }

  error(code: string, what: string, cause?: unknown): TraceError {
    return new TraceError(code, `${this.#name}, line ${this.line}: ${what}`, this.line, cause);
  }
}
