import { sleep } from "@tickless/core";
import { expect, test } from "vitest";
import { kinds, wait } from "../../core/test/kinds.ts";
import { shared, tieReport } from "../src/index.ts";
import { together } from "./corpus/program.ts";

test.each(kinds)(
  "ties over declared objects, and which of them matter, with $kind bodies",
  async (kind) => {
    const main = kind.of(function* () {
      const last = shared("last", "");
      const count = shared("count", 0);
      const visit = (name: string, at: number) =>
        function* () {
          yield* wait(sleep(at));
          count.value += 1;
          if (at === 5) last.value = name;
        };
      yield* together(kind, [visit("a", 5), visit("b", 5), visit("c", 7)]);
      return `${last.value} ${count.value}`;
    });
    const report = await tieReport(main);
    expect(report.outcome).toBe('"b 3"');
    expect(report.ties).toEqual([
      {
        time: 5,
        tasks: ["main/1", "main/2"],
        objects: ["main/count", "main/last"],
        swapped: '"a 3"',
        matters: true,
      },
    ]);
    expect(report.text).toContain("1 of 1 ties matter");
    const same = await tieReport(main, { outcome: () => "" });
    expect(same.ties).toMatchObject([{ matters: false }]);
  },
);

test("a program that shares nothing has no ties", async () => {
  const report = await tieReport(async () => {
    await Promise.all([sleep(1), sleep(1)]);
  });
  expect(report).toMatchObject({ ties: [], outcome: "undefined" });
  expect(report.text).toContain("no two steps");
});
