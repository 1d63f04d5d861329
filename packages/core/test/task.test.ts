import { describe, expect, test } from "vitest";

import {
  createTask,
  currentTask,
  type ExceptionContext,
  gather,
  Loop,
  now,
  run,
  simulate,
  sleep,
  type Task,
} from "../src/index.ts";
import { kinds, wait } from "./kinds.ts";
import { followsAwaits } from "./host.ts";

const error = new Error("of a body");

describe.each(kinds)("tasks with $kind bodies", ({ of }) => {
  const returns = <T>(value: T) =>
    of(function* () {
      yield* wait(sleep(0));
      return value;
    });

  test("TASK-01: never begin at once; they begin in the order of creation, behind what is ready", async () => {
    const log: string[] = [];
    const note = (name: string) =>
      of(function* () {
        log.push(name);
        yield* wait(sleep(0));
      });
    await run(
      of(function* () {
        const loop = createTask(note("a")).loop;
        loop.callSoon(() => log.push("callback"));
        void createTask(note("b"));
        log.push("main goes on");
        yield* wait(sleep(1));
      }),
    );
    expect(log).toEqual(["main goes on", "a", "callback", "b"]);
  });

  test("TASK-02: a result can be awaited any number of times", async () => {
    const results = await run(
      of(function* () {
        const task = createTask(returns("value"));
        return [yield* wait(task), yield* wait(task), task.result(), task.exception()];
      }),
    );
    expect(results).toEqual(["value", "value", "value", undefined]);
  });

  test("TASK-02: an error is rethrown as it is, each time", async () => {
    const body = of(function* () {
      yield* wait(sleep(1));
      throw error;
    });
    const caught = await run(
      of(function* () {
        const task = createTask(body);
        const seen: unknown[] = [];
        for (let i = 0; i < 2; i++) {
          try {
            yield* wait(task);
          } catch (thrown) {
            seen.push(thrown);
          }
        }
        return [...seen, task.exception()];
      }),
    );
    for (const each of caught) expect(each).toBe(error);
    expect(caught).toHaveLength(3);
  });

  test("a thrown undefined is an error too", async () => {
    const result = await simulate(
      of(function* () {
        yield* wait(sleep(1));
        throw undefined;
      }),
    );
    expect(result.reason).toBe("error");
    expect(result.outcome).toEqual({ status: "rejected", reason: undefined });
  });

  test("TASK-04: tasks that loop on sleep(0) take turns; sleep(dt, r) gives r", async () => {
    const log: string[] = [];
    const loops = (name: string) =>
      of(function* () {
        for (let i = 0; i < 3; i++)
          log.push(yield* wait(sleep(i % 2 === 0 ? 0 : -1, `${name}${i}`)));
      });
    await run(
      of(function* () {
        yield* wait(gather([loops("a"), loops("b"), loops("c")]));
      }),
    );
    expect(log.join(" ")).toBe("a0 b0 c0 a1 b1 c1 a2 b2 c2");
  });

  test("TASK-06: a task that awaits itself is told so, by name", async () => {
    const main = of(function* () {
      const body = of(function* () {
        yield* wait(currentTask() as NonNullable<ReturnType<typeof currentTask>>);
      });
      yield* wait(createTask(body, { name: "narcissus" }));
    });
    await expect(run(main)).rejects.toMatchObject({
      code: "ERR_AWAITS_ITSELF",
      task: "main/narcissus",
    });
  });

  test("TASK-06: it is told a pass later, and not at all if it was cancelled meanwhile", async () => {
    const log: string[] = [];
    const self = (cancelled: boolean): Task<void> => {
      const task: Task<void> = createTask(
        of(function* () {
          if (cancelled) task.cancel();
          try {
            yield* wait(task);
          } catch (failure) {
            log.push((failure as Error).name);
          }
        }),
      );
      return task;
    };
    await run(
      of(function* () {
        void self(false);
        const cancelled = self(true);
        void createTask(() => void log.push("another task"));
        yield* wait(sleep(1));
        expect(cancelled.cancelling()).toBe(1);
      }),
    );
    expect(log).toEqual(["another task", "UsageError", "CancelledError"]);
  });

  test("TASK-08: a task is settled by its body alone", async () => {
    await run(
      of(function* () {
        const task = createTask(returns(1));
        const refused = expect.objectContaining({ code: "ERR_TASK_SETTLED_BY_HAND" });
        expect(() => (task.setResult as (value: number) => void)(2)).toThrow(refused);
        expect(() => (task.setException as (error: unknown) => void)(error)).toThrow(
          /createFuture/,
        );
        expect(yield* wait(task)).toBe(1);
      }),
    );
  });

  test("TASK-11: an error that nobody awaited is reported at the end, with the task", async () => {
    const contexts: ExceptionContext[] = [];
    const fails = of(function* () {
      yield* wait(sleep(1));
      throw error;
    });
    await run(
      of(function* () {
        void createTask(fails, { name: "lost" });
        const seen = createTask(fails, { name: "seen" });
        yield* wait(sleep(2));
        seen.exception();
      }),
      { exceptionHandler: (_, context) => void contexts.push(context) },
    );
    const messages = contexts.map(({ message }) => message);
    expect(messages.filter((message) => /lost/.test(message))).toHaveLength(1);
    expect(messages.filter((message) => /seen/.test(message))).toEqual([]);
    const report = contexts.find(({ message }) => message.includes("lost"));
    expect(report?.message).toMatch(/Task exception was never retrieved.*main\/lost/);
    expect(report?.exception).toBe(error);
    expect(report?.task?.path).toBe("main/lost");
  });
});

