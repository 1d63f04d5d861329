/** 128 bits, as four 32-bit words. */
export type Digest128 = readonly [number, number, number, number];

/** The digest of nothing. */
export const EMPTY_DIGEST: Digest128 = [0, 0, 0, 0];

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

const NO_BYTES = new DataView(new ArrayBuffer(0));

/** The little-endian word at `at`; what lies behind `end` counts as 0. */
function wordAt(bytes: Uint8Array, at: number, end: number): number {
  let word = 0;
  for (let i = Math.min(end, at + 4) - 1; i >= at; i--) word = (word << 8) | (bytes[i] as number);
  return word;
}

/**
 * `from` and then `bytes`: MurmurHash3_x86_128 (Austin Appleby, SMHasher) of `bytes`, whose four state
 * words begin as those of `from`, where the original begins with its seed four times. It uses integer
 * operations alone, which every engine computes alike. Each block changes the state by a bijection, so
 * one changed bit never goes unseen. It finds accidents and changes; it does not withstand forgery.
 */
export function absorb(from: Digest128, bytes: Uint8Array): Digest128 {
  let [h1, h2, h3, h4] = from;
  const { length } = bytes;
  const whole = length - (length % 16);
  const view = whole === 0 ? NO_BYTES : new DataView(bytes.buffer, bytes.byteOffset, length);
  for (let i = 0; i < whole; i += 16) {
    const k1 = view.getInt32(i, true);
    const k2 = view.getInt32(i + 4, true);
    const k3 = view.getInt32(i + 8, true);
    const k4 = view.getInt32(i + 12, true);
    h1 ^= Math.imul(rotate(Math.imul(k1, C1), 15), C2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(k2, C2), 16), C3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(k3, C3), 17), C4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(k4, C4), 18), C1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  h4 ^= Math.imul(rotate(Math.imul(wordAt(bytes, whole + 12, length), C4), 18), C1);
  h3 ^= Math.imul(rotate(Math.imul(wordAt(bytes, whole + 8, length), C3), 17), C4);
  h2 ^= Math.imul(rotate(Math.imul(wordAt(bytes, whole + 4, length), C2), 16), C3);
  h1 ^= Math.imul(rotate(Math.imul(wordAt(bytes, whole, length), C1), 15), C2);
  return finish(h1 ^ length, h2 ^ length, h3 ^ length, h4 ^ length);
}

function finish(one: number, two: number, three: number, four: number): Digest128 {
  let h1 = (one + two + three + four) | 0;
  const h2 = avalanche((two + h1) | 0);
  const h3 = avalanche((three + h1) | 0);
  const h4 = avalanche((four + h1) | 0);
  h1 = avalanche(h1);
  h1 = (h1 + h2 + h3 + h4) | 0;
  return [h1, (h2 + h1) | 0, (h3 + h1) | 0, (h4 + h1) | 0];
}

/** A digest as 32 hexadecimal digits, the four words one after the other. */
export function digestText(digest: Digest128): string {
  return digest.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** Whether two digests are the same. */
export function sameDigest(one: Digest128, other: Digest128): boolean {
  return one.every((word, i) => word === other[i]);
}
