import {
  ContextVar,
  copyContext,
  createTask,
  currentTask,
  DeadlockError,
  getRunningLoop,
  isCancelled,
  type Loop,
  now,
  Runner,
  run,
  sleep,
} from "@tickless/core";
import { describe, expect, expectTypeOf, test } from "vitest";

import { journal } from "./journal.ts";
import { kinds, wait } from "./kinds.ts";

/** What the exception handler is told, one line a report. */
function reporting(): {
  readonly exceptionHandler: (
    loop: Loop,
    context: { message: string; exception?: unknown },
  ) => void;
  readonly lines: string[];
} {
  const lines: string[] = [];
  return {
    lines,
    exceptionHandler: (_, { message, exception }) =>
      void lines.push(`${message}: ${(exception as Error | undefined)?.message}`),
  };
}

describe.each(kinds)("Runner with $kind bodies", ({ of }) => {
  test("RUNNER-03: several runs share loop, time and context; tasks that are left go on in the next", async () => {
    const variable = new ContextVar<string>("v", { default: "default" });
    const log: string[] = [];
    const runner = new Runner({ start: 10 });
    const first = await runner.run(
      of(function* () {
        variable.set("by the first");
        const task = createTask(
          of(function* () {
            yield* wait(sleep(5));
            log.push(`left task ends at ${now()}`);
          }),
        );
        yield* wait(sleep(1));
        return [currentTask()?.path, task.done()];
      }),
    );
    expect(first).toEqual(["main", false]);
    expect(runner.getLoop().time()).toBe(11);
    const second = await runner.run(
      of(function* () {
        const before = variable.get();
        yield* wait(sleep(10));
        return [currentTask()?.path, before, getRunningLoop() === runner.getLoop(), now()];
      }),
    );
    expect(second).toEqual(["main#2", "by the first", true, 21]);
    expect(log).toEqual(["left task ends at 15"]);
    await runner.close();
    expect(variable.get()).toBe("default");
  });

  test("RUNNER-03: a run may be given a context of its own", async () => {
    const variable = new ContextVar<string>("v", { default: "default" });
    const runner = new Runner();
    const context = copyContext();
    const set = of(function* () {
      variable.set("inside");
      yield* [];
    });
    await runner.run(set, { context });
    expect(context.get(variable)).toBe("inside");
    expect(await runner.run(() => variable.get())).toBe("default");
    await runner.close();
  });

  test("RUNNER-01: close cancels the tasks left in the order of creation, waits for them and closes the loop", async () => {
    const log: string[] = [];
    const runner = new Runner();
    await runner.run(
      of(function* () {
        for (const [name, cleanup] of [
          ["a", 3],
          ["b", 1],
          ["c", 2],
        ] as const) {
          const body = of(function* () {
            try {
              yield* wait(sleep(100));
            } catch (error) {
              log.push(`${name} ${isCancelled(error) ? "cancelled" : "?"} at ${now()}`);
              yield* wait(sleep(cleanup));
              log.push(`${name} ends at ${now()}`);
              throw error;
            }
          });
          void createTask(body, { name });
        }
        yield* wait(sleep(1));
      }),
    );
    const loop = runner.getLoop();
    await runner.close();
    expect(log).toEqual([
      "a cancelled at 1",
      "b cancelled at 1",
      "c cancelled at 1",
      "b ends at 2",
      "c ends at 3",
      "a ends at 4",
    ]);
    expect(loop.isClosed()).toBe(true);
  });

  test("RUNNER-02: what they throw goes to the exception handler, in the order of creation", async () => {
    const { exceptionHandler, lines } = reporting();
    const runner = new Runner({ exceptionHandler });
    await runner.run(
      of(function* () {
        for (const [name, cleanup] of [
          ["slow", 3],
          ["fast", 1],
        ] as const) {
          const body = of(function* () {
            try {
              yield* wait(sleep(100));
            } catch {
              yield* wait(sleep(cleanup));
              throw new Error(`of ${name}`);
            }
          });
          void createTask(body, { name });
        }
        yield* wait(sleep(1));
      }),
    );
    await runner.close();
    expect(lines).toEqual([
      "unhandled exception during run() shutdown: main/slow: of slow",
      "unhandled exception during run() shutdown: main/fast: of fast",
    ]);
  });

  test("RUNNER-03: a run passes what main throws, and the next run works", async () => {
    const runner = new Runner();
    const failing = runner.run(
      of(function* () {
        yield* wait(sleep(1));
        throw new Error("of main");
      }),
    );
    await expect(failing).rejects.toThrow("of main");
    expect(await runner.run(() => sleep(1, "fine"))).toBe("fine");
    await runner.close();
  });

  test("RUNNER-01: callbacks that are ready when the tasks have ended run for four passes, at that time", async () => {
    const log: string[] = [];
    const later = (name: string, left: number): void => {
      getRunningLoop().callSoon(() => {
        log.push(`${name} ${left} at ${now()}`);
        if (left > 1) later(name, left - 1);
      });
    };
    const runner = new Runner();
    await runner.run(
      of(function* () {
        yield* wait(sleep(1));
        getRunningLoop().callLater(5, () => log.push("never"));
        later("chain", 9);
      }),
    );
    // One ran in the pass in which the loop learnt that main was done.
    expect(log).toEqual(["chain 9 at 1"]);
    await runner.close();
    expect(log).toEqual([9, 8, 7, 6, 5].map((left) => `chain ${left} at 1`));
  });

  test("S7: after a deadlock main stays as it is; close cancels it, so that it cleans up", async () => {
    const log: string[] = [];
    const runner = new Runner();
    const stuck = runner.run(
      of(function* () {
        try {
          yield* wait(getRunningLoop().createFuture<void>());
        } finally {
          yield* wait(sleep(5));
          log.push(`cleaned at ${now()}`);
        }
      }),
    );
    await expect(stuck).rejects.toBeInstanceOf(DeadlockError);
    expect(await runner.run(() => sleep(1, "fine"))).toBe("fine");
    expect(log).toEqual([]);
    await runner.close();
    expect(log).toEqual(["cleaned at 6"]);
  });
});

