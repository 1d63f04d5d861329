import type { Failure as Found } from "@tickless/explore";

/** One decision of a shrunk schedule. */
export interface Decision {
  readonly text: string;
}

/** What a shrinker makes of a schedule. */
interface Shrunk {
  readonly error: unknown;
  readonly decisions: readonly Decision[];
  readonly reproLine: string;
  readonly timeline: string;
  readonly from: number;
  readonly replays: number;
}

/** A failure, as it is found or shrunk. */
export type Failure = Found & { readonly shrunk?: Shrunk | null };

/** The error to show: that of the schedule which the report tells. */
export function errorOf(failure: Failure): unknown {
  return failure.shrunk ? failure.shrunk.error : failure.error;
}

/** The line that repeats it. */
export function lineOf(failure: Failure): string {
  return failure.shrunk?.reproLine ?? failure.reproLine;
}
