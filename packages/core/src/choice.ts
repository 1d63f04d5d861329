import { runningLoop } from "./context.ts";
import { checkInteger } from "./errors.ts";

/**
 * One of `count` options of the program's own, by number: the policy of the running loop chooses
 * (rule S10.11), and the choice is recorded. Without a policy it is 0, and nothing is recorded.
 *
 * @throws UsageError outside a run (`ERR_NO_RUNNING_LOOP`)
 * @category For extenders
 */
export function chooseOption(caller: string, count: number): number {
  checkInteger("count", count, 1);
  return runningLoop(caller).chooseOption(count);
}

/**
 * Fails the running program for good: no activation runs after this one, whoever catches `error`.
 *
 * @throws what `error` is; outside a run, too
 * @category For extenders
 */
export function failRun(caller: string, error: unknown): never {
  runningLoop(caller).fail(error);
  throw error;
}
