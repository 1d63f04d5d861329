import {
  CancelledError,
  createTask,
  now,
  shield,
  sleep,
  timeout,
  TimeoutError,
} from "@tickless/core";
import { setTimeout as timer } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { pause, virtual } from "./world.ts";

/** Foreign waits of a second that know nothing of the loop. */
const foreign: readonly [string, () => Promise<unknown>][] = [
  ["new Promise", () => pause(1000)],
  ["node:timers/promises", () => timer(1000)],
];

/** Ways to wait for a second, or less. */
const ways: readonly [string, () => unknown][] = [
  ["sleep", () => sleep(1000)],
  ["shield", () => shield(() => pause(1000))],
];

describe.each(["auto", "reference"] as const)("A1.6, drain %s", (drain) => {
  test.each(foreign)("%s: a timeout ends no foreign wait", async (_, wait) => {
    await virtual(
      async () => {
        expect(await timeout(50, async () => (await wait(), "done"))).toBe("done");
        expect(now()).toBe(1000);
      },
      { drain },
    );
  });

  test.each(foreign)("%s: a cancellation is owed to the next wait", async (_, wait) => {
    await virtual(
      async () => {
        let reached = 0;
        const task = createTask(async () => {
          await wait();
          reached = now();
          await sleep(1);
        });
        await sleep(50);
        expect(task.cancel()).toBe(true);
        await expect(task.toPromise()).rejects.toBeInstanceOf(CancelledError);
        expect([reached, now()]).toEqual([1000, 1000]);
      },
      { drain },
    );
  });

  test.each(ways)("%s: a timeout ends it on time", async (_, wait) => {
    await virtual(
      async () => {
        const late = timeout(50, async () => await wait()).toPromise();
        await expect(late).rejects.toBeInstanceOf(TimeoutError);
        expect(now()).toBe(50);
      },
      { drain },
    );
  });

  test("a signal ends a timer of node:timers/promises with its task", async () => {
    await virtual(
      async () => {
        const task = createTask(async () => {
          await timer(1000, undefined, { signal: task.signal });
        });
        await sleep(50);
        task.cancel();
        await expect(task.toPromise()).rejects.toMatchObject({ name: "AbortError" });
        expect(now()).toBe(50);
      },
      { drain },
    );
  });
});
