import { getRunningLoop, mark } from "@tickless/core";
import { badType, failRun } from "@tickless/core/kit";
import { InvariantError } from "./errors.ts";

function check(name: unknown, holds: unknown): void {
  if (typeof name !== "string") throw badType("name", "a string", name);
  if (typeof holds !== "boolean") throw badType("holds", "a boolean", holds);
}

/**
 * Says that `holds` is true whenever the program comes by. If it is not, the run fails at once, even if
 * somebody catches the error.
 *
 * @throws InvariantError (`ERR_INVARIANT`); UsageError outside a run
 * @category Exploring
 */
export function always(name: string, holds: boolean): void {
  check(name, holds);
  if (holds) return;
  const loop = getRunningLoop();
  failRun(
    "always()",
    new InvariantError(`\`${name}\` does not hold at ${loop.at()}.`, name, { time: loop.now }),
  );
}

/** How the notes of `sometimes` begin. */
export const SOMETIMES = "sometimes ";

/**
 * Says that `holds` is true in at least one schedule. A campaign in which it never was fails at its end:
 * what the test means to reach was not reached. A call that no schedule comes to is not known of: name it in
 * the option `sometimes` of the campaign, `explore(main, { sometimes: ["the queue is full"] })`. Outside a
 * campaign it says nothing.
 *
 * @throws UsageError outside a run
 * @category Exploring
 */
export function sometimes(name: string, holds: boolean): void {
  check(name, holds);
  getRunningLoop();
  mark(`${SOMETIMES}${name}`, holds ? 1 : 0);
}
