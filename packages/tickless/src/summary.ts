import { inspect } from "node:util";
import type { ProbeError, RunResult } from "@tickless/core";
import { describeFailure, ticklessCode } from "./failure.ts";
import type { HidesFrame } from "./frames.ts";
import { type Colors, colorsFor } from "./terminal.ts";

/** A virtual time with its unit: `t=5 ms`. */
export function timeText(time: number, timeUnit: string): string {
  return timeUnit === "none" ? `t=${time}` : `t=${time} ${timeUnit}`;
}

/** `2 steps`, `1 step`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

/** How a run ended: a RunResult, or what is known of a run that was interrupted. */
export type Ending = Omit<RunResult<unknown>, "reason"> & { readonly reason: string };

/** How a run went, in one line; `notes` are appended. */
export function summarize(
  result: Ending,
  timeUnit: string,
  wallTimeMs: number,
  notes: readonly string[],
  colors: Colors,
): string {
  const failed = result.outcome?.status === "rejected" || result.reason === "interrupted";
  const reason = failed ? colors.red(result.reason) : colors.green(result.reason);
  const left = result.pending.length;
  const facts = [
    `${reason} at ${timeText(result.now, timeUnit)}`,
    counted(result.steps, "step"),
    ...(left === 0 ? [] : [`${counted(left, "task")} not done`]),
    `wall time ${Math.round(wallTimeMs)} ms`,
    ...notes,
  ];
  return `${facts.join(", ")}\n`;
}

/** Prints what main returned or threw: a value to stdout, an error to stderr, without the frames that `hides` names. */
export function printOutcome(
  outcome: PromiseSettledResult<unknown> | undefined,
  hides: HidesFrame,
): void {
  if (outcome?.status === "rejected") {
    // A recorder that failed at the end is no reason to lose what the program has computed.
    if (ticklessCode(outcome.reason) === "ERR_PROBE_FAILED") {
      printOutcome((outcome.reason as ProbeError).outcome, hides);
    }
    process.stderr.write(describeFailure(outcome.reason, colorsFor(process.stderr), hides));
  } else if (outcome?.value !== undefined) {
    const { value } = outcome;
    const colors = colorsFor(process.stdout).isColorSupported;
    process.stdout.write(`${typeof value === "string" ? value : inspect(value, { colors })}\n`);
  }
}
