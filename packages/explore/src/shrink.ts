import {
  type NoPlainYield,
  type Result,
  type RunResult,
  simulate,
  simulateSync,
} from "@tickless/core";
import type { SimulateOptions } from "@tickless/core";
import { badType, checkInteger } from "@tickless/core/kit";
import type { Choice } from "./choices.ts";
import { ExplorationError } from "./errors.ts";
import type { Failure } from "./failure.ts";
import { checkMain } from "./main.ts";
import { DEFAULT_REPLAYS } from "./options.ts";
import type { Shrunk } from "./shrunk.ts";
import { Shrinking } from "./shrinking.ts";

/**
 * Options of `shrink`: those of the runs, which are to be as when the schedule was found, and how it is
 * judged.
 *
 * @category Exploring
 */
export interface ShrinkOptions<T = unknown> extends Omit<SimulateOptions, "policy"> {
  /**
   * Most replays, from 2: the first says what there is to shrink, the last is told. Once they have taken
   * 500,000 steps, 20 are the most. Default: 1,000.
   */
  readonly shrinkReplays?: number | undefined;
  /** What outcomes are compared by, where the schedule does not fail. Default: as in `explore`. */
  readonly outcome?: ((result: RunResult<T>) => unknown) | undefined;
  /** Throws if a result is wrong. */
  readonly check?: ((result: RunResult<T>) => void) | undefined;
  /**
   * Called after each replay with how many there were. Where it answers false, that is the end: the simplest
   * schedule that was found until then is told.
   */
  readonly onReplay?: ((replays: number) => boolean | void) | undefined;
}

function isFailure(found: Failure | Iterable<Choice>): found is Failure {
  return "reproLine" in found;
}

function begun<T>(found: Failure | Iterable<Choice>, options: ShrinkOptions<T>): Shrinking<T> {
  if (
    typeof found !== "object" ||
    found === null ||
    (!isFailure(found) && !(Symbol.iterator in found))
  ) {
    throw badType("found", "a failure of `explore`, or the choices of a schedule", found);
  }
  const { shrinkReplays = DEFAULT_REPLAYS, outcome, check, onReplay, ...run } = options;
  if (onReplay !== undefined && typeof onReplay !== "function") {
    throw badType("onReplay", "a function", onReplay);
  }
  return new Shrinking<T>({
    choices: isFailure(found) ? found.choices : [...found],
    reason: isFailure(found) ? found.reason : undefined,
    replays: checkInteger("shrinkReplays", shrinkReplays, 2, true),
    outcome,
    check,
    run,
  });
}

/** After a replay. */
function told<T>(shrinking: Shrinking<T>, { onReplay }: ShrinkOptions<T>): void {
  if (onReplay?.(shrinking.replays) === false) shrinking.enough();
}

function ended<T>(shrinking: Shrinking<T>): Shrunk {
  const shrunk = shrinking.result();
  if (shrunk !== null) return shrunk;
  throw new ExplorationError(
    "ERR_NOT_REPEATED",
    "The schedule came to something else when it was run again with the same choices, so the program takes " +
      "something from outside the run: Date.now(), Math.random(), a variable that an earlier run has changed, " +
      "or real I/O. See which, and where: `run(guard(main))`.",
  );
}

/**
 * Makes a schedule as simple as it gets while it comes to the same: the same error, made in the same
 * place, the same tasks in the same deadlock, or, where it does not fail, the same outcome. Fewest
 * switches come first, then what is nearest to the order in which every task goes on for as long as it can
 * and then the one that has been ready for longest. `explore` does this with the first failure.
 *
 * @param found a failure, or the choices of a schedule, such as those of an outcome
 * @throws ExplorationError (`ERR_NOT_REPEATED`) if the program does not do the same again; TypeError,
 *   RangeError for options that are none
 * @category Exploring
 */
export async function shrink<R>(
  main: (() => R) & NoPlainYield<R>,
  found: Failure | Iterable<Choice>,
  options: ShrinkOptions<Result<R>> = {},
): Promise<Shrunk> {
  checkMain(main);
  const shrinking = begun<Result<R>>(found, options);
  for (let next = shrinking.next(); next !== null; next = shrinking.next()) {
    shrinking.took(await simulate(main, next));
    told(shrinking, options);
  }
  return ended(shrinking);
}

/**
 * As `shrink`, for generator functions, on the caller's stack.
 *
 * @category Exploring
 */
export function shrinkSync<R>(
  main: (() => R) & NoPlainYield<R>,
  found: Failure | Iterable<Choice>,
  options: ShrinkOptions<Result<R>> = {},
): Shrunk {
  checkMain(main);
  const shrinking = begun<Result<R>>(found, options);
  for (let next = shrinking.next(); next !== null; next = shrinking.next()) {
    shrinking.took(simulateSync(main, next));
    told(shrinking, options);
  }
  return ended(shrinking);
}