describe("what is refused", () => {
  test("RUNNER-03: a closed runner; a second close does nothing", async () => {
    const runner = new Runner();
    await runner.close();
    await runner.close();
    await expect(runner.run(() => 1)).rejects.toMatchObject({
      code: "ERR_RUNNER_CLOSED",
      message: "Runner is closed.",
    });
    expect(() => runner.getLoop()).toThrow("Runner is closed.");
  });

  test("RUNNER-03: inside a running loop, its own or another", async () => {
    const runner = new Runner();
    const inside = await run(async () => {
      const attempts = [runner.run(() => 1), runner.close()];
      return Promise.allSettled(attempts);
    });
    for (const attempt of inside) {
      expect(attempt).toMatchObject({ status: "rejected", reason: { code: "ERR_RUN_IN_STEP" } });
    }
    const own = await runner.run(async () =>
      Promise.allSettled([runner.run(() => 1), runner.close()]),
    );
    for (const attempt of own) {
      expect(attempt).toMatchObject({ status: "rejected", reason: { code: "ERR_LOOP_RUNNING" } });
    }
    expect(await runner.run(() => "still open")).toBe("still open");
    await runner.close();
  });

  test("RUNNER-03: two runs of one runner at the same time", async () => {
    const runner = new Runner();
    const first = runner.run(() => sleep(5, "first"));
    await expect(runner.run(() => 1)).rejects.toMatchObject({ code: "ERR_LOOP_RUNNING" });
    await expect(runner.close()).rejects.toMatchObject({ code: "ERR_LOOP_RUNNING" });
    expect(await first).toBe("first");
    await runner.close();
  });

  test("RUNNER-03: what is no body, with what to write; a future is taken", async () => {
    const runner = new Runner();
    await expect(runner.run(5 as never)).rejects.toThrow(
      "Expected `body` to be a function, a generator or a coroutine, got 5 (number). Write `runner.run(",
    );
    await expect(runner.run(Promise.resolve(1) as never)).rejects.toMatchObject({
      code: "ERR_PROMISE_AS_BODY",
    });
    const future = runner.getLoop().createFuture<string>();
    runner.getLoop().callLater(3, () => future.setResult("later"));
    expect(await runner.run(future)).toBe("later");
    await runner.close();
  });

  test("options are checked at once", () => {
    expect(() => new Runner({ start: NaN })).toThrow("`start`");
  });

  test("a loop that was closed by hand", async () => {
    const runner = new Runner();
    runner.getLoop().close();
    await expect(runner.run(() => 1)).rejects.toMatchObject({ code: "ERR_LOOP_CLOSED" });
    await runner.close();
    expect(() => runner.getLoop()).toThrow("Runner is closed.");
  });
});

