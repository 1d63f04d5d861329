import type { Watched } from "./guarded.ts";

/** The least object is larger: one allocation more an event is more than this. */
const SPARE_BYTES = 8;
/** Times are a matter of the machine and its mood; only a loss that no machine explains counts. */
const SLOWER = 2;

export type Outcome = "as noted" | "better than noted" | "too much" | "too slow";

/** Compares a figure with the one that was noted of an earlier commit. */
export function outcomeOf(watched: Watched, noted: number, measured: number): Outcome {
  if (watched === "ratio") return measured < noted / SLOWER ? "too slow" : "as noted";
  if (measured > noted + SPARE_BYTES) return "too much";
  return measured < noted - SPARE_BYTES ? "better than noted" : "as noted";
}

/** What is allowed, in words. */
export function allowed(watched: Watched, noted: number): string {
  if (watched === "ratio") return `at least ${(noted / SLOWER).toFixed(2)} of the bare loop`;
  return `at most ${(noted + SPARE_BYTES).toFixed(0)} B`;
}
