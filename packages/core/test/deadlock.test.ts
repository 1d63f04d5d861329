import { readFile } from "node:fs/promises";
import { setTimeout as realDelay } from "node:timers/promises";
import {
  coroutine,
  createTask,
  DeadlockError,
  external,
  gather,
  getRunningLoop,
  Loop,
  now,
  run,
  runSync,
  simulate,
  simulateSync,
  sleep,
  type Task,
} from "@tickless/core";
import { describe, expect, test } from "vitest";
import { kinds, wait } from "./kinds.ts";

const golden = (name: string): string => `./golden/deadlock-${name}.txt`;

/** The DeadlockError that `running` ends with. */
async function deadlock(running: Promise<unknown>): Promise<DeadlockError> {
  const error: unknown = await running.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DeadlockError);
  return error as DeadlockError;
}

const never = (): Promise<void> => new Promise(() => undefined);

describe("what the message says", () => {
  test("S7: a promise that nobody resolves", async () => {
    const { message } = await deadlock(
      run(async () => {
        const worker = createTask(
          async () => {
            await sleep(5);
            await never();
          },
          { name: "worker" },
        );
        await worker;
      }),
    );
    await expect(message).toMatchFileSnapshot(golden("promise"));
  });

  test("S7: a file that is read without external", async () => {
    const { message, blocked } = await deadlock(
      run(async () => {
        const loader = createTask(() => readFile(import.meta.filename, "utf8"), { name: "loader" });
        return (await loader).length;
      }),
    );
    await expect(message).toMatchFileSnapshot(golden("real-io"));
    expect(blocked).toContainEqual({ task: "main/loader", waits: [] });
  });

  test("S7: a real timer awaited without external", async () => {
    const { message } = await deadlock(
      run(async () => {
        await realDelay(1);
      }),
    );
    await expect(message).toMatchFileSnapshot(golden("real-timer"));
  });

  test("S7: a future that nobody settles", async () => {
    const { message } = await deadlock(
      run(async () => {
        await sleep(2.5);
        await getRunningLoop().createFuture({ name: "reply" });
      }),
    );
    await expect(message).toMatchFileSnapshot(golden("future"));
  });

  test("S7: tasks that await each other in a ring", async () => {
    const { message, cycle } = await deadlock(
      run(
        async () => {
          const ring: Task<unknown>[] = [];
          const follow = (i: number) => async (): Promise<unknown> => ring[(i + 1) % 3];
          for (const [i, name] of ["a", "b", "c"].entries()) {
            ring.push(createTask(follow(i), { name }));
          }
          await ring[0];
        },
        { timeUnit: "s" },
      ),
    );
    await expect(message).toMatchFileSnapshot(golden("ring"));
    expect(cycle).toEqual(["main/a", "main/b", "main/c"]);
  });

  test("S7: gather, of which one child waits", async () => {
    const { message } = await deadlock(
      run(async () => {
        await gather([
          () => sleep(3),
          async () => {
            await getRunningLoop().createFuture();
          },
        ]);
      }),
    );
    await expect(message).toMatchFileSnapshot(golden("gather"));
  });

  test("S13: one task with several waits", async () => {
    const { message, blocked } = await deadlock(
      run(
        async () => {
          const future = (name: string, delay: number) => async (): Promise<unknown> => {
            await sleep(delay);
            return getRunningLoop().createFuture({ name });
          };
          await Promise.all([future("left", 1)(), future("right", 2)(), never()]);
        },
        { timeUnit: "none" },
      ),
    );
    await expect(message).toMatchFileSnapshot(golden("several-waits"));
    expect(blocked).toMatchObject([
      {
        task: "main",
        waits: [
          { kind: "future", path: "main/left", since: 1 },
          { kind: "future", path: "main/right", since: 2 },
        ],
      },
    ]);
  });

  test("S7: a hundred tasks, of which it lists twenty", async () => {
    const { message, blocked } = await deadlock(
      run(async () => {
        const gate = getRunningLoop().createFuture({ name: "gate" });
        for (let i = 0; i < 99; i++) void createTask(async () => gate);
        await gate;
      }),
    );
    await expect(message).toMatchFileSnapshot(golden("many"));
    expect(blocked).toHaveLength(100);
  });

  test("S7: generators that wait for an async function that never ends", async () => {
    const { message } = await deadlock(
      run(function* () {
        yield* coroutine(async () => {
          await never();
        })();
      }),
    );
    await expect(message).toMatchFileSnapshot(golden("generator"));
  });
});

