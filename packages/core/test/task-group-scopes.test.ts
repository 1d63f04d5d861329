import {
  type Coroutine,
  coroutine,
  createTask,
  currentTask,
  gather,
  isCancelled,
  type Loop,
  now,
  race,
  run,
  sleep,
  type TaskGroup,
  taskGroup,
  timeout,
  TimeoutError,
} from "@tickless/core";
import { describe, expect, test } from "vitest";

import { driver } from "../src/context.ts";
import { everySchedule } from "./policies.ts";
import { followsAwaits } from "./host.ts";

/** `error` in a word; what a group throws with its parts. */
function word(error: unknown): string {
  if (error instanceof AggregateError) return `group[${error.errors.map(word).join(", ")}]`;
  if (isCancelled(error)) return error.message === "" ? "cancelled" : `cancelled: ${error.message}`;
  if (error instanceof TimeoutError) return "timeout";
  return error instanceof Error ? error.message : String(error);
}

describe("S13: groups side by side in one task", () => {
  test.runIf(followsAwaits)("a failing task cancels the waits of its own group alone", () =>
    run(async () => {
      const log: string[] = [];
      const left = taskGroup(async (group) => {
        void group.createTask(async () => {
          await sleep(1);
          throw new Error("x");
        });
        await sleep(9);
      });
      const right = taskGroup(async (group) => {
        void group.createTask(() => sleep(20));
        await sleep(5);
        log.push(`right goes on at ${now()}, cancelling ${currentTask()?.cancelling()}`);
        return "right";
      });
      const ends = await Promise.allSettled([left.toPromise(), right.toPromise()]);
      log.push(`${word((ends[0] as PromiseRejectedResult).reason)} ${now()}`);
      expect(ends[1]).toEqual({ status: "fulfilled", value: "right" });
      expect(log).toEqual(["right goes on at 5, cancelling 0", "group[x] 20"]);
      expect(currentTask()?.cancelling()).toBe(0);
    }),
  );

  test("both fail at the same instant: each throws its own error, and no request is left", () =>
    run(async () => {
      const failingGroup = (message: string): Coroutine<void> =>
        taskGroup(async (group) => {
          void group.createTask(async () => {
            await sleep(1);
            throw new Error(message);
          });
          await sleep(9);
        });
      const ends = await Promise.allSettled(
        ["a", "b"].map((message) => failingGroup(message).toPromise()),
      );
      expect(ends.map((end) => word((end as PromiseRejectedResult).reason))).toEqual([
        "group[a]",
        "group[b]",
      ]);
      expect(currentTask()?.cancelling()).toBe(0);
      await sleep(1);
      expect(now()).toBe(2);
    }));

  test.runIf(followsAwaits)(
    "a timeout beside a group that expires does not count for the group",
    () =>
      run(async () => {
        const ends = await Promise.allSettled([
          timeout(1, () => sleep(9)).toPromise(),
          taskGroup(async (group) => {
            void group.createTask(async () => {
              await sleep(1);
              throw new Error("x");
            });
            await sleep(9);
          }).toPromise(),
        ]);
        expect(ends.map((end) => word((end as PromiseRejectedResult).reason))).toEqual([
          "timeout",
          "group[x]",
        ]);
        await sleep(1);
        expect(now()).toBe(2);
      }),
  );

  test("S13.12: blocks inside a timeout that expire with it do not keep it from its TimeoutError", () =>
    run(async () => {
      const inner = (): Promise<void> => timeout(1, () => sleep(9)).toPromise();
      await expect(
        timeout(1, () => Promise.all([inner(), inner()])).toPromise(),
      ).rejects.toBeInstanceOf(TimeoutError);
      await sleep(1);
      expect(currentTask()?.cancelling()).toBe(0);
    }));

  test("cancel ends both, and each throws when its own tasks have ended", () =>
    run(async () => {
      const log: string[] = [];
      const cleaningGroup = (cleanup: number): Promise<void> =>
        taskGroup(async (group) => {
          void group.createTask(async () => {
            try {
              await sleep(100);
            } finally {
              await sleep(cleanup);
            }
          });
        })
          .toPromise()
          .catch((error: unknown) => void log.push(`${word(error)} at ${now()}`));
      const task = createTask(() => Promise.all([cleaningGroup(2), cleaningGroup(4)]));
      await sleep(1);
      task.cancel("both");
      await task;
      expect(log).toEqual(["cancelled: both at 3", "cancelled: both at 5"]);
    }));

  test("a group that Promise.race leaves behind when its task ends: errors go to the handler", async () => {
    const reports: string[] = [];
    await run(
      async () => {
        const parent = createTask(
          () =>
            Promise.race([
              sleep(1).toPromise(),
              taskGroup(async (group) => {
                void group.createTask(
                  async () => {
                    await sleep(5);
                    throw new Error("x");
                  },
                  { name: "child" },
                );
              }).toPromise(),
            ]),
          { name: "parent" },
        );
        await parent;
        await sleep(10);
      },
      { exceptionHandler: (_: Loop, { message }) => void reports.push(message) },
    );
    expect(reports).toEqual([
      "Task `main/parent/child` has errored out but its parent task `main/parent` is already completed",
    ]);
  });
});

