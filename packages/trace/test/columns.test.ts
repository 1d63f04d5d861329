import fc from "fast-check";
import { expect, test } from "vitest";
import { columnWidths, wrapped } from "../src/exporters/columns.ts";

test("columns get what they want where there is room", () => {
  expect(columnWidths([5, 3], 8, 2)).toEqual([5, 3]);
});

test("narrow columns get what they want, the wide ones share the rest", () => {
  expect(columnWidths([30, 4, 50], 44, 10)).toEqual([20, 4, 20]);
});

test("columns that would be too narrow to read are refused", () => {
  expect(columnWidths([30, 30, 30], 44, 20)).toBeNull();
});

test("columns never take more than there is", () => {
  const widths = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(widths, fc.integer({ min: 0, max: 200 }), (wanted, available) => {
      const given = columnWidths(wanted, available, 5);
      if (given === null) return;
      expect(given.reduce((sum, width) => sum + width, 0)).toBeLessThanOrEqual(available);
      for (const [i, width] of given.entries()) expect(width).toBeLessThanOrEqual(wanted[i] ?? 0);
    }),
  );
});

test("text is broken at spaces, and within words that are too long", () => {
  expect(wrapped("takes an item from queue", 10)).toEqual(["takes an", "item from", "queue"]);
  expect(wrapped("main/a-long-name ends", 9)).toEqual(["main/a-lo", "ng-name", "ends"]);
  expect(wrapped("", 5)).toEqual([""]);
});
