// A flaky test, and the same test in virtual time. From the top of the repository:
//
//   npx vitest run examples/test/flaky-test.test.ts                passes, always
//   TIMERS=real npx vitest run examples/test/flaky-test.test.ts    fails now and then
import { expect, test } from "vitest";
import { asExpected, fetchFromAll, real, virtual } from "./mirrors.ts";

const surroundings = process.env["TIMERS"] === "real" ? real : virtual;

test("the mirror that is asked first is done first", async () => {
  await surroundings.run(async () => {
    const done = await fetchFromAll(surroundings);
    expect(done).toHaveLength(8);
    expect(done).toSatisfy(asExpected);
  });
});
