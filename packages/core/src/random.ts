import seedrandom from "seedrandom";
import { badRange, badType, checkInteger } from "./errors.ts";
import type { Loop } from "./loop.ts";

/**
 * A named stream of random numbers: a function returning a number in [0, 1) with 53 random bits.
 *
 * @category Randomness
 */
export interface RandomStream {
  (): number;
  /** An integer in [lo, hi). Both are integers, `hi` is the greater. */
  int(lo: number, hi: number): number;
  /** One element of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** The elements in random order (Fisher-Yates), in a new array. */
  shuffle<T>(list: readonly T[]): T[];
}

/**
 * Stream `name` of root seed `seed`. Both are length-prefixed, so no two pairs give the same
 * generator. The generator is seedrandom's Alea (Johannes Baagøe), fixed by rule S9.
 *
 * @param drawn called before each draw
 */
function randomStream(seed: string, name: string, drawn: () => void): RandomStream {
  const generator = seedrandom.alea(`${seed.length}:${seed}${name.length}:${name}`);
  const next = (): number => {
    drawn();
    return generator.double();
  };
  const int = (lo: number, hi: number): number => {
    checkInteger("lo", lo, -Infinity);
    checkInteger("hi", hi, -Infinity);
    if (hi <= lo) throw badRange("hi", `an integer > \`lo\` (${lo})`, hi);
    return lo + Math.floor(next() * (hi - lo));
  };
  const pick = <T>(list: readonly T[]): T => {
    if (!Array.isArray(list)) throw badType("list", "an array", list);
    if (list.length === 0) throw badRange("list", "an array that is not empty", list);
    return list[int(0, list.length)] as T;
  };
  const shuffle = <T>(list: readonly T[]): T[] => {
    if (!Array.isArray(list)) throw badType("list", "an array", list);
    const result = [...(list as readonly T[])];
    for (let i = result.length - 1; i > 0; i--) {
      const j = int(0, i + 1);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  };
  return Object.assign(next, { int, pick, shuffle });
}

/** The streams of one loop, each made when it is first asked for. */
export class RandomStreams {
  readonly #loop: Loop;
  readonly #streams = new Map<string, RandomStream>();

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  /** That called `name`, where it stands. */
  get(name: string): RandomStream {
    if (typeof name !== "string") throw badType("name", "a string", name);
    const present = this.#streams.get(name);
    if (present !== undefined) return present;
    const loop = this.#loop;
    const stream = randomStream(loop.settings.seed, name, () => {
      loop.checkInside("A random stream");
      loop.observer?.draw(name);
    });
    this.#streams.set(name, stream);
    return stream;
  }
}
