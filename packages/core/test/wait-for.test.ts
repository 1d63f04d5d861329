import { describe, expect, expectTypeOf, test } from "vitest";

import {
  type Coroutine,
  coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  isCancelled,
  now,
  run,
  runSync,
  shield,
  sleep,
  TimeoutError,
  waitFor,
} from "../src/index.ts";
import { kinds, type Script, wait } from "./kinds.ts";

/** What `script` gives or throws, as a word, with the time at which it does. */
function* endOf(script: Script<unknown>): Script<string> {
  try {
    return `${String(yield* script)} at ${now()}`;
  } catch (thrown) {
    if (thrown instanceof TimeoutError) return `timeout at ${now()}`;
    if (isCancelled(thrown)) return `cancelled at ${now()}`;
    return `${String(thrown)} at ${now()}`;
  }
}

describe.each(kinds)("waitFor with $kind bodies", ({ of }) => {
  const runScript = <T>(script: () => Script<T>): Promise<T> => run(of(script));
  const after = <T>(delay: number, value: T) =>
    of(function* () {
      yield* wait(sleep(delay));
      return value;
    });
  /** Sleeps long; when cancelled it cleans up for so long, and then ends as `end` says. */
  const cleansUp = (duration: number, end: (thrown: unknown) => string) =>
    of(function* () {
      try {
        yield* wait(sleep(1000));
        return "slept";
      } catch (thrown) {
        yield* wait(sleep(duration));
        return end(thrown);
      }
    });
  const rethrow = (thrown: unknown): never => {
    throw thrown;
  };

  test("WAITFOR-01: in time, the value or the error; null is no limit", () =>
    runScript(function* () {
      expect(yield* endOf(wait(waitFor(after(3, "value"), 5)))).toBe("value at 3");
      expect(yield* endOf(wait(waitFor(createTask(after(3, "task")), 5)))).toBe("task at 6");
      expect(yield* endOf(wait(waitFor(sleep(3, "coroutine"), null)))).toBe("coroutine at 9");
      const failing = of(function* () {
        yield* wait(sleep(1));
        throw new Error("failed");
      });
      expect(yield* endOf(wait(waitFor(failing, 5)))).toBe("Error: failed at 10");
      yield* wait(sleep(100));
    }));

  test("WAITFOR-02: at the deadline it is cancelled, its cleanup is awaited, then TimeoutError", () =>
    runScript(function* () {
      expect(yield* endOf(wait(waitFor(cleansUp(4, rethrow), 5)))).toBe("timeout at 9");
      const task = createTask(cleansUp(4, rethrow));
      expect(yield* endOf(wait(waitFor(task, 5)))).toBe("timeout at 18");
      expect(task.cancelled()).toBe(true);
    }));

  test("WAITFOR-02: shield keeps it", () =>
    runScript(function* () {
      const task = createTask(after(8, "kept"));
      expect(yield* endOf(wait(waitFor(shield(task), 5)))).toBe("timeout at 5");
      expect(yield* endOf(wait(task))).toBe("kept at 8");
    }));

  test("WAITFOR-03: a function or coroutine runs in the calling task, at once", () =>
    runScript(function* () {
      const log: unknown[] = [];
      const body = of(function* () {
        log.push(currentTask()?.path);
        yield* [];
      });
      const soon = getRunningLoop().callSoon(() => log.push("a pass later"));
      yield* wait(waitFor(body, 5));
      yield* wait(waitFor(coroutine(body)(), 5));
      log.push("goes on");
      yield* wait(sleep(0));
      expect(log).toEqual(["main", "main", "goes on", "a pass later"]);
      expect(soon.cancelled()).toBe(false);
    }));

  test("WAITFOR-04: without time, what is done counts and the rest is cancelled unbegun", () =>
    runScript(function* () {
      const log: string[] = [];
      const body = of(function* () {
        log.push("began");
        yield* wait(sleep(1));
      });
      const done = getRunningLoop().createFuture<string>();
      done.setResult("done");
      for (const delay of [0, -1]) {
        expect(yield* endOf(wait(waitFor(body, delay)))).toBe("timeout at 0");
        expect(yield* endOf(wait(waitFor(sleep(1), delay)))).toBe("timeout at 0");
        expect(yield* endOf(wait(waitFor(done, delay)))).toBe("done at 0");
      }
      expect(log).toEqual([]);
    }));

  test("WAITFOR-04: without time, what has begun cleans up first, and its error counts", () =>
    runScript(function* () {
      const task = createTask(cleansUp(3, rethrow));
      const failing = createTask(cleansUp(3, () => rethrow(new Error("in cleanup"))));
      const stubborn = createTask(cleansUp(3, () => "nevertheless"));
      yield* wait(sleep(1));
      expect(yield* endOf(wait(waitFor(task, 0)))).toBe("timeout at 4");
      expect(yield* endOf(wait(waitFor(failing, 0)))).toBe("Error: in cleanup at 7");
      expect(yield* endOf(wait(waitFor(stubborn, 0)))).toBe("nevertheless at 10");
    }));

  test("WAITFOR-05: cancelling the waiter cancels the inner and waits for it", () =>
    runScript(function* () {
      for (const inner of [cleansUp(4, rethrow), createTask(cleansUp(4, rethrow))]) {
        const start = now();
        const waiter = createTask(of(() => wait(waitFor(inner as Coroutine<string>, 50))));
        yield* wait(sleep(2));
        waiter.cancel();
        expect(yield* endOf(wait(waiter))).toBe(`cancelled at ${start + 6}`);
      }
    }));

  test("WAITFOR-05: without time, the waiter can be cancelled while it waits for the cleanup", () =>
    runScript(function* () {
      const inner = createTask(cleansUp(4, rethrow));
      yield* wait(sleep(1));
      const waiter = createTask(of(() => wait(waitFor(inner, 0))));
      yield* wait(sleep(1));
      waiter.cancel();
      expect(yield* endOf(wait(waiter))).toBe("cancelled at 2");
      expect(yield* endOf(wait(inner))).toBe("cancelled at 5");
    }));

  test("WAITFOR-06: an inner that swallows the cancellation: its value, whoever has cancelled", () =>
    runScript(function* () {
      const swallows = (): (() => unknown) => cleansUp(1, () => "nevertheless");
      expect(yield* endOf(wait(waitFor(swallows(), 5)))).toBe("nevertheless at 6");
      const waiter = createTask(of(() => wait(waitFor(swallows() as () => string, 50))));
      yield* wait(sleep(2));
      waiter.cancel();
      expect(yield* endOf(wait(waiter))).toBe("nevertheless at 9");
    }));

  test("WAITFOR-07: an inner that raises something else when cancelled: that", () =>
    runScript(function* () {
      const failing = cleansUp(1, () => rethrow(new Error("in cleanup")));
      expect(yield* endOf(wait(waitFor(failing, 5)))).toBe("Error: in cleanup at 6");
    }));

  test("WAITFOR-08: the inner is done and the waiter cancelled in one pass: cancelled", () =>
    runScript(function* () {
      const loop = getRunningLoop();
      const future = loop.createFuture<string>();
      const waiter = createTask(of(() => wait(waitFor(future, 50))));
      yield* wait(sleep(1));
      future.setResult("value");
      waiter.cancel();
      expect(yield* endOf(wait(waiter))).toBe("cancelled at 1");
    }));

  test("WAITFOR-09: due exactly at the deadline: TimeoutError, whichever timer is older", () =>
    runScript(function* () {
      expect(yield* endOf(wait(waitFor(after(5, "value"), 5)))).toBe("timeout at 5");
      const older = createTask(after(5, "value"));
      yield* wait(sleep(0));
      expect(yield* endOf(wait(waitFor(older, 5)))).toBe("timeout at 10");
    }));
});