describe.each(kinds)("with $kind bodies", ({ of }) => {
  test("S7: the error carries code, time, and who waits for what since when", async () => {
    const error = await deadlock(
      run(
        of(function* () {
          yield* wait(sleep(7));
          const reply = getRunningLoop().createFuture({ name: "reply" });
          void createTask(
            of(() => wait(reply)),
            { name: "client" },
          );
          yield* wait(sleep(1));
          yield* wait(reply);
        }),
      ),
    );
    expect(error).toMatchObject({
      name: "DeadlockError",
      code: "ERR_DEADLOCK",
      time: 8,
      cycle: [],
    });
    expect(error.blocked).toEqual([
      {
        task: "main",
        waits: [{ kind: "future", path: "main/reply", since: 8, blockedBy: [] }],
      },
      {
        task: "main/client",
        waits: [{ kind: "future", path: "main/reply", since: 7, blockedBy: [] }],
      },
    ]);
  });

  test("S7: after the report run cancels the tasks, so that their finally blocks run, waits and all", async () => {
    const log: string[] = [];
    const error = await deadlock(
      run(
        of(function* () {
          void createTask(
            of(function* () {
              try {
                yield* wait(getRunningLoop().createFuture());
              } finally {
                yield* wait(sleep(2));
                log.push(`child at ${now()}`);
              }
            }),
          );
          try {
            yield* wait(getRunningLoop().createFuture());
          } finally {
            log.push(`main at ${now()}`);
          }
        }),
      ),
    );
    expect(log).toEqual(["main at 0", "child at 2"]);
    expect([error.time, error.blocked.length]).toEqual([0, 2]);
  });

  test("S7: what a finally block throws then goes to the exception handler; the deadlock stays the error", async () => {
    const reported: unknown[] = [];
    const thrown = new Error("cleanup failed");
    await deadlock(
      run(
        of(function* () {
          void createTask(
            of(function* () {
              try {
                yield* wait(getRunningLoop().createFuture());
              } finally {
                // oxlint-disable-next-line no-unsafe-finally -- that is what is tested
                throw thrown;
              }
            }),
          );
          yield* wait(getRunningLoop().createFuture());
        }),
        { exceptionHandler: (_, { exception }) => void reported.push(exception) },
      ),
    );
    expect(reported).toEqual([thrown]);
  });

  test("S7: simulate reports the same and resumes nothing", async () => {
    const log: string[] = [];
    const result = await simulate(
      of(function* () {
        try {
          yield* wait(sleep(3));
          yield* wait(getRunningLoop().createFuture());
        } finally {
          log.push("resumed");
        }
      }),
    );
    expect(result).toMatchObject({ reason: "deadlock", now: 3, pending: ["main"] });
    expect(result.outcome).toMatchObject({ status: "rejected", reason: { code: "ERR_DEADLOCK" } });
    expect(log).toEqual([]);
  });

  test("S7: a ring of tasks is cancelled too, so that their finally blocks run (CANCEL-17)", async () => {
    const log: string[] = [];
    await deadlock(
      run(
        of(function* () {
          let second: Task<void>;
          const first: Task<void> = createTask(
            of(function* () {
              try {
                yield* wait(second);
              } finally {
                log.push("first");
              }
            }),
          );
          second = createTask(
            of(function* () {
              try {
                yield* wait(first);
              } finally {
                log.push("second");
              }
            }),
          );
          yield* wait(first);
        }),
      ),
    );
    expect(log.toSorted()).toEqual(["first", "second"]);
  });
});