test("await using closes it at the end of the block", async () => {
  const log: string[] = [];
  {
    await using runner = new Runner();
    await runner.run(async () => {
      void createTask(async () => {
        try {
          await sleep(100);
        } finally {
          log.push(`cancelled at ${now()}`);
        }
      });
      await sleep(1);
    });
  }
  expect(log).toEqual(["cancelled at 1"]);
});

test("S13.9: a signal cancels main of its run alone", async () => {
  const controller = new AbortController();
  const runner = new Runner();
  const cancelled = runner.run(
    async () => {
      await sleep(1);
      controller.abort(new Error("by hand"));
      await sleep(100);
    },
    { signal: controller.signal },
  );
  await expect(cancelled).rejects.toSatisfy(isCancelled);
  expect(await runner.run(() => sleep(1, "not cancelled"))).toBe("not cancelled");
  await runner.close();
});

test("stop ends a run early, and main goes on in the next", async () => {
  const log: string[] = [];
  const runner = new Runner();
  const stopped = runner.run(async () => {
    await sleep(1);
    getRunningLoop().stop();
    await sleep(1);
    log.push("first main ends");
  });
  await expect(stopped).rejects.toMatchObject({ code: "ERR_LOOP_STOPPED" });
  await runner.run(() => sleep(5));
  expect(log).toEqual(["first main ends"]);
  await runner.close();
});

test("FUT-09: what nobody has looked at is reported when it is closed, not between runs", async () => {
  const { exceptionHandler, lines } = reporting();
  const runner = new Runner({ exceptionHandler });
  await runner.run(async () => {
    void createTask(
      async () => {
        throw new Error("unseen");
      },
      { name: "failing" },
    );
    await sleep(1);
  });
  await runner.run(() => sleep(1));
  expect(lines).toEqual([]);
  await runner.close();
  expect(lines).toEqual(["Task exception was never retrieved: main/failing: unseen"]);
});

test("S7.12: tasks that swallow their cancellation and go on fail close, not for ever", async () => {
  const runner = new Runner();
  await runner.run(async () => {
    void createTask(
      function* () {
        for (;;) {
          try {
            yield* sleep(1);
          } catch {
            // It goes on.
          }
        }
      },
      { name: "stubborn" },
    );
    await sleep(1);
  });
  await expect(runner.close()).rejects.toMatchObject({
    code: "ERR_LIMIT",
    message: expect.stringContaining("`main/stubborn` did not end"),
  });
}, 60_000);

test("S8: probes are told one begin and one end; a probe that throws fails the run once", async () => {
  const { probe, lines } = journal();
  const runner = new Runner({ probes: [probe] });
  await runner.run(() => sleep(1));
  await runner.run(() => sleep(1));
  await runner.close();
  expect(lines.filter((line) => /^(begin|end) /.test(line))).toEqual([
    "begin 1 0 0 ms runner",
    expect.stringMatching(/^end \d+ done$/),
  ]);
  const failed = new Error("probe");
  const failing = new Runner({
    probes: [
      {
        time: () => {
          throw failed;
        },
      },
    ],
  });
  await expect(failing.run(() => sleep(1))).rejects.toBe(failed);
  await expect(failing.run(() => 1)).rejects.toBe(failed);
  await failing.close();
});

test("types", () => {
  const check = async (runner: Runner): Promise<void> => {
    expectTypeOf(await runner.run(async () => 1)).toEqualTypeOf<number>();
    expectTypeOf(
      await runner.run(function* () {
        yield* sleep(1);
        return "x";
      }),
    ).toEqualTypeOf<string>();
    expectTypeOf(await runner.run(sleep(1, true))).toEqualTypeOf<boolean>();
  };
  void check;
});
