import { describe, expect, test } from "vitest";
import { kinds } from "../../core/test/kinds.ts";
import { explore } from "../src/index.ts";
import { sctBench } from "./corpus/index.ts";
import { together, point } from "./corpus/program.ts";

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
const all = { strategy: "exhaustive", stopAtFirst: false };

describe.each(kinds)("with $kind bodies", (kind) => {
  test.each([
    [1, 1],
    [1, 4],
    [2, 3],
    [4, 4],
  ])("two tasks of %i and %i steps have (m+n)!/(m!n!) schedules", async (m, n) => {
    const steps = (count: number) =>
      function* () {
        for (let i = 1; i < count; i++) yield* point();
      };
    const found = await explore(
      kind.of(() => together(kind, [steps(m), steps(n)])),
      all,
    );
    expect(found.complete).toBe(true);
    expect(found.schedules).toBe(factorial(m + n) / (factorial(m) * factorial(n)));
    expect(found.text).toContain(`explored all ${found.schedules} schedules`);
  });

  test.each([
    ["lost_update_2", 20],
    ["account", 90],
    ["lazy01", 90],
    ["deadlock01", 14],
    ["twostage", 13],
    ["bluetooth", 258],
    ["reorder_3", 3060],
  ])("%s has %i schedules", async (name, count) => {
    const program = sctBench.find((one) => one.name === name);
    const found = await explore(program!.main(kind), all);
    expect(found.complete).toBe(true);
    expect(found.schedules).toBe(count);
    expect(found.failure).not.toBeNull();
  });
});
