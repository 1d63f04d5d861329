import { describe, expect, test } from "vitest";
import { Digest } from "../src/digest.ts";

function hashOf(words: readonly number[]): string[] {
  const digest = new Digest();
  for (const word of words) digest.word(word);
  return digest.value().map((word) => (word >>> 0).toString(16));
}

function digestOf(fill: (digest: Digest) => void): string {
  const digest = new Digest();
  fill(digest);
  return digest.value().join();
}

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
    expect(hashOf(words)).toEqual(expected);
  });

  test("a value may be asked for at any time without changing what follows", () => {
    const asked = new Digest();
    const silent = new Digest();
    for (let word = 0; word < 50; word++) {
      asked.word(word);
      silent.word(word);
      asked.value();
    }
    expect(asked.value()).toEqual(silent.value());
  });

  test("-0 hashes as 0, and every NaN as the same NaN", () => {
    const odd = new DataView(new ArrayBuffer(8));
    odd.setUint32(0, 0xfff80000);
    odd.setUint32(4, 12345);
    expect(digestOf((d) => d.number(-0))).toBe(digestOf((d) => d.number(0)));
    expect(digestOf((d) => d.number(odd.getFloat64(0)))).toBe(digestOf((d) => d.number(NaN)));
    expect(digestOf((d) => d.number(NaN))).not.toBe(digestOf((d) => d.number(0)));
  });

  test("numbers hash as their float64 bits, low word first", () => {
    expect(digestOf((d) => d.number(1.5))).toBe(
      digestOf((d) => [0, 0x3ff80000].forEach((w) => d.word(w))),
    );
    expect(digestOf((d) => d.number(-1e-300))).toBe(
      digestOf((d) => [0xc2f8f359, 0x81a56e1f].forEach((w) => d.word(w))),
    );
  });

  test("texts hash by length and content", () => {
    expect(digestOf((d) => d.text("ab"))).toBe(
      digestOf((d) => [2, 0x00620061].forEach((w) => d.word(w))),
    );
    const texts = ["", "a", "a\0", "b", "ab", "ba", "é", "e\u0301", "\ud83d\ude00"];
    expect(new Set(texts.map((text) => digestOf((d) => d.text(text)))).size).toBe(texts.length);
  });
});
