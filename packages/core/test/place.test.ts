import { describe, expect, test } from "vitest";
import { frameLines, Notes, Place, whereText } from "../src/place.ts";
import { placeIn } from "./host.ts";

describe("notes", () => {
  test("of what is over are forgotten, so that there are not more than twice as many as are in use", () => {
    let newest = 0;
    const notes = new Notes<number, string>(() => (key) => key === 1 || key > newest - 10);
    let most = 0;
    for (newest = 1; newest <= 10_000; newest++) {
      notes.set(newest, `note ${newest}`);
      most = Math.max(most, notes.entries.length);
    }
    expect(most).toBeLessThan(600);
    expect(notes.get(1)).toBe("note 1");
    expect(notes.get(2)).toBeUndefined();
  });

  test("of what is in use are kept, however many", () => {
    const notes = new Notes<number, string>(() => () => true);
    for (let i = 0; i < 5000; i++) notes.set(i, "note");
    expect(notes.entries).toHaveLength(5000);
  });
});

test("a place is what is on the stack, and else the place before", () => {
  const before = new Place();
  expect(before.frames[0]).toContain("place.test.ts");
  const [heading, first] = whereText("Made", before).split("\n");
  expect(heading).toBe("Made");
  expect(first).toMatch(/^ {4}at /);
  expect(first).toMatch(placeIn("place.test.ts"));
  expect(whereText("Made", undefined)).toBe("");
});

test("of a deep stack eight frames are shown", () => {
  const frames = Array.from({ length: 10 }, (_, i) => `at f${i} (/app/a.ts:${i}:1)`);
  expect(frameLines(frames, "  ")).toHaveLength(9);
  expect(frameLines(frames, "  ").at(-1)).toBe("  … and 2 more");
});
