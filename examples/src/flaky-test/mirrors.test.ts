// A flaky test, and the same test in virtual time. From the top of the repository:
//
//   npx vitest run examples/test/flaky-test.test.ts                passes, always
//   TIMERS=real npx vitest run examples/test/flaky-test.test.ts    fails now and then
import { expect, test } from "vitest";
import { asExpected, real, search, virtual } from "./search.ts";

const surroundings = process.env["TIMERS"] === "real" ? real : virtual;

test("the first mirror asked answers first", async () => {
  await surroundings.run(async () => {
    const answers = await search(surroundings);
    expect(answers).toHaveLength(8);
    expect(answers).toSatisfy(asExpected);
  });
});
