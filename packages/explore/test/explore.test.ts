import { createTask, gather, sleep } from "@tickless/core";
import { describe, expect, test } from "vitest";
import { kinds, wait } from "../../core/test/kinds.ts";
import { type Exploration, explore, exploreSync } from "../src/index.ts";

/** What was found without the real time that its texts tell. */
function timeless(found: Exploration): unknown {
  return JSON.parse(JSON.stringify(found).replaceAll(/, \d+ ms\./g, ""));
}

describe.each(kinds)("with $kind bodies", (kind) => {
  /** Two tasks that read a value and write it back, with a hand-over before each access. */
  const lostUpdate = kind.of(function* () {
    let value = 0;
    const increment = kind.of(function* () {
      yield* wait(sleep(0));
      const read = value;
      yield* wait(sleep(0));
      value = read + 1;
    });
    yield* wait(gather([createTask(increment), createTask(increment)]));
    if (value !== 2) throw new Error(`the value is ${value}`);
  });

  test("a random walk finds a lost update, and says which schedule it was", async () => {
    const found = await explore(lostUpdate, { strategy: "random-walk" });
    expect(found.failure).toMatchObject({ reason: "error", error: new Error("the value is 1") });
    expect(found.schedules).toBe((found.failure?.schedule ?? 0) + 1);
    const again = await explore(lostUpdate, { strategy: "random-walk" });
    expect(timeless(again)).toEqual(timeless(found));
  });

  test("exploreSync finds the same", async () => {
    if (kind.kind === "async") return;
    expect(timeless(exploreSync(lostUpdate))).toEqual(timeless(await explore(lostUpdate)));
  });
});
