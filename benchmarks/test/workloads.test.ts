import { allTasks } from "@tickless/core";
import { describe, expect, test } from "vitest";

import { type Check, sameCheck, Tally } from "../src/program.ts";
import type { Kind, Variant } from "../src/workload.ts";
import { WORKLOADS } from "../src/workloads.ts";

const nothing = (): void => undefined;

/** Check values of the quick sizes. Those that come from `Math.log` are the host's to some 1e-12. */
const EXPECTED: Record<string, Check> = {
  W1: { events: 2_000, time: 1_296, sum: 763_610 },
  "W1-exp": { events: 2_000, time: 1_547.8753081551342, sum: 773_894.3117559878 },
  "W1-mixed": { events: 2_000, time: 1_296, sum: 763_610 },
  W2: { events: 2_000, time: 0, sum: 7_513_500 },
  "W2-put": { events: 2_000, time: 0, sum: 7_513_500 },
  W3: { events: 500, time: 100, sum: 932_500 },
  W4: { events: 2_000, time: 2_235.5197175824105, sum: 20_315.79362325526 },
  W5: { events: 20_000, time: 1_027, sum: 78_366_231 },
  "W5-exp": { events: 20_000, time: 990.0006586063031, sum: 74_352_345.52939814 },
  W6: { events: 20_000, time: 0, sum: 7_576_929 },
  "W6-kept": { events: 1_000, time: 0, sum: 7_476 },
  mixed: { events: 4_000, time: 8_452, sum: 32_356_757 },
  "W8-off": { events: 40_000, time: 6_000, sum: 15_218_640 },
  "W8-fingerprint": { events: 40_000, time: 6_000, sum: 15_218_640 },
  "W8-ring": { events: 40_000, time: 6_000, sum: 15_218_640 },
  "W8-full": { events: 40_000, time: 6_000, sum: 15_218_640 },
  "W8-off-W2": { events: 2_000, time: 0, sum: 7_513_500 },
  "W8-ring-W2": { events: 2_000, time: 0, sum: 7_513_500 },
  "W8-full-W2": { events: 2_000, time: 0, sum: 7_513_500 },
  // the sums: event numbers, live tasks, the event that differs
  "W8-open": { events: 23_455, time: 3_882, sum: 164_185 },
  "W8-event": { events: 23_455, time: 3_882, sum: 58_634 },
  "W8-at": { events: 23_455, time: 3_882, sum: 707 },
  "W8-diff": { events: 23_455, time: 3_882, sum: 11_842 },
  "W8-diff-end": { events: 23_455, time: 3_882, sum: 23_193 },
  // the sums: bytes
  "W8-bytes": { events: 14_349, time: 2_992, sum: 46_216 },
  "W8-bytes-exp": { events: 16_249, time: 3_458.3867199624597, sum: 104_083 },
  "W8-bytes-mixed": { events: 28_153, time: 8_452, sum: 114_866 },
  W7: { events: 2_000, time: 0, sum: 8_094 },
  memory: { events: 2_000, time: 102, sum: 758_860 },
};

for (const { id, quick, variants, verify } of WORKLOADS) {
  describe(`workload ${id}`, () => {
    for (const [kind, variant] of Object.entries(variants) as [Kind, Variant][]) {
      test(`the engine with ${kind} tasks reaches the known check values`, async () => {
        const check = await (await variant.engine())(quick, nothing);
        const expected = EXPECTED[id];
        expect(check.events).toBe(expected?.events);
        expect(check.time).toBeCloseTo(expected?.time ?? NaN, 6);
        expect(check.sum).toBeCloseTo(expected?.sum ?? NaN, 6);
      });

      if (variant.bare === undefined) continue;
      const { bare } = variant;
      test(`what is compared with ${kind} tasks does to the last bit what the engine does`, async () => {
        const engine = await (await variant.engine())(quick, nothing);
        expect(await (await bare())(quick, nothing)).toEqual(engine);
        verify?.(engine, quick);
      });
    }
  });
}

test("W1: one task, and more tasks than a heap holds at first, do the same on both", async () => {
  const variants = WORKLOADS.find(({ id }) => id === "W1")?.variants;
  for (const tasks of [1, 300]) {
    const size = { tasks, events: tasks * 5 };
    const engine = await (await variants?.generator?.engine())?.(size, nothing);
    expect(engine).toEqual(await (await variants?.generator?.bare?.())?.(size, nothing));
    expect(engine?.events).toBe(tasks * 5);
  }
});

test("W4: over 300,000 customers the mean wait is near 9", async () => {
  const workload = WORKLOADS.find(({ id }) => id === "W4");
  const size = { tasks: 2, events: 300_000 };
  const check = await (await workload?.variants.generator?.engine())?.(size, nothing);
  expect((check?.sum ?? NaN) / 300_000).toBeGreaterThan(8);
  expect((check?.sum ?? NaN) / 300_000).toBeLessThan(10);
  const half = { events: 300_000, time: 1, sum: 4.5 * 300_000 };
  expect(() => workload?.verify?.(half, size)).toThrow("near 9, got 4.5");
});

test("memory: all tasks sleep when the memory is read, and nothing is read a second time", async () => {
  const variants = WORKLOADS.find(({ id }) => id === "memory")?.variants;
  const size = { tasks: 20, events: 20 };
  for (const kind of ["async", "generator"] as const) {
    const tasks: number[] = [];
    await (
      await variants?.[kind]?.engine()
    )?.(size, () => tasks.push(allTasks().length));
    expect(tasks).toEqual([1 + size.tasks]);
  }
});

test("a tally of the same values in another order has another sum", () => {
  const [one, other] = [new Tally(), new Tally()];
  for (const value of [3, 5, 7]) one.add(value);
  for (const value of [3, 7, 5]) other.add(value);
  expect(one.at(0).events).toBe(other.at(0).events);
  expect(sameCheck(one.at(0), other.at(0))).toBe(false);
});
