import { describe, expect, expectTypeOf, test } from "vitest";

import {
  coroutine,
  type Coroutine,
  createTask,
  external,
  type FlowOf,
  type Future,
  gather,
  getRunningLoop,
  Loop,
  now,
  run,
  runSync,
  simulateSync,
  sleep,
  type Task,
  timeout,
} from "../src/index.ts";

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: ((value: T) => void) | undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve: (value) => resolve?.(value) };
}

/** Functions of both kinds that write down when they begin and end. */
function noting(log: string[]): Record<"async" | "generator", () => Coroutine<string>> {
  return {
    async: coroutine(async () => {
      log.push(`begins at ${now()}`);
      await sleep(2);
      log.push(`ends at ${now()}`);
      return "result";
    }),
    generator: coroutine(function* () {
      log.push(`begins at ${now()}`);
      yield* sleep(2);
      log.push(`ends at ${now()}`);
      return "result";
    }),
  };
}

describe.each(["async", "generator"] as const)("S5: a coroutine of an %s function", (kind) => {
  test("runs nothing when it is called, and begins when it is awaited", async () => {
    const log: string[] = [];
    const result = await run(async () => {
      const lazy = noting(log)[kind]();
      await sleep(5);
      expect(log).toEqual([]);
      return lazy;
    });
    expect(result).toBe("result");
    expect(log).toEqual(["begins at 5", "ends at 7"]);
  });

  test("begins when it is yield*-ed", async () => {
    const log: string[] = [];
    const result = await run(function* () {
      const lazy = noting(log)[kind]();
      yield* sleep(5);
      expect(log).toEqual([]);
      return yield* lazy;
    });
    expect(result).toBe("result");
    expect(log).toEqual(["begins at 5", "ends at 7"]);
  });

  test("begins in the next pass when it is made a task", async () => {
    const log: string[] = [];
    await run(async () => {
      const task = createTask(noting(log)[kind]());
      expect(log).toEqual([]);
      await sleep(0);
      expect(log).toEqual(["begins at 0"]);
      expect(await task).toBe("result");
    });
  });

  test("can be main", async () => {
    const log: string[] = [];
    expect(await run(noting(log)[kind]())).toBe("result");
    expect(log).toEqual(["begins at 0", "ends at 2"]);
  });

  test("runs in the task that awaits it, and TASK-05: takes no pass of its own", async () => {
    const log: string[] = [];
    await run(async () => {
      const task = createTask(() => undefined);
      await coroutine(async () => {
        log.push("coroutine");
      })();
      expect(task.done()).toBe(false);
      log.push("after it");
      await task;
    });
    expect(log).toEqual(["coroutine", "after it"]);
  });

  test("is used once: a second use of any sort is an error that says what to write", async () => {
    const uses: Record<string, (lazy: Coroutine<string>) => Promise<unknown>> = {
      await: async (lazy) => void (await lazy),
      "yield*": (lazy) =>
        createTask(function* () {
          yield* lazy;
        }).toPromise(),
      createTask: (lazy) => createTask(lazy).toPromise(),
      toPromise: (lazy) => lazy.toPromise(),
      gather: (lazy) => gather([lazy]).toPromise(),
    };
    await run(async () => {
      for (const [first, useFirst] of Object.entries(uses)) {
        for (const [second, useSecond] of Object.entries(uses)) {
          const lazy = noting([])[kind]();
          await useFirst(lazy);
          const again = useSecond(lazy);
          await expect(again, `${first}, ${second}`).rejects.toMatchObject({
            code: "ERR_COROUTINE_REUSED",
          });
          await expect(again).rejects.toThrow(/createTask/);
        }
      }
    });
  });

  test("a second use while the first goes on is an error, and the first goes on", async () => {
    const log: string[] = [];
    await run(async () => {
      const lazy = noting(log)[kind]();
      const first = lazy.toPromise();
      await expect(lazy.toPromise()).rejects.toMatchObject({ code: "ERR_COROUTINE_REUSED" });
      expect(await first).toBe("result");
    });
    expect(log).toEqual(["begins at 0", "ends at 2"]);
  });

  test("a plain yield does not compile where the type of the body is inferred either", () => {
    const plain = function* () {
      yield sleep(1);
    };
    const make = (): void => {
      // @ts-expect-error -- a coroutine is yielded by yield* alone
      void createTask(plain);
      // @ts-expect-error -- a coroutine is yielded by yield* alone
      void run(plain);
      // @ts-expect-error -- a coroutine is yielded by yield* alone
      coroutine(plain);
    };
    expectTypeOf(make).returns.toEqualTypeOf<void>();
  });
});

