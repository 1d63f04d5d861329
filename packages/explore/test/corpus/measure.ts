import { generatorBodies } from "../../../core/test/kinds.ts";
import { exploreSync, type Strategy } from "../../src/index.ts";
import type { CorpusProgram } from "./program.ts";

/** Schedules until the bug of `program` was seen, one number a seed; `most` where it was not. */
export function schedulesToBug(
  program: CorpusProgram,
  strategy: string | Strategy,
  seeds: number,
  most: number,
  bound?: number,
): number[] {
  const main = program.main(generatorBodies);
  return Array.from({ length: seeds }, (_, seed) => {
    const options = { strategy, seed, schedules: most, bound, shrinkReplays: 0 };
    const found = exploreSync(main, options);
    return found.failure === null ? most : found.failure.schedule + 1;
  });
}

export function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
