import type { Random } from "./random.ts";

/**
 * An option of a choice that is not among tasks. Options have equal chances, but timers are on time every
 * other time: where all of them are late by some part, their order hardly changes, and a bug that one
 * late timer makes would hide behind the others.
 */
export function optionOf(random: Random, kind: string, count: number): number {
  if (kind === "jitter" && random.below(2) === 0) return 0;
  return random.below(count);
}