test("S5: sleep runs nothing when it is called: it counts from its await", async () => {
  await run(async () => {
    const lazy = sleep(10);
    await sleep(5);
    await lazy;
    expect(now()).toBe(15);
    await expect(lazy.toPromise()).rejects.toMatchObject({ code: "ERR_COROUTINE_REUSED" });
  });
});

describe("S5: the two kinds mix", () => {
  const failing = new Error("inner");
  const flow = coroutine(function* (depth: number): FlowOf<string> {
    yield* sleep(1);
    return depth === 0 ? `end at ${now()}` : yield* promised(depth - 1);
  });
  const promised = coroutine(async (depth: number): Promise<string> => {
    await sleep(1);
    await Promise.resolve();
    if (depth === 0) return `end at ${now()}`;
    const value = await flow(depth - 1);
    return value;
  });

  test.each([
    [0, "end at 1"],
    [1, "end at 2"],
    [20, "end at 21"],
  ])("awaits and yield*s %i levels deep, each kind in the other", async (depth, expected) => {
    expect(await run(() => flow(depth))).toBe(expected);
    expect(await run(() => promised(depth))).toBe(expected);
    expect(
      await run(function* () {
        return yield* promised(depth);
      }),
    ).toBe(expected);
    expect(
      await run(async () => {
        const value = await flow(depth);
        return value;
      }),
    ).toBe(expected);
  });

  test("errors pass through both, as the same object, and both can catch them", async () => {
    const fail = coroutine(async () => {
      await sleep(1);
      throw failing;
    });
    const pass = coroutine(function* () {
      yield* fail();
    });
    const passAsync = coroutine(async () => {
      await pass();
    });
    await expect(run(() => passAsync())).rejects.toBe(failing);
    const caught = await run(function* () {
      try {
        yield* passAsync();
      } catch (error) {
        return [error, now()];
      }
      return "not caught";
    });
    expect(caught).toEqual([failing, 1]);
  });

  test("a generator body waits for a promise that other code of the run settles", async () => {
    const gate = deferred<string>();
    const result = await run(async () => {
      const task = createTask(function* () {
        const value = yield* coroutine(() => gate.promise)();
        return `${value} at ${now()}`;
      });
      await sleep(3);
      gate.resolve("open");
      return task;
    });
    expect(result).toBe("open at 3");
  });

  test("futures and tasks are waited for by both, any number of times", async () => {
    const got = await run(async () => {
      const future = getRunningLoop().createFuture<number>();
      const flows = [1, 2].map(() =>
        createTask(function* () {
          return (yield* future) + (yield* future);
        }),
      );
      const async = createTask(async () => (await future) + ((await flows[0]) ?? 0));
      await sleep(1);
      future.setResult(10);
      return [await async, ...(await gather(flows))];
    });
    expect(got).toEqual([30, 20, 20]);
  });

  test("finally blocks of both run in order when an outer one is cancelled", async () => {
    const log: string[] = [];
    const inner = coroutine(async () => {
      try {
        await sleep(10);
      } finally {
        log.push("inner");
        await sleep(1);
      }
    });
    await run(async () => {
      const task = createTask(function* () {
        try {
          yield* inner();
        } finally {
          log.push(`outer at ${now()}`);
        }
      });
      await sleep(3);
      task.cancel();
      await sleep(5);
      expect(task.cancelled()).toBe(true);
    });
    expect(log).toEqual(["inner", "outer at 4"]);
  });
});