test("S7: runSync throws it, and runs finally blocks", () => {
  const log: string[] = [];
  const main = function* () {
    try {
      yield* getRunningLoop().createFuture();
    } finally {
      log.push("finally");
    }
  };
  expect(() => runSync(main)).toThrow(DeadlockError);
  expect(log).toEqual(["finally"]);
});

test("S7: simulateSync answers it, and resumes nothing", () => {
  const log: string[] = [];
  const result = simulateSync(function* () {
    try {
      yield* getRunningLoop().createFuture();
    } finally {
      log.push("finally");
    }
  });
  expect([result.reason, log]).toEqual(["deadlock", []]);
});

test("S7: runUntilComplete rejects with it, and the loop can go on when somebody settles what was awaited", async () => {
  const loop = new Loop();
  const future = loop.createFuture<string>();
  const task = loop.createTask(async () => future);
  await deadlock(loop.runUntilComplete(task));
  future.setResult("after all");
  expect(await loop.runUntilComplete(task)).toBe("after all");
  loop.close();
});

test("S7: runForever rejects with it when nothing is left", async () => {
  const loop = new Loop();
  void loop.createTask(async () => loop.createFuture());
  expect((await deadlock(loop.runForever())).blocked).toHaveLength(1);
  loop.close();
});

describe("what is no deadlock", () => {
  test("tasks that still wait when main has ended", () =>
    run(async () => {
      const task = createTask(async () => getRunningLoop().createFuture());
      await sleep(1);
      expect(task.done()).toBe(false);
    }));

  test("a timer that somebody else has armed", () =>
    run(async () => {
      const future = getRunningLoop().createFuture<string>();
      getRunningLoop().callLater(100, () => future.setResult("late"));
      expect(await future).toBe("late");
    }));

  test("an external call in flight", () =>
    run(async () => {
      expect(await external(() => realDelay(1, "real"))).toBe("real");
    }));

  test("a simulation whose tasks all wait at the end of `until`", async () => {
    const result = await simulate(() => sleep(100), { until: 10 });
    expect([result.reason, result.now, result.outcome]).toEqual(["until", 10, undefined]);
  });
});

test("S7: with a cancelled timer alone left, it is one, at the time at which the last thing happened", async () => {
  const error = await deadlock(
    run(async () => {
      const future = getRunningLoop().createFuture<void>();
      const timer = getRunningLoop().callLater(100, () => future.setResult());
      await sleep(1);
      timer.cancel();
      await future;
    }),
  );
  expect(error.time).toBe(1);
});

describe("real I/O that comes back while the run goes on", () => {
  /** Something real, and then enough time for what awaits it to go on; `external` keeps the run open. */
  async function runWith(real: (event: Promise<void>) => Promise<unknown>): Promise<unknown> {
    let happen!: () => void;
    const event = new Promise<void>((resolve) => (happen = resolve));
    const running = run(async () => {
      void createTask(() => real(event), { name: "unwrapped" });
      await external(async () => {
        await realDelay(1);
        happen();
        await realDelay(1);
      });
    });
    return running.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  const fault = {
    name: "UsageError",
    code: "ERR_OUTSIDE_STEP",
    task: "main/unwrapped",
    message: expect.stringMatching(/`main\/unwrapped`.*await external\(\(\) => fetch\(url\)\)/s),
  };

  test("S7: a task that ends outside any step fails the run, named", async () => {
    const error = await runWith((event) => event);
    expect(error).toMatchObject(fault);
    await expect((error as Error).message).toMatchFileSnapshot("./golden/outside-step-ended.txt");
  });

  test("S7: a task that waits outside any step fails the run, named", async () => {
    const error = await runWith(async (event) => {
      await event;
      await sleep(1);
    });
    expect(error).toMatchObject(fault);
    await expect((error as Error).message).toMatchFileSnapshot("./golden/outside-step-waits.txt");
  });

  test("S7: a task that calls the API outside any step fails the run, even if it catches the error", async () => {
    const error = await runWith(async (event) => {
      await event;
      try {
        now();
      } catch {
        // It would like to go on.
      }
      await never();
    });
    expect(error).toMatchObject(fault);
  });
});
