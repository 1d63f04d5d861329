/** 128 bits, as four 32-bit words. */
export type Digest128 = readonly [number, number, number, number];

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function avalanche(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

const bits = new DataView(new ArrayBuffer(8));

/**
 * An incremental hash of 32-bit words: MurmurHash3_x86_128 with seed 0 (Austin Appleby, SMHasher) of
 * their little-endian bytes. It uses integer operations alone, which every engine computes alike. It
 * finds accidents and changes; it does not withstand forgery.
 */
export class Digest {
  #h1 = 0;
  #h2 = 0;
  #h3 = 0;
  #h4 = 0;
  /** The words of the block that is not full yet. */
  #k1 = 0;
  #k2 = 0;
  #k3 = 0;
  #words = 0;

  /** Absorbs 32 bits. */
  word(word: number): void {
    const place = this.#words++ & 3;
    if (place === 0) this.#k1 = word;
    else if (place === 1) this.#k2 = word;
    else if (place === 2) this.#k3 = word;
    else this.#block(word);
  }

  /** Absorbs a number as the bits of its float64; -0 counts as 0, and there is one NaN. */
  number(value: number): void {
    bits.setFloat64(0, Number.isNaN(value) ? NaN : value + 0, true);
    this.word(bits.getInt32(0, true));
    // What bits a NaN has is the engine's choice.
    this.word(Number.isNaN(value) ? 0x7ff80000 : bits.getInt32(4, true));
  }

  /** Absorbs the length of a string and its UTF-16 code units, two a word. */
  text(text: string): void {
    const { length } = text;
    this.word(length);
    for (let i = 0; i < length; i += 2) {
      const next = i + 1 < length ? text.charCodeAt(i + 1) : 0;
      this.word(text.charCodeAt(i) | (next << 16));
    }
  }

  /** The hash of all that was absorbed so far; more may follow. */
  value(): Digest128 {
    let [h1, h2, h3, h4] = this.#withTail();
    const bytes = this.#words * 4;
    h1 ^= bytes;
    h2 ^= bytes;
    h3 ^= bytes;
    h4 ^= bytes;
    h1 = (h1 + h2 + h3 + h4) | 0;
    h2 = avalanche((h2 + h1) | 0);
    h3 = avalanche((h3 + h1) | 0);
    h4 = avalanche((h4 + h1) | 0);
    h1 = avalanche(h1);
    h1 = (h1 + h2 + h3 + h4) | 0;
    return [h1, (h2 + h1) | 0, (h3 + h1) | 0, (h4 + h1) | 0];
  }

  #block(k4: number): void {
    let { h1, h2, h3, h4 } = this.#state();
    h1 ^= Math.imul(rotate(Math.imul(this.#k1, C1), 15), C2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(this.#k2, C2), 16), C3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(this.#k3, C3), 17), C4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(k4, C4), 18), C1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
    this.#h1 = h1;
    this.#h2 = h2;
    this.#h3 = h3;
    this.#h4 = h4;
  }

  #withTail(): Digest128 {
    const left = this.#words & 3;
    let { h1, h2, h3, h4 } = this.#state();
    if (left > 2) h3 ^= Math.imul(rotate(Math.imul(this.#k3, C3), 17), C4);
    if (left > 1) h2 ^= Math.imul(rotate(Math.imul(this.#k2, C2), 16), C3);
    if (left > 0) h1 ^= Math.imul(rotate(Math.imul(this.#k1, C1), 15), C2);
    return [h1, h2, h3, h4];
  }

  #state(): { h1: number; h2: number; h3: number; h4: number } {
    return { h1: this.#h1, h2: this.#h2, h3: this.#h3, h4: this.#h4 };
  }
}