describe("a plain yield", () => {
  test("S5: throws where it stands and says to write yield*", async () => {
    const main = function* (): Generator<unknown, string, unknown> {
      try {
        yield sleep(1);
      } catch (error) {
        return `${(error as { code?: string }).code} ${String(error)}`;
      }
      return "nothing thrown";
    };
    expect(await run(main as unknown as () => FlowOf<string>)).toMatch(
      /^ERR_PLAIN_YIELD .*`yield\*`/,
    );
  });

  test("S5: not caught, it fails its task", async () => {
    const main = function* (): Generator<unknown, void, unknown> {
      yield 7;
    };
    await expect(run(main as unknown as () => FlowOf<void>)).rejects.toMatchObject({
      code: "ERR_PLAIN_YIELD",
      task: "main",
    });
  });
});

test("yield* outside a loop says where it works", () => {
  const flow = (function* () {
    yield* sleep(1);
  })();
  expect(() => flow.next()).toThrow(expect.objectContaining({ code: "ERR_NOT_IN_A_TASK" }));
});

describe("runSync", () => {
  test("S5: runs a generator main to its end and answers its value", () => {
    const log: string[] = [];
    const result = runSync(function* () {
      const child = createTask(function* () {
        yield* sleep(2);
        log.push(`child at ${now()}`);
        return 20;
      });
      yield* sleep(1);
      log.push(`main at ${now()}`);
      return (yield* child) + 1;
    });
    expect(result).toBe(21);
    expect(log).toEqual(["main at 1", "child at 2"]);
  });

  test("S5: throws what main throws", () => {
    const error = new Error("mine");
    const main = function* (): FlowOf<void> {
      yield* sleep(1);
      throw error;
    };
    expect(() => runSync(main)).toThrow(error);
  });

  test("S5: refuses an async body at the call, and says what to write", () => {
    const refused = expect.objectContaining({ code: "ERR_ASYNC_IN_SYNC", task: "main" });
    expect(() => runSync(async () => 1)).toThrow(refused);
    expect(() => runSync(async () => 1)).toThrow(/function\*.*run/s);
    expect(simulateSync(async () => 1)).toMatchObject({
      reason: "error",
      outcome: { status: "rejected", reason: { code: "ERR_ASYNC_IN_SYNC" } },
    });
  });

  test("S5: refuses async children and async coroutines, in the task that has them", () => {
    const child = function* (): FlowOf<unknown> {
      return yield* createTask(async () => 1, { name: "child" });
    };
    expect(() => runSync(child)).toThrow(
      expect.objectContaining({ code: "ERR_ASYNC_IN_SYNC", task: "main/child" }),
    );
    const awaits = function* (): FlowOf<unknown> {
      return yield* coroutine(async () => 1)();
    };
    expect(() => runSync(awaits)).toThrow(expect.objectContaining({ code: "ERR_ASYNC_IN_SYNC" }));
  });

  test("S5: refuses external", () => {
    const main = function* (): FlowOf<number> {
      return yield* external(async () => 1);
    };
    expect(() => runSync(main)).toThrow(expect.objectContaining({ code: "ERR_ASYNC_IN_SYNC" }));
  });

  test("S5: takes the same course as run", async () => {
    const main = function* (): FlowOf<string[]> {
      const log: string[] = [];
      const worker = function* (): FlowOf<void> {
        for (let i = 0; i < 10; i++) {
          yield* sleep(getRunningLoop().random("delay").int(0, 3));
          log.push(`${now()} ${log.length}`);
        }
      };
      yield* gather([worker, worker, worker]);
      return log;
    };
    expect(runSync(main)).toEqual(await run(main));
  });
});