describe("identity in the body of a group", () => {
  test.runIf(followsAwaits)(
    "S4.10: an async body goes on in its group after awaiting a foreign promise",
    () =>
      run(async () => {
        let resolve = (): void => undefined;
        const foreign = new Promise<void>((settle) => (resolve = settle));
        void createTask(async () => {
          await sleep(1);
          resolve();
        });
        const ends = Promise.allSettled([
          taskGroup(async (group) => {
            void group.createTask(async () => {
              await sleep(2);
              throw new Error("x");
            });
            await foreign;
            await sleep(100);
          }).toPromise(),
          sleep(50).toPromise(),
        ]);
        await ends;
        expect(now()).toBe(50);
      }),
  );

  test("S4.11: where nothing follows awaits, a group still cancels what its async body waits for", async () => {
    const { storage } = driver;
    // As in a browser, which has no AsyncLocalStorage.
    Object.assign(driver, { storage: null });
    try {
      const log = await run(async () => {
        const ends: string[] = [];
        const failingGroup = (delay: number): Coroutine<void> =>
          taskGroup(async (group) => {
            void group.createTask(async () => {
              await sleep(delay);
              throw new Error(`at ${delay}`);
            });
            await sleep(1);
            await Promise.resolve();
            await sleep(100);
          });
        await failingGroup(5)
          .toPromise()
          .catch((error: unknown) => void ends.push(word(error)));
        ends.push(String(now()));
        await taskGroup(async () => {
          await failingGroup(5)
            .toPromise()
            .catch((error: unknown) => void ends.push(word(error)));
          await sleep(1);
        });
        await taskGroup(function* () {
          yield* coroutine(() =>
            timeout(3, async () => {
              await sleep(1);
              await sleep(100);
            }),
          )();
        })
          .toPromise()
          .catch((error: unknown) => void ends.push(word(error)));
        await sleep(1);
        ends.push(String(now()));
        return ends;
      });
      expect(log).toEqual(["group[at 5]", "5", "group[at 5]", "group[timeout]", "15"]);
    } finally {
      Object.assign(driver, { storage });
    }
  });
});

describe("a group as a coroutine", () => {
  const sleeper = (log: string[], name: string, delay: number) => async (): Promise<void> => {
    try {
      await sleep(delay);
    } finally {
      log.push(`${name} ends at ${now()}`);
    }
  };
  const two =
    (log: string[]) =>
    (group: TaskGroup): void => {
      void group.createTask(sleeper(log, "short", 2));
      void group.createTask(sleeper(log, "long", 4));
    };

  test("S5.2: it may be made a task, by createTask, gather or a group", () =>
    run(async () => {
      const log: string[] = [];
      await createTask(taskGroup(two(log)), { name: "task" });
      await gather([taskGroup(two(log)), () => taskGroup(two(log))]);
      await taskGroup((group) => void group.createTask(taskGroup(two(log))));
      expect(log).toHaveLength(8);
      expect(now()).toBe(12);
    }));

  test("race ends a group that loses, with its tasks", () =>
    run(async () => {
      const log: string[] = [];
      expect(await race([taskGroup(two(log)), sleep(3, "sleep")])).toBe("sleep");
      log.push(`race ends at ${now()}`);
      expect(log).toEqual(["short ends at 2", "long ends at 3", "race ends at 3"]);
    }));
});

test("S10: under every schedule a group ends after its tasks, with errors, and leaves no request", async () => {
  const ends = await everySchedule((policy) =>
    run(
      async () => {
        const log: string[] = [];
        const failing = (name: string, yields: number) => async (): Promise<void> => {
          try {
            for (let i = 0; i < yields; i++) await sleep(0);
            throw new Error(name);
          } finally {
            log.push(name);
          }
        };
        const end = await taskGroup(async (group) => {
          void group.createTask(failing("a", 1));
          void group.createTask(failing("b", 2));
          await sleep(0);
          await sleep(0);
        })
          .toPromise()
          .catch(word);
        await sleep(0);
        return `${String(end)} after ${log.toSorted().join("")}, ${currentTask()?.cancelling()}`;
      },
      { policy },
    ),
  );
  expect(ends.length).toBeGreaterThan(20);
  expect([...new Set(ends)].toSorted()).toMatchInlineSnapshot(`
    [
      "group[a] after a, 0",
      "group[a] after ab, 0",
      "group[b] after ab, 0",
      "group[b] after b, 0",
    ]
  `);
});
