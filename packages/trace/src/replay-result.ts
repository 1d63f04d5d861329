import type { RunResult } from "@tickless/core";
import type { Divergence } from "./divergence.ts";
import type { LiveRun } from "./live-run.ts";

/** The replay went as its trace. */
export interface Same<T> {
  /** Every event of the trace came again. A trace of a run that was interrupted ends the replay. */
  readonly same: true;
  /** How the run went; `stopped`, with no outcome, where the trace ends before its run did. */
  readonly result: RunResult<T>;
  /** What is known to be different about the program; null: nothing. */
  readonly notice: string | null;
}

/** The replay was stopped at the first event that differed. */
export interface Different {
  /** An event differed. */
  readonly same: false;
  /** Where, how and why. */
  readonly divergence: Divergence;
  /** What is known to be different about the program; null: nothing. */
  readonly notice: string | null;
}

/** The run has gone on by itself, or there was nothing to compare it with. */
export interface OnItsOwn<T> {
  /** Nobody can say. */
  readonly same: null;
  /** How the run went. */
  readonly result: RunResult<T>;
  /** How many events were as recorded before it went on by itself. */
  readonly followed: number;
  /** In what it differed from the trace; null: it did not, as far as it was followed. */
  readonly divergence: Divergence | null;
  /**
   * Where the source is a repro line: why it is not of this program, or of another version of it, in words;
   * choices of it are left over, or were no options. null: nothing says so, which for a line that has no
   * choices is no proof.
   */
  readonly misfit: string | null;
  /** What is known to be different about the program; null: nothing. */
  readonly notice: string | null;
}

/** How a replay went. */
export type ReplayResult<T> = Same<T> | Different | OnItsOwn<T>;

/** The replay went as its trace up to where it was to stop. */
export interface Stopped<T> {
  /** Every event so far was as recorded. */
  readonly same: true;
  /** The run, to be looked at and to go on. */
  readonly live: LiveRun<T>;
  /** What is known to be different about the program; null: nothing. */
  readonly notice: string | null;
}
