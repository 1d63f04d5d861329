import { createTask, gather, sleep } from "@tickless/core";
import { expect, test } from "vitest";
import { explore } from "../src/index.ts";

/** Two tasks lose an update, with plain awaits before each point at which they hand over. */
const lostUpdate = (awaits: number) => async () => {
  let value = 0;
  const point = async () => {
    for (let i = 0; i < awaits; i++) await Promise.resolve();
    await sleep(0);
  };
  const increment = async () => {
    await point();
    const read = value;
    await point();
    value = read + 1;
  };
  await gather([createTask(increment), createTask(increment)]);
  if (value !== 2) throw new Error("an update was lost");
};

async function foundAt(awaits: number, strategy: string): Promise<(number | undefined)[]> {
  const found: (number | undefined)[] = [];
  for (let seed = 0; seed < 8; seed++) {
    const { failure } = await explore(lostUpdate(awaits), { seed, strategy, shrinkReplays: 0 });
    found.push(failure?.schedule);
  }
  return found;
}

test.each(["portfolio", "random-walk", "pct", "pos", "urw", "delay-bounding", "exhaustive"])(
  "S4: with %s a lost update is found by the very same schedule behind 0 and behind 10,000 plain awaits",
  async (strategy) => {
    const none = await foundAt(0, strategy);
    expect(none).not.toContain(undefined);
    for (const awaits of [10, 104, 1000, 10_000]) {
      expect(await foundAt(awaits, strategy)).toEqual(none);
    }
  },
);
