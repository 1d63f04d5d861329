import { describe, expect, test } from "vitest";
import { absorb, EMPTY_DIGEST, sameDigest } from "../src/digest.ts";

function bytesOf(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setUint32(4 * i, word, true));
  return bytes;
}

const hashOf = (bytes: Uint8Array): string[] =>
  absorb(EMPTY_DIGEST, bytes).map((word) => (word >>> 0).toString(16));

describe("S9: the hash is the same on every host", () => {
  // Expected values: mmh3.hash_bytes(struct.pack("<nI", …), 0, x64arch=False) of Python's mmh3 5.
  test.each([
    [[], ["0", "0", "0", "0"]],
    [[1], ["cf0f20ca", "519c70b1", "519c70b1", "519c70b1"]],
    [
      [1, 2],
      ["40e85748", "a4321e5e", "7fee4e56", "7fee4e56"],
    ],
    [
      [1, 2, 3],
      ["85047216", "70aa166f", "7385e62f", "9204edfb"],
    ],
    [
      [1, 2, 3, 4],
      ["37d6ee17", "3d4a429d", "3dbb9c17", "5b64b81d"],
    ],
    [
      [0xffffffff, 0x80000000, 7, 8, 9],
      ["469d44a6", "fc6c8cf6", "b3c0601d", "6eaa823a"],
    ],
    [Array.from({ length: 100 }, (_, i) => i + 1), ["49af3d71", "46204a43", "f3569205", "c0596c6"]],
  ])("words %j give MurmurHash3_x86_128", (words, expected) => {
    expect(hashOf(bytesOf(words))).toEqual(expected);
  });

  test("every bit of bytes of any length counts, and so does the length", () => {
    const seen = new Set<string>();
    for (let length = 0; length < 40; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
      seen.add(hashOf(bytes).join());
      for (let bit = 0; bit < length * 8; bit++) {
        const flipped = Uint8Array.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        seen.add(hashOf(flipped).join());
      }
    }
    expect(seen.size).toBe(40 + 8 * ((39 * 40) / 2));
  });

  test("where the bytes lie makes no difference, and what came before does", () => {
    const bytes = Uint8Array.from({ length: 37 }, (_, i) => i);
    const shifted = new Uint8Array(40);
    shifted.set(bytes, 3);
    const before = absorb(EMPTY_DIGEST, Uint8Array.of(1));
    expect(absorb(before, shifted.subarray(3))).toEqual(absorb(before, bytes));
    expect(sameDigest(absorb(before, bytes), absorb(EMPTY_DIGEST, bytes))).toBe(false);
  });
});
