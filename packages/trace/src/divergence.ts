import { causesFrom, type ListedEvent, listed } from "./causes.ts";
import { describeEvent } from "./describe.ts";
import type { TraceEvent } from "./event.ts";
import { reportOf } from "./report.ts";
import type { Trace } from "./trace.ts";
import { TraceIndex } from "./trace-index.ts";

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
  /** Why it came to this event: the latest cause first, each made to happen by the one after it. */
  readonly causes: readonly ListedEvent[];
  /** All of this, and what to do next, for a terminal. */
  readonly report: string;
}

/** What a divergence is made of. */
export interface Difference {
  readonly trace: Trace;
  /** undefined: the trace is over. */
  readonly expected: TraceEvent | undefined;
  /** With the ids of the trace. */
  readonly actual: TraceEvent;
  /** What is known to be different about the program; null: nothing. */
  readonly notice: string | null;
  /** The program is known to be the one that was recorded. */
  readonly unchanged: boolean;
  /** Where the trace was read from, for the commands that the report suggests. */
  readonly traceFile: string | undefined;
}

/** How many causes are told. */
const MOST_CAUSES = 12;

function firstCause({ actual, expected }: Difference): number {
  if (actual.cause > 0) return actual.cause;
  if (expected !== undefined && expected.cause > 0) return expected.cause;
  return actual.event - 1;
}

/** Puts a difference into words. */
export function divergenceOf(difference: Difference): Divergence {
  const { trace, expected, actual } = difference;
  const index = new TraceIndex(trace);
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
    causes: causesFrom(firstCause(difference), index, MOST_CAUSES),
  };
  return { ...findings, report: reportOf(findings, difference, index) };
}
