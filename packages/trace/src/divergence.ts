import { causesFrom, type ListedEvent, listed } from "./causes.ts";
import { describeEvent } from "./describe.ts";
import type { TraceEvent } from "./event.ts";
import type { Reading } from "./readings.ts";
import { type DifferenceKind, kindOf, reasonLines } from "./reasons.ts";
import { reportOf } from "./report.ts";
import type { TraceIndex } from "./trace-index.ts";
import type { TraceProgram, TraceSource } from "./trace.ts";

/** The first event in which a replay differs from its trace. */
export interface Divergence {
  /** Its number. All events before it were the same. */
  readonly event: number;
  /** Virtual time at which the replay was stopped. */
  readonly time: number;
  /** Path of the task whose event it is; null if it is no task's. */
  readonly task: string | null;
  /** What the trace has, in words. */
  readonly expected: string;
  /** What the program was about to do, in words. */
  readonly actual: string;
  /**
   * What kind of difference it is: `draws`, one run draws a random number that the other does not draw;
   * `order`, the same things come in another order; `name`, something is called otherwise; `value`, the
   * same call with another number or text; `course`, the program does something else.
   */
  readonly kind: DifferenceKind;
  /** What has happened and what has probably made it happen, in sentences. */
  readonly reason: string;
  /**
   * Where in the program that is: lines as `at worker (file:///jobs.ts:8:28)`, innermost first; empty
   * where nobody knows.
   */
  readonly where: readonly string[];
  /** Why it came to this event: the latest cause first, each made to happen by the one after it. */
  readonly causes: readonly ListedEvent[];
  /** All of this, and what to do next, for a terminal. */
  readonly report: string;
}

/** What a divergence is made of. */
export interface Difference {
  readonly trace: TraceSource;
  /** undefined: the trace is over. */
  readonly expected: TraceEvent | undefined;
  /** With the ids of the trace. */
  readonly actual: TraceEvent;
  /** What is known to be different about the program; null: nothing. */
  readonly notice: string | null;
  /** The program of this run; undefined: nobody has said. */
  readonly program: TraceProgram | undefined;
  /** It is known to be the one that was recorded. */
  readonly unchanged: boolean;
  /** Where the trace was read from, for the commands that the report suggests. */
  readonly traceFile: string | undefined;
  /** Ids of the tasks that are ready in this run, the next first; null: nobody knows. */
  readonly ready: readonly number[] | null;
  /** Where in the program the actual event is. */
  readonly where: readonly string[];
  /** Where in this run the task is whose event was expected. */
  readonly whereOwner: readonly string[];
  /** What the program is known to have read outside the run. */
  readonly readings: readonly Reading[];
  /** Whether somebody has watched for all of it. */
  readonly watched: boolean;
  /** Number of the run, where a program is run several times one after the other. */
  readonly run?: number | undefined;
}

/** How many causes are told. */
const MOST_CAUSES = 12;

function firstCause({ actual, expected }: Difference): number {
  if (actual.cause > 0) return actual.cause;
  if (expected !== undefined && expected.cause > 0) return expected.cause;
  return actual.event - 1;
}

/** Puts a difference into words. `index` is that of its trace. */
export function divergenceOf(difference: Difference, index: TraceIndex): Divergence {
  const { trace, expected, actual, where } = difference;
  const before = index.at(actual.event - 1);
  const task = index.taskOf(actual);
  const findings = {
    event: actual.event,
    time: before === undefined ? trace.header.start : listed(before, index).time,
    task: task < 0 ? null : index.pathOf(task),
    expected:
      expected === undefined
        ? "nothing more: the recording ends here"
        : describeEvent(expected, index),
    actual: describeEvent(actual, index),
    kind: kindOf(difference, index),
    reason: reasonLines(difference, index).join("\n"),
    where,
    causes: causesFrom(firstCause(difference), index, MOST_CAUSES),
  };
  return { ...findings, report: reportOf(findings, difference, index) };
}
