import { simulate } from "@tickless/core";
import { describe, expect, test } from "vitest";
import { asyncBodies, generatorBodies, kinds } from "../../core/test/kinds.ts";
import { explore, exploreSync } from "../src/index.ts";
import { goBugs } from "./corpus/go/index.ts";
import { schedulesToBug } from "./corpus/measure.ts";

describe.each(goBugs)("$name: $bug", (program) => {
  const { main, fixed, within, schedules } = program;

  test.each(kinds)("first in, first out, nobody sees it, with $kind bodies", async (kind) => {
    expect((await simulate(main(kind))).reason).toBe("done");
    expect((await simulate(fixed(kind))).reason).toBe("done");
  });

  test(`the portfolio finds it within ${within} schedules, with each of 40 seeds`, () => {
    expect(Math.max(...schedulesToBug(program, "portfolio", 40, 1000))).toBeLessThanOrEqual(within);
  });

  test("with async bodies it is found in the same schedule", async () => {
    const [one, other] = await Promise.all([
      explore(main(asyncBodies), { seed: 7 }),
      explore(main(generatorBodies), { seed: 7 }),
    ]);
    expect(one.failure?.reason).toMatch(/^(deadlock|error)$/);
    expect(one.failure?.reproLine).toBe(other.failure?.reproLine);
    expect(one.failure?.shrunk?.reproLine).toBe(other.failure?.shrunk?.reproLine);
  });

  test(`without the bug all ${schedules} schedules pass`, () => {
    const found = exploreSync(fixed(generatorBodies), { strategy: "exhaustive" });
    expect(found.failure).toBeNull();
    expect(found).toMatchObject({ complete: true, schedules });
  });
});
