import type { Failure } from "./failure.ts";
import type { Outcome } from "./outcomes.ts";

/**
 * What a campaign has found.
 *
 * @category Exploring
 */
export interface Exploration {
  /** Name of the strategy. */
  readonly strategy: string;
  /** How many schedules were run. */
  readonly schedules: number;
  /** Whether these were all that there are (within the strategy's bound). */
  readonly complete: boolean;
  /** How many choices they met; 0: there was nothing to explore. */
  readonly choices: number;
  /** How many tasks they had at most, main among them. */
  readonly tasks: number;
  /** The first schedule that failed; null if none did. */
  readonly failure: Failure | null;
  /** The distinct results, the most frequent first. */
  readonly outcomes: readonly Outcome[];
  /** In how many schedules each condition of `sometimes` was true, by name. */
  readonly sometimes: Readonly<Record<string, number>>;
  /** All of this for people. */
  readonly text: string;
}
