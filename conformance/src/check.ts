import type { LoopOptions } from "@tickless/core";

import type { Difference } from "./compare.ts";
import { firstDifference } from "./compare.ts";
import { execute } from "./execute.ts";
import type { Case, LogEvent } from "./scenario.ts";
import type { Interpreter } from "./world.ts";

/** A scenario that wrote another log than asyncio did. */
export interface Inexact {
  readonly id: string;
  readonly difference: Difference;
  readonly expected: readonly LogEvent[];
  readonly got: readonly LogEvent[];
}

/** How the cases of a corpus fared with one kind of body. */
export interface Tally {
  readonly total: number;
  readonly exact: number;
  readonly inexact: readonly Inexact[];
  /** How many scenarios need each thing that is not supported. */
  readonly unsupported: ReadonlyMap<string, number>;
}

/** Runs `cases`, one after the other, and compares their logs. */
export async function check(
  cases: readonly Case[],
  interpreter: Interpreter,
  options: LoopOptions = {},
): Promise<Tally> {
  const inexact: Inexact[] = [];
  const unsupported = new Map<string, number>();
  let exact = 0;
  for (const { id, scenario, log } of cases) {
    const outcome = await execute(scenario, interpreter, options);
    if ("unsupported" in outcome) {
      unsupported.set(outcome.unsupported, (unsupported.get(outcome.unsupported) ?? 0) + 1);
      continue;
    }
    const difference = firstDifference(log, outcome.log);
    if (difference === undefined) exact++;
    else inexact.push({ id, difference, expected: log, got: outcome.log });
  }
  return { total: cases.length, exact, inexact, unsupported };
}