test("a plain function is a body too, and its value the result", async () => {
  expect(await run(() => now() + 1)).toBe(1);
  expect(await run(async () => createTask(() => "plain"))).toBe("plain");
});

test("a generator object is a body too", async () => {
  const flow = (function* () {
    return yield* sleep(3, "flow");
  })();
  expect(await run(async () => createTask(flow))).toBe("flow");
});

test("a body that throws before its first await fails its task, not the loop", async () => {
  const loop = new Loop();
  const task = loop.createTask(() => {
    throw error;
  });
  const other = loop.createTask(() => sleep(1, "other"));
  await loop.run();
  expect(task.exception()).toBe(error);
  expect(other.result()).toBe("other");
});

test("TASK-12: a pending task is kept though nobody holds it", async () => {
  const log: string[] = [];
  await run(async () => {
    void createTask(async () => {
      await sleep(10);
      log.push("still here");
    });
    await sleep(20);
  });
  expect(log).toEqual(["still here"]);
});

test.runIf(followsAwaits)(
  "TASK-07: a body may await any promise that code of the run settles",
  async () => {
    const log = await run(async () => {
      const seen: unknown[] = [];
      let resolve: (settled: string) => void = () => undefined;
      let reject: (thrown: Error) => void = () => undefined;
      const value = new Promise<string>((settle) => (resolve = settle));
      const failure = new Promise<never>((_, settle) => (reject = settle));
      const waiter = createTask(
        async () => {
          seen.push(await value, currentTask()?.path, now());
          seen.push(await failure.catch((thrown: unknown) => thrown), now());
        },
        { name: "waiter" },
      );
      await sleep(1);
      resolve("value");
      await sleep(1);
      reject(error);
      await waiter;
      return seen;
    });
    expect(log).toEqual(["value", "main/waiter", 1, error, 2]);
  },
);

test.each([
  ["a number", 5],
  ["nothing", undefined],
  ["an object", {}],
  ["a promise", Promise.resolve(1)],
])("TASK-13: %s is no body: refused, and no task is made", async (_, body) => {
  await run(async () => {
    const { path } = createTask(() => 1);
    expect(() => createTask(body as never)).toThrow(TypeError);
    expect([path, createTask(() => 1).path]).toEqual(["main/1", "main/2"]);
  });
});

test("TASK-13: a closed loop makes no task, and the coroutine may be used elsewhere", async () => {
  const loop = new Loop();
  loop.close();
  const coroutine = sleep(3, "slept");
  expect(() => loop.createTask(coroutine)).toThrow(
    expect.objectContaining({ code: "ERR_LOOP_CLOSED" }),
  );
  expect(await run(coroutine)).toBe("slept");
});