test("waitFor refuses a promise, and what is no time", () => {
  expect(() => waitFor(Promise.resolve(1) as never, 5)).toThrow(/give the function itself/);
  expect(() => waitFor(sleep(1), NaN)).toThrow(TypeError);
  expect(() => waitFor(sleep(1), "5" as never)).toThrow(TypeError);
});

test("waitFor works under runSync", () => {
  const end = runSync(function* () {
    try {
      yield* waitFor(() => sleep(10), 5);
    } catch (error) {
      return [error instanceof TimeoutError, now()];
    }
    return [];
  });
  expect(end).toEqual([true, 5]);
});

test("the type of what is waited for comes through", () =>
  run(async () => {
    expectTypeOf(waitFor(async () => 1, 5)).toEqualTypeOf<Coroutine<number>>();
    expectTypeOf(waitFor(sleep(1, "x"), 5)).toEqualTypeOf<Coroutine<string>>();
    expectTypeOf(
      await waitFor(
        createTask(async () => true),
        null,
      ),
    ).toEqualTypeOf<boolean>();
    const flow = function* () {
      return yield* sleep(1, "y");
    };
    expectTypeOf(await waitFor(flow, 5)).toEqualTypeOf<string>();
    expectTypeOf(() =>
      // @ts-expect-error: write `yield*`, not `yield`
      waitFor(function* () {
        yield sleep(1);
      }, 5),
    ).toBeFunction();
  }));
