import { isDeadlock } from "./errors.ts";
import type { FailureReason } from "./failure.ts";
import { errorText } from "./outcomes.ts";
import { placeOf } from "./signature.ts";

/** What a schedule that failed is told by, in a process or across threads. */
export interface FailureTold {
  /** Which it is: `schedule 4`. */
  readonly which: string;
  readonly reason: string;
  /** What was thrown, in one line. */
  readonly error: string;
  /** Its place, or who waits for whom. */
  readonly below: readonly string[];
  /** What shrinking has made of it, or why it has made nothing of it; empty where it was left out. */
  readonly story: string;
}

/** Why a failure could not be shrunk that could not be repeated. */
export const NOT_REPEATED: string = [
  "It did something else when it was run again with the same choices, so it cannot be shrunk: the program",
  "takes something from outside the run, such as Date.now(), Math.random(), a variable that an earlier",
  "schedule has changed, or real I/O. See which, and where: `run(guard(main))`.",
].join("\n");

/** What there is to say of an error beside its first line: of a deadlock who waits for whom. */
export function detailsOf(error: unknown): string[] {
  if (isDeadlock(error)) return error.message.split("\n").slice(1);
  const place = placeOf(error);
  return place === "" ? [] : [`  ${place}`];
}

/** A failure for people, without how to run it again. */
export function failureText({ which, reason, error, below, story }: FailureTold): string {
  const lines = [`${which} failed (${reason}): ${error}`.trimStart(), ...below];
  return [...lines, ...(story === "" ? [] : ["", story])].join("\n");
}

/** What a run has thrown, with its place. */
export function thrownText(reason: FailureReason, error: unknown): string {
  const told = { reason, error: errorText(error), below: detailsOf(error), story: "" };
  return failureText({ which: "", ...told });
}
