import { UsageError } from "./errors.ts";

/**
 * What is being chosen: the ready activation that runs next, the `external` call that arrived, an
 * option of the program's own (`choose`), or how late a timer is (`jitter`).
 *
 * @category For extenders
 */
export type ChoiceKind = "ready" | "external" | "choose" | "jitter";

/**
 * Takes every choice that the program does not determine (rule S10). Strategies, replay, shrinking
 * and exhaustive search are policies; without one the loop is FIFO and asks nobody.
 *
 * @category For extenders
 */
export interface Policy {
  /** true: the ready queue stays first in, first out, in passes; `choose` is asked about `external` alone. */
  readonly fifo?: boolean;
  /**
   * @param count number of options, at least 2
   * @param task id of the task that option `index` would run, -1 for a callback
   * @returns the option taken, an integer in [0, count); 0 is the one that has been ready for longest
   */
  choose(kind: ChoiceKind, count: number, task: (index: number) => number): number;
  /**
   * The running code looks at object `id` in a way that is no event: `lock.locked()`, `task.done()`, an await
   * of what has settled. For who has to know what the order of two steps may matter to.
   */
  touch?(id: number): void;
  /**
   * In a replay: the encoded outcome of `external` call number `call`, counted from 0; null if none
   * will come. undefined: the call is made for real.
   */
  external?(call: number): string | null | undefined;
}

/** That a policy has chosen what is no option. */
export function badChoice(picked: unknown, count: number, time: number): UsageError {
  return new UsageError(
    "ERR_BAD_CHOICE",
    `The policy chose option ${String(picked)} of ${count}; options are 0 to ${count - 1}.`,
    { time },
  );
}
