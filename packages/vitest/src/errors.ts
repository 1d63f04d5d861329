import { TicklessError } from "@tickless/core";

/**
 * What a failed `simTest` says beside the error of the program: the schedule, how the run went, and the
 * command that repeats it. Vitest shows it as a second error of the test.
 *
 * @category Testing
 */
export class ScheduleReport extends Error {
  /** What Vitest writes in front. */
  override readonly name = "Tickless";

  constructor(text: string) {
    super(text);
    // Its own frames would lead nobody to the mistake. Where the text names the `await` at which a task was
    // interrupted, that line reads as a frame, and Vitest shows its code.
    this.stack = `Tickless: ${text}`;
  }
}

/**
 * A run has taken more virtual time than its test allows.
 *
 * @category Testing
 */
export class VirtualTimeoutError extends TicklessError {
  /** The name of the class. */
  override readonly name = "VirtualTimeoutError";
}

/** A `simTest` cannot do what it was told. */
export class SimTestError extends TicklessError {}
