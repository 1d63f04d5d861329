import { Digest } from "./digest.ts";

/**
 * Choices by a seed, each option as probable as the others: George Marsaglia's xorshift (Xorshift RNGs,
 * 2003) with the shifts 13, 17 and 5. They are choices and no random stream: nothing is drawn.
 */
export function seededChoices(seed: string): (count: number) => number {
  const digest = new Digest();
  digest.text(seed);
  let state = digest.value()[0] || 1;
  return (count) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % count;
  };
}
