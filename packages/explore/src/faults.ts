import { badRange, badType, chooseOption } from "@tickless/core/kit";

/**
 * One of `count` options that the program itself offers, by number: a choice as that of the next task,
 * which strategies take, exhaustive search goes through, and a repro line repeats. Where nobody
 * explores it is 0, so let option 0 be what always happens.
 *
 * ```ts fragment
 * const answer = ["ok", "busy", "gone"][choose(3)];
 * ```
 *
 * @throws UsageError outside a run; TypeError, RangeError if `count` is no integer ≥ 1
 * @category Exploring
 */
export function choose(count: number): number {
  return chooseOption("choose()", count);
}

/**
 * Whether fault `name` happens here: `if (buggify("disk full")) throw …`. Never where nobody explores.
 * The name is for readers; each call is a choice of its own. The idea is FoundationDB's (Zhou et al.,
 * "FoundationDB: A Distributed Unbundled Transactional Key Value Store", SIGMOD 2021, section 4).
 *
 * @throws UsageError outside a run
 * @category Exploring
 */
export function buggify(name: string): boolean {
  if (typeof name !== "string") throw badType("name", "a string", name);
  if (name === "") throw badRange("name", "a name that is not empty", name);
  return chooseOption("buggify()", 2) === 1;
}
