import type { RandomStream } from "@tickless/core";
import { Loop } from "@tickless/core";

/** One of the things that may be chosen, and how often compared with the others. */
export type Weighted<T> = readonly [weight: number, thing: T];

/** Draws from one named stream: the same seed gives the same scenarios everywhere. */
export class Chance {
  readonly #stream: RandomStream;

  constructor(seed: string) {
    this.#stream = new Loop({ seed }).random("scenario");
  }

  /** True with probability `p`. */
  is(p: number): boolean {
    return this.#stream() < p;
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return this.#stream.int(low, high + 1);
  }

  pick<T>(list: readonly T[]): T {
    return this.#stream.pick(list);
  }

  /** `count` of `list`, an element possibly more than once. */
  some<T>(list: readonly T[], count: number): T[] {
    return Array.from({ length: count }, () => this.pick(list));
  }

  weighted<T>(choices: readonly Weighted<T>[]): T {
    const total = choices.reduce((sum, [weight]) => sum + weight, 0);
    let left = this.#stream() * total;
    for (const [weight, thing] of choices) {
      left -= weight;
      if (left < 0) return thing;
    }
    return (choices.at(-1) as Weighted<T>)[1];
  }
}
