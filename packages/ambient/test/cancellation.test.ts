// A1.6, S13: cancellation of code that awaits promises of the host.
import {
  createTask,
  now,
  race,
  run,
  type RunOptions,
  simulate,
  sleep,
  taskGroup,
  timeout,
} from "@tickless/core";
import { promisify } from "node:util";
import { scheduler, setInterval as every, setTimeout as pauseOf } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { virtualize } from "../src/index.ts";
import { pause } from "./world.ts";

/** What `main` answers in virtual time, and what the run logs. */
async function logged<T>(
  main: () => Promise<T>,
  options: RunOptions = {},
): Promise<{ readonly value: T; readonly log: string[] }> {
  const log: string[] = [];
  const value = await run(virtualize(main), { ...options, log: (line) => log.push(line) });
  return { value, log };
}

/** What `use` throws, and when. */
async function failure(use: () => unknown): Promise<string> {
  try {
    await use();
  } catch (error) {
    return `${(error as Error).name} at ${now()}`;
  }
  return `nothing at ${now()}`;
}

const waits: [string, () => unknown][] = [
  ["setTimeout of node:timers/promises", () => pauseOf(1000)],
  ["the same with ref: false", () => pauseOf(1000, 1, { ref: false })],
  ["the same with a signal", () => pauseOf(1000, 1, { signal: new AbortController().signal })],
  ["scheduler.wait", () => scheduler.wait(1000)],
  ["util.promisify(setTimeout)", () => promisify(setTimeout)(1000)],
  [
    "an interval of node:timers/promises",
    async () => {
      for await (const _ of every(1000)) expect.unreachable();
    },
  ],
  ["several at once", () => Promise.all([pauseOf(1000), sleep(2000), pauseOf(3000)])],
];

describe.each(["auto", "reference"] as const)("drain %s", (drain) => {
  test.each(waits)("A1.6: a time-out ends %s, and nothing of it is left", async (_, wait) => {
    const { value, log } = await logged(
      async () => {
        const seen = await failure(() => timeout(50, () => wait()));
        await sleep(1);
        return seen;
      },
      { drain },
    );
    expect(value).toBe("TimeoutError at 50");
    expect(log).toEqual([]);
  });

  test("A1.6: so does one in a generator main", async () => {
    const body = virtualize(function* () {
      try {
        yield* timeout(50, () => pauseOf(1000));
      } catch (error) {
        return [(error as Error).name, now()];
      }
      return [];
    });
    expect(await run(body, { drain })).toEqual(["TimeoutError", 50]);
  });

  test("A1.6: cancel(), taskGroup and race end it at once, too", async () => {
    const { value, log } = await logged(
      async () => {
        const seen: string[] = [];
        const task = createTask(() => pauseOf(1000));
        await sleep(5);
        task.cancel("enough");
        seen.push(await failure(() => task));
        const fails = async (): Promise<void> => {
          await sleep(5);
          throw new Error("x");
        };
        seen.push(
          await failure(() =>
            taskGroup((group) => {
              void group.createTask(() => pauseOf(1000));
              void group.createTask(fails);
            }),
          ),
        );
        await race([sleep(5), () => pauseOf(1000)]);
        seen.push(String(now()));
        return seen;
      },
      { drain },
    );
    expect(value).toEqual(["CancelledError at 5", "AggregateError at 10", "15"]);
    expect(log).toEqual([]);
  });

  test("A1.6: what was owed is delivered to the next such wait, at once", async () => {
    const { value } = await logged(
      () =>
        failure(() =>
          timeout(50, async () => {
            await pause(100);
            await pauseOf(1000);
          }),
        ),
      { drain },
    );
    expect(value).toBe("TimeoutError at 100");
  });

  test("A1.6: waits of other tasks, and those around the block, are left alone", async () => {
    const { value } = await logged(
      async () => {
        const other = createTask(() => pauseOf(100, "other"));
        const around = pauseOf(200, "around");
        const seen = await failure(() => timeout(50, () => pauseOf(1000)));
        return [seen, await other, await around, now()];
      },
      { drain },
    );
    expect(value).toEqual(["TimeoutError at 50", "other", "around", 200]);
  });

  test("A1.6: a cleanup may wait: one cancellation is told once", async () => {
    const { value } = await logged(
      () =>
        failure(() =>
          timeout(50, async () => {
            try {
              await pauseOf(1000);
            } finally {
              await pauseOf(20);
            }
          }),
        ),
      { drain },
    );
    expect(value).toBe("TimeoutError at 70");
  });

  test("A1.6: a time-out without effect on `new Promise` is told of, once, by who and since when", async () => {
    const { value, log } = await logged(
      async () => {
        await timeout(50, () => pause(1000));
        return now();
      },
      { drain },
    );
    expect(value).toBe(1000);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/^`timeout\(…\)` in `main` was cancelled at t=50 ms, so far without/);
  });

  test("A1.6: so is a cancelled task that goes on, and one that never ends", async () => {
    const { log } = await logged(
      async () => {
        const task = createTask(() => pause(1000), { name: "job" });
        await sleep(5);
        task.cancel();
        await pause(2000);
      },
      { drain },
    );
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/^`main\/job` was cancelled at t=5 ms/);
    const end: string[] = [];
    const stuck = virtualize(() => timeout(50, () => new Promise<void>(() => undefined)));
    const failed = run(stuck, { drain, log: (line) => end.push(line) });
    await expect(failed).rejects.toMatchObject({ name: "DeadlockError" });
    expect(end).toHaveLength(1);
  });
});

test("A1.6: a run with cancelled waits repeats itself", async () => {
  const main = virtualize(() => failure(() => timeout(50, () => pauseOf(1000))));
  const first = await simulate(main);
  expect(first.outcome).toEqual((await simulate(main)).outcome);
});
