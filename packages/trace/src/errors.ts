import { type RunResult, TicklessError } from "@tickless/core";
import type { Divergence } from "./divergence.ts";

/** A trace that cannot be read, or that is of another program. */
export class TraceError extends TicklessError {
  /** Place in the trace file at which it is wrong, in bytes from 0; undefined where it is not one place. */
  readonly offset: number | undefined;
  /** How the run went whose recording has failed, if it had ended; undefined otherwise. */
  result: RunResult<unknown> | undefined = undefined;

  constructor(code: string, message: string, offset?: number, cause?: unknown) {
    super(code, message, { cause });
    this.offset = offset;
  }
}

/** A replay met an event that the trace does not have there. The message is the whole report. */
export class DivergenceError extends TicklessError {
  /** The first event that differs, with all that is known of it. */
  readonly divergence: Divergence;

  constructor(divergence: Divergence) {
    const { report, time, task } = divergence;
    super("ERR_DIVERGENCE", report, { time, task: task ?? undefined });
    this.divergence = divergence;
  }
}
