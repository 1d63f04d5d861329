import { sleep } from "@tickless/core";
import { performance as imported } from "node:perf_hooks";
import process, { hrtime } from "node:process";
import { expect, test } from "vitest";
import { virtual } from "./world.ts";

const any = (value: unknown): never => value as never;

test("A4.3: performance, hrtime and uptime begin at a second, since 0 is taken for no time", async () => {
  const seen = await virtual(async () => {
    const first = process.hrtime();
    const firstBig = process.hrtime.bigint();
    await sleep(1500.25);
    return {
      performance: [performance.now(), imported.now()],
      origin: [performance.timeOrigin, performance.timeOrigin + performance.now() - Date.now()],
      hrtime: [first, process.hrtime(), process.hrtime(first), process.hrtime([0, 600_000_000])],
      bigint: [process.hrtime.bigint() - firstBig, hrtime.bigint()],
      imported: hrtime(),
      uptime: process.uptime(),
    };
  });
  expect(seen).toEqual({
    performance: [2500.25, 2500.25],
    origin: [946_684_799_000, 0.25],
    hrtime: [
      [1, 0],
      [2, 500_250_000],
      [1, 500_250_000],
      [1, 900_250_000],
    ],
    bigint: [1_500_250_000n, 2_500_250_000n],
    imported: [2, 500_250_000],
    uptime: 2.50025,
  });
});

test("process.hrtime of a time as far into its second is whole seconds", async () => {
  const seen = await virtual(async () => {
    await sleep(250);
    const since = process.hrtime();
    const none = process.hrtime(since);
    await sleep(2000);
    return [none, process.hrtime(since)];
  });
  expect(seen).toEqual([
    [0, 0],
    [2, 0],
  ]);
});

test.each([
  ["ms", 5_400_000],
  ["s", 5400],
  ["min", 90],
  ["h", 1.5],
] as const)("A4.1: an hour and a half in %s", async (timeUnit, delay) => {
  const seen = await virtual(
    async () => {
      await sleep(delay);
      return [performance.now(), process.hrtime(), process.uptime(), Date.now()];
    },
    { timeUnit },
  );
  expect(seen).toEqual([5_401_000, [5401, 0], 5401, 946_690_200_000]);
});

test.each([5, null, "x", [1], [1, 2, 3]])("hrtime(%j): Node's own error", async (time) => {
  const probe = () => {
    try {
      return process.hrtime(any(time));
    } catch (error) {
      const { name, message, code } = error as Error & { code?: string };
      return { name, message, code };
    }
  };
  expect(await virtual(() => probe())).toEqual(probe());
});

test("outside it is the real ones, also of functions that were saved in a run", async () => {
  const saved = await virtual(() => ({
    now: performance.now.bind(performance),
    hrtime: process.hrtime,
    bigint: process.hrtime.bigint.bind(process.hrtime),
    uptime: process.uptime.bind(process),
  }));
  expect(saved.now()).toBeGreaterThan(0);
  expect(saved.now()).toBeLessThanOrEqual(performance.now());
  expect(saved.hrtime()).toHaveLength(2);
  expect(saved.bigint()).toBeLessThanOrEqual(process.hrtime.bigint());
  expect(saved.uptime()).toBeLessThanOrEqual(process.uptime());
});
