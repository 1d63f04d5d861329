/** Spreads the bits of a 32-bit number over all of them (the finalizer of MurmurHash3, Austin Appleby). */
function mixed(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/**
 * Random numbers for strategies: cheap to seed anew for each schedule, and equal on every host. The
 * generator is sfc32 (Chris Doty-Humphrey, PractRand). Nothing of it is a stream of the program.
 *
 * @category Exploring
 */
export class Random {
  readonly #key: readonly [number, number];
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** Numbers of root seed `seed` for `purpose`. Both are length-prefixed: no two pairs are alike. */
  constructor(seed: string, purpose: string) {
    const text = `${seed.length}:${seed}${purpose.length}:${purpose}`;
    let high = 0x9e3779b9;
    let low = 0x243f6a88;
    for (let i = 0; i < text.length; i++) {
      high = mixed(high ^ text.charCodeAt(i));
      low = mixed(Math.imul(low, 31) + high);
    }
    this.#key = [high, low];
    this.begin(0);
  }

  /** Begins the numbers of schedule `index`. */
  begin(index: number): void {
    this.#a = this.#key[0];
    this.#b = this.#key[1];
    this.#c = mixed(index + 1);
    this.#counter = 1;
    // The state is mixed before the first number is used, as the generator's author does.
    for (let i = 0; i < 12; i++) this.bits();
  }

  /** 32 random bits. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /**
   * About the natural logarithm of a number uniform in (0, 1): exact where it counts, which is that it is
   * the same on every host. `Math.log` is the implementation's choice (rule S9).
   */
  logarithm(): number {
    const uniform = (this.bits() + 0.5) / 2 ** 32;
    // u = m · 2^-e with m in [1, 2); log2(m) by its series in (m - 1) / (m + 1).
    const exponent = Math.clz32(Math.floor(uniform * 2 ** 32)) + 1;
    const mantissa = uniform * 2 ** exponent;
    const x = (mantissa - 1) / (mantissa + 1);
    const y = x * x;
    return 2 * x * (1 + y * (1 / 3 + y * (1 / 5 + y / 7))) - exponent * Math.LN2;
  }

  /** An integer in [0, count). */
  below(count: number): number {
    return Math.floor((this.bits() / 2 ** 32) * count);
  }
}
