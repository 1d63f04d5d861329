import type { NoPlainYield, Result } from "@tickless/core";
import { ExplorationError } from "./errors.ts";
import type { Exploration } from "./exploration.ts";
import { explore, exploreSync } from "./explore.ts";
import type { ExploreOptions } from "./options.ts";

/** Options of `expectSameOutcome`: those of `explore`, but that it never stops early. */
export type SameOutcomeOptions<T> = Omit<ExploreOptions<T>, "stopAtFirst">;

function checked(found: Exploration): Exploration {
  const { failure, outcomes, text } = found;
  if (outcomes.length > 1) {
    throw new ExplorationError("ERR_OUTCOMES_DIFFER", `The outcome depends on the order. ${text}`, {
      cause: failure?.error,
    });
  }
  if (failure !== null) throw failure.error;
  return found;
}

/**
 * A test that all orders agree: explores `main` and throws if two schedules have different outcomes, or
 * if all of them fail. What an outcome is, `outcome` says; by default what main returns, what was marked
 * (`mark(name, value)`), the error, or who waits for what in a deadlock.
 *
 * @throws ExplorationError (`ERR_OUTCOMES_DIFFER`) with each outcome, its count and a schedule; what main
 *   throws in all schedules
 * @category Exploring
 */
export async function expectSameOutcome<R>(
  main: (() => R) & NoPlainYield<R>,
  options: SameOutcomeOptions<Result<R>> = {},
): Promise<Exploration> {
  return checked(await explore<R>(main, { ...options, stopAtFirst: false }));
}

/**
 * As `expectSameOutcome`, for generator functions, on the caller's stack.
 *
 * @category Exploring
 */
export function expectSameOutcomeSync<R>(
  main: (() => R) & NoPlainYield<R>,
  options: SameOutcomeOptions<Result<R>> = {},
): Exploration {
  return checked(exploreSync<R>(main, { ...options, stopAtFirst: false }));
}
