import { expect, test } from "vitest";

import { firstDifference } from "../src/compare.ts";

test("equal logs have no difference", () => {
  expect(firstDifference([[0, "A", "begin"]], [[0, "A", "begin"]])).toBeUndefined();
});

test("the messages of CancelledErrors are not compared, wherever they stand", () => {
  const expected = [
    [0, "A", "!", "0", "CancelledError:why"],
    [0, "A", "<", "1", [{ exc: "CancelledError:why" }]],
    [0, "*", "end", { final: [["A", "raised", "ExceptionGroup[CancelledError:a,ValueError:b]"]] }],
  ];
  const got = [
    [0, "A", "!", "0", "CancelledError"],
    [0, "A", "<", "1", [{ exc: "CancelledError:other" }]],
    [0, "*", "end", { final: [["A", "raised", "ExceptionGroup[CancelledError,ValueError:b]"]] }],
  ];
  expect(firstDifference(expected, got)).toBeUndefined();
});

test("the messages of other exceptions are compared", () => {
  const difference = firstDifference(
    [[0, "A", "!", "0", "ValueError:a"]],
    [[0, "A", "!", "0", "ValueError:b"]],
  );
  expect(difference?.index).toBe(0);
});

test("the order of keys in a record does not matter", () => {
  expect(firstDifference([[0, { a: 1, b: 2 }]], [[0, { b: 2, a: 1 }]])).toBeUndefined();
});

test("a log that ends early differs where it ends", () => {
  expect(firstDifference([[0], [1]], [[0]])).toEqual({ index: 1, expected: [1], got: undefined });
});
