import { absorb, EMPTY_DIGEST } from "./digest.ts";

/**
 * Choices by a seed, each option as probable as the others: George Marsaglia's xorshift (Xorshift RNGs,
 * 2003) with the shifts 13, 17 and 5. They are choices and no random stream: nothing is drawn.
 */
export function seededChoices(seed: string): (count: number) => number {
  const bytes = new Uint8Array(seed.length * 2);
  for (let i = 0; i < seed.length; i++) {
    bytes[2 * i] = seed.charCodeAt(i);
    bytes[2 * i + 1] = seed.charCodeAt(i) >>> 8;
  }
  let state = absorb(EMPTY_DIGEST, bytes)[0] || 1;
  return (count) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % count;
  };
}
