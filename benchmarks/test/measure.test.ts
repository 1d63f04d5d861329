import { describe, expect, test } from "vitest";

import type { Measure, Order } from "../src/compare.ts";
import { inTurns, measureTime, type Turns } from "../src/measure.ts";

test("a time is the median of what lies between one moment and the next, and not of what lies before", async () => {
  const check = { events: 1, time: 0, sum: 0 };
  const clock = [100, 112, 200, 201, 300, 302].map((wallMs, i) => ({ wallMs, cpuMs: i * i }));
  const measured = await measureTime(
    (_size, moment) => {
      for (let i = 0; i < 6; i++) moment();
      return check;
    },
    { tasks: 1, events: 1 },
    () => clock.shift() ?? { wallMs: NaN, cpuMs: NaN },
  );
  // 1, 5 and 9 of processor time
  expect(measured).toMatchObject({ check, milliseconds: 2, cpuMilliseconds: 5 });
});

test.each([
  [1, "abccbaabccbaabccbaabccbaabccba", [500, 300, 400]],
  [10, "abccbaabccbaabc", [2_500, 1_500, 2_000]],
  [13, "abccbaabccba", [2_600, 1_560, 2_080]],
  [100, "abc", [5_000, 3_000, 4_000]],
])(
  "programs that take turns of some 40 ms and %i times as long have them there and back again: %s",
  async (times, expected, wallMs) => {
    const turns: string[] = [];
    const program = (name: string, turnMs: number) => {
      let sum = 0;
      return async (): Promise<Turns> => {
        turns.push(name);
        sum += turnMs * times;
        return { wallMs: sum, measurement: { milliseconds: sum } as Turns["measurement"] };
      };
    };
    const measured = await inTurns([program("a", 50), program("b", 30), program("c", 40)]);
    expect(turns.join("")).toBe(expected);
    expect(measured.map(({ milliseconds }) => milliseconds)).toEqual(wallMs);
  },
);

describe("in processes of their own", async () => {
  // They run what is built.
  const built = new URL("../dist/child.js", import.meta.url).href;
  const { sideBySide } = (await import(built)) as { readonly sideBySide: Measure };
  const order: Order = {
    workload: "W2",
    kind: "generator",
    side: "engine",
    size: { tasks: 2, events: 2_000 },
    quick: false,
  };

  test("engine and bare loop come to the same, each in its own time", async () => {
    const [engine, bare] = await sideBySide([order, { ...order, side: "bare" }]);
    expect(engine?.check).toEqual({ events: 2_000, time: 0, sum: 7_513_500 });
    expect(bare?.check).toEqual(engine?.check);
    for (const one of [engine, bare]) expect(one?.eventsPerSecond).toBeGreaterThan(0);
  });

  test("of one that fails it is told what it complained of, and how to see it again", async () => {
    const failing = sideBySide([order, { ...order, size: { tasks: 0, events: 5 } }]);
    await expect(failing).rejects.toThrow(
      /^Failed: node .*--expose-gc .*run\.js measure W2 generator engine 0 5\nExpected TASKS to be an integer ≥ 1, got `0`/,
    );
  });
});