describe("types", () => {
  test("yield* and await give the type of what is waited for", () => {
    const main = function* (): FlowOf<void> {
      expectTypeOf(yield* sleep(1)).toEqualTypeOf<void>();
      expectTypeOf(yield* sleep(1, "x")).toEqualTypeOf<string>();
      const future = new Loop().createFuture<number>();
      expectTypeOf(yield* future).toEqualTypeOf<number>();
      const made = coroutine(async (size: number) => [size]);
      expectTypeOf(made).toEqualTypeOf<(size: number) => Coroutine<number[]>>();
      expectTypeOf(yield* made(1)).toEqualTypeOf<number[]>();
      const flow = coroutine(function* (name: string) {
        yield* sleep(1);
        return { name };
      });
      expectTypeOf(flow).toEqualTypeOf<(name: string) => Coroutine<{ name: string }>>();
      expectTypeOf(yield* flow("x")).toEqualTypeOf<{ name: string }>();
      expectTypeOf(yield* timeout(1, async () => true)).toEqualTypeOf<boolean>();
      expectTypeOf(yield* external(async () => new Set<number>())).toEqualTypeOf<Set<number>>();
    };
    const asyncMain = async (): Promise<void> => {
      expectTypeOf(await sleep(1, "x")).toEqualTypeOf<string>();
      expectTypeOf(await new Loop().createFuture<number>()).toEqualTypeOf<number>();
    };
    expectTypeOf(main).returns.toEqualTypeOf<FlowOf<void>>();
    expectTypeOf(asyncMain).returns.resolves.toEqualTypeOf<void>();
  });

  test("tasks, runs and gather infer the results of both kinds", () => {
    const makeTasks = (): void => {
      expectTypeOf(createTask(async () => 1)).toEqualTypeOf<Task<number>>();
      expectTypeOf(createTask(() => "plain")).toEqualTypeOf<Task<string>>();
      expectTypeOf(createTask(sleep(1, true))).toEqualTypeOf<Task<boolean>>();
      const flow = function* (): FlowOf<Date> {
        yield* sleep(1);
        return new Date();
      };
      expectTypeOf(createTask(flow)).toEqualTypeOf<Task<Date>>();
      expectTypeOf(createTask(flow())).toEqualTypeOf<Task<Date>>();
      expectTypeOf(run(flow)).resolves.toEqualTypeOf<Date>();
      expectTypeOf(runSync(flow)).toEqualTypeOf<Date>();
      const list = gather([sleep(1, "a"), async () => 1, flow, new Loop().createFuture<null>()]);
      expectTypeOf(list).toEqualTypeOf<Future<[string, number, Date, null]>>();
      const settled = gather([sleep(1, "a"), flow], { returnExceptions: true });
      expectTypeOf(settled).toEqualTypeOf<
        Future<[PromiseSettledResult<string>, PromiseSettledResult<Date>]>
      >();
      const many = gather([1, 2].map((n) => async () => n));
      expectTypeOf(many).toEqualTypeOf<Future<number[]>>();
    };
    expectTypeOf(makeTasks).returns.toEqualTypeOf<void>();
  });

  test("a plain yield does not compile", () => {
    const plain = function* (): FlowOf<void> {
      // @ts-expect-error -- a coroutine is yielded by yield* alone
      yield sleep(1);
    };
    expectTypeOf(plain).returns.toEqualTypeOf<FlowOf<void>>();
  });
});

test("then is for await alone: a chain is refused, and toPromise named", () =>
  run(async () => {
    const refused = expect.objectContaining({
      code: "ERR_THEN_FOR_AWAIT",
      message: expect.stringContaining("toPromise"),
    });
    const chained = (value: unknown): unknown => (value as Promise<unknown>).then(() => 1);
    expect(() => chained(sleep(1))).toThrow(refused);
    expect(() => chained(coroutine(async () => 1)())).toThrow(refused);
    expect(() => chained(createTask(() => 1))).toThrow(refused);
    expect(
      await sleep(1, 2)
        .toPromise()
        .then((value) => value + 1),
    ).toBe(3);
  }));
