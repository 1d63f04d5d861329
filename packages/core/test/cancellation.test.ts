import {
  CancelledError,
  createTask,
  currentTask,
  external,
  type Future,
  gather,
  getRunningLoop,
  isCancelled,
  Loop,
  now,
  run,
  sleep,
  type Task,
  timeout,
  wait as waitAll,
} from "@tickless/core";
import { describe, expect, test } from "vitest";
import { kinds, type Script, wait } from "./kinds.ts";
import { inRealEvent } from "./outside-step.ts";

/** The error that `script` ends with; fails if it does not. */
function* failure(script: () => Script<unknown>): Script<unknown> {
  try {
    yield* script();
  } catch (error) {
    return error;
  }
  throw new Error("the script was expected to fail");
}

function* messageOf(script: () => Script<unknown>): Script<string> {
  const error = yield* failure(script);
  if (!isCancelled(error)) throw error;
  return error.message;
}

describe.each(kinds)("with $kind bodies", ({ of }) => {
  const start = <T>(script: () => Script<T>, name?: string): Task<T> =>
    createTask(of(script), { name });
  const nap = (delay: number): Script<void> => wait(sleep(delay));

  test("CANCEL-09: a wait with timeout 0 is cancelled one pass later, before its timer has its turn", () =>
    run(
      of(function* () {
        const log: string[] = [];
        const forever = start(() => nap(9));
        const task = start(function* () {
          currentTask()?.cancel();
          try {
            yield* wait(waitAll([forever], { timeout: 0 }));
          } catch (error) {
            if (isCancelled(error)) log.push("cancelled");
          }
        });
        void start(function* () {
          yield* nap(0);
          log.push("the other task goes on");
        });
        yield* wait(task);
        expect(log).toEqual(["cancelled", "the other task goes on"]);
      }),
    ));

  test("CANCEL-01: cancel() answers true and the task sees it at its next step, not at once", () =>
    run(
      of(function* () {
        const log: string[] = [];
        const task = start(function* () {
          try {
            yield* nap(10);
          } finally {
            log.push(`cleaned up at ${now()}`);
          }
        });
        yield* nap(3);
        expect(task.cancel()).toBe(true);
        log.push("cancel() returned");
        expect([task.done(), task.cancelled()]).toEqual([false, false]);
        yield* nap(0);
        expect([task.done(), task.cancelled()]).toEqual([true, true]);
        expect(log).toEqual(["cancel() returned", "cleaned up at 3"]);
      }),
    ));

  test("S8.7: a CancelledError of a wait has no frames, and errors that are made later have theirs", () =>
    run(
      of(function* () {
        const reply = getRunningLoop().createFuture<void>();
        const errors: unknown[] = [];
        for (const waits of [() => nap(10), () => wait(reply)]) {
          const task = start(waits);
          yield* nap(1);
          task.cancel();
          // The first who asks gets the error that ended the task, the second one of its own.
          errors.push(yield* failure(() => wait(task)), yield* failure(() => wait(task)));
        }
        const frames = errors.map((error) => /\n\s+at /.test((error as Error).stack ?? ""));
        expect(frames).toEqual([false, false, false, false]);
        expect(new Error("later").stack).toMatch(/\n\s+at /);
      }),
    ));

  test("CANCEL-01: cancel() of a task that has ended answers false and changes nothing", () =>
    run(
      of(function* () {
        const task = start(function* () {
          yield* nap(1);
          return "value";
        });
        expect(yield* wait(task)).toBe("value");
        expect(task.cancel()).toBe(false);
        expect(task.cancelling()).toBe(0);
        expect(task.result()).toBe("value");
      }),
    ));

  test("CANCEL-02: a task cancelled before its first step never runs its body", () =>
    run(
      of(function* () {
        let ran = false;
        const task = start(function* () {
          ran = true;
          yield* nap(0);
        });
        expect(task.cancel("too early")).toBe(true);
        expect(yield* messageOf(() => wait(task))).toBe("too early");
        expect([ran, task.cancelled()]).toEqual([false, true]);
      }),
    ));

  test("CANCEL-03: the future waited for is cancelled at once, the task sees it one pass later", () =>
    run(
      of(function* () {
        const future = getRunningLoop().createFuture<void>();
        const task = start(() => wait(future));
        yield* nap(0);
        task.cancel();
        expect([future.cancelled(), task.done()]).toEqual([true, false]);
        yield* nap(0);
        expect(task.cancelled()).toBe(true);
      }),
    ));

  test("CANCEL-04: cancelling the waiter cancels the awaited task first; the waiter follows when that has ended", () =>
    run(
      of(function* () {
        const log: string[] = [];
        const inner = start(function* () {
          try {
            yield* nap(50);
          } finally {
            yield* nap(5);
            log.push(`inner at ${now()}`);
          }
        });
        const outer = start(function* () {
          try {
            yield* wait(inner);
          } finally {
            log.push(`outer at ${now()}`);
          }
        });
        const other = start(() => messageOf(() => wait(inner)));
        yield* nap(1);
        outer.cancel("stop");
        yield* failure(() => wait(outer));
        expect(log).toEqual(["inner at 6", "outer at 6"]);
        expect([inner.cancelled(), outer.cancelled()]).toEqual([true, true]);
        expect(yield* wait(other)).toBeTypeOf("string");
        expect(other.cancelling()).toBe(0);
      }),
    ));

  test("CANCEL-04: if the awaited task swallows it, the waiter gets the value and is not cancelled", () =>
    run(
      of(function* () {
        const inner = start(function* () {
          yield* failure(() => nap(50));
          return "all the same";
        });
        const outer = start(() => wait(inner));
        yield* nap(1);
        expect(outer.cancel()).toBe(true);
        expect(yield* wait(outer)).toBe("all the same");
        expect(outer.cancelled()).toBe(false);
        expect(outer.cancelling()).toBe(1);
      }),
    ));

  test("CANCEL-05: a task may swallow it and go on; cancelling() stays 1 until uncancel()", () =>
    run(
      of(function* () {
        const task = start(function* () {
          const counts = [];
          yield* failure(() => nap(50));
          counts.push(currentTask()?.cancelling());
          yield* nap(2);
          counts.push(currentTask()?.cancelling(), currentTask()?.uncancel(), now());
          return counts;
        });
        yield* nap(1);
        task.cancel();
        expect(yield* wait(task)).toEqual([1, 1, 0, 3]);
      }),
    ));

  test.each(["value", "exception"])(
    "CANCEL-06: a cancel wins over the %s of a future that is done but not yet seen",
    (what) =>
      run(
        of(function* () {
          const future: Future<string> = getRunningLoop().createFuture();
          const task = start(() => wait(future));
          yield* nap(0);
          if (what === "value") future.setResult("lost");
          else future.setException(new Error("lost"));
          expect(task.cancel("after all")).toBe(true);
          expect(yield* messageOf(() => wait(task))).toBe("after all");
          expect(task.cancelled()).toBe(true);
          expect(future.cancelled()).toBe(false);
        }),
      ),
  );

  test("CANCEL-06: a cancel wins over a sleep that is due at the same instant", () =>
    run(
      of(function* () {
        const task = start(() => nap(5));
        getRunningLoop().callAt(5, () => task.cancel("at 5"));
        yield* nap(0);
        expect(yield* messageOf(() => wait(task))).toBe("at 5");
        expect(now()).toBe(5);
      }),
    ));

  test("CANCEL-07: cancels before the delivery are one CancelledError, and cancelling() counts them all", () =>
    run(
      of(function* () {
        const task = start(function* () {
          yield* failure(() => nap(5));
          const count = currentTask()?.cancelling();
          yield* nap(1);
          return [count, now()];
        });
        yield* nap(1);
        task.cancel();
        task.cancel();
        expect(yield* wait(task)).toEqual([2, 2]);
      }),
    ));

  test("CANCEL-07: a task that cancels itself twice is interrupted once", () =>
    run(
      of(function* () {
        const task = start(function* () {
          currentTask()?.cancel();
          currentTask()?.cancel();
          yield* failure(() => nap(5));
          yield* nap(5);
          return [currentTask()?.cancelling(), now()];
        });
        expect(yield* wait(task)).toEqual([2, 5]);
      }),
    ));

  test.each(["sleep", "future"])(
    "CANCEL-08: waiting on a %s, the message is the first one",
    (what) =>
      run(
        of(function* () {
          const future = getRunningLoop().createFuture<void>();
          const task = start(() => messageOf(() => (what === "sleep" ? nap(9) : wait(future))));
          yield* nap(1);
          task.cancel("first");
          task.cancel("last");
          expect(yield* wait(task)).toBe("first");
        }),
      ),
  );

  test("CANCEL-08: not yet started, the message is the last one", () =>
    run(
      of(function* () {
        const task = start(() => nap(1));
        task.cancel("first");
        task.cancel("last");
        expect(yield* messageOf(() => wait(task))).toBe("last");
      }),
    ));

  test("CANCEL-08: a task that cancels itself gets the last message", () =>
    run(
      of(function* () {
        const task = start(function* () {
          currentTask()?.cancel("first");
          currentTask()?.cancel("last");
          return yield* messageOf(() => nap(1));
        });
        expect(yield* wait(task)).toBe("last");
      }),
    ));

  test("CANCEL-09: self-cancel is delivered at the next wait that really suspends", () =>
    run(
      of(function* () {
        const ready = getRunningLoop().createFuture<string>();
        ready.setResult("no suspension");
        const task = start(function* () {
          currentTask()?.cancel();
          const seen = [yield* wait(ready)];
          yield* failure(() => nap(0));
          return [...seen, "interrupted"];
        });
        expect(yield* wait(task)).toEqual(["no suspension", "interrupted"]);
      }),
    ));

  test("CANCEL-09: a body that returns without suspending after a self-cancel loses its value", () =>
    run(
      of(function* () {
        const task = start(function* () {
          yield* nap(1);
          currentTask()?.cancel("self");
          return "lost";
        });
        expect(yield* messageOf(() => wait(task))).toBe("self");
        expect(task.cancelled()).toBe(true);
      }),
    ));

  test("CANCEL-09: an exception after a self-cancel wins", () =>
    run(
      of(function* () {
        const thrown = new Error("mine");
        const task = start(function* (): Script<void> {
          yield* nap(1);
          currentTask()?.cancel();
          throw thrown;
        });
        expect(yield* failure(() => wait(task))).toBe(thrown);
        expect(task.cancelled()).toBe(false);
      }),
    ));

  test("CANCEL-10: uncancel() lowers the count, not below 0, and at 0 drops what is undelivered", () =>
    run(
      of(function* () {
        const task = start(function* () {
          const self = currentTask() as Task<unknown>;
          self.cancel();
          self.cancel();
          const counts = [self.uncancel(), self.uncancel(), self.uncancel()];
          yield* nap(1);
          return counts;
        });
        expect(yield* wait(task)).toEqual([1, 0, 0]);
      }),
    ));

  test("CANCEL-10: above 0 the undelivered cancellation stays", () =>
    run(
      of(function* () {
        const task = start(function* () {
          const self = currentTask() as Task<unknown>;
          self.cancel();
          self.cancel();
          self.uncancel();
          yield* nap(1);
        });
        yield* messageOf(() => wait(task));
        expect(task.cancelling()).toBe(1);
      }),
    ));

  test("CANCEL-10: at 0 a wait that is ready, and was to be cancelled, brings its value after all", () =>
    run(
      of(function* () {
        const future: Future<string> = getRunningLoop().createFuture();
        const task = start(() => wait(future));
        yield* nap(0);
        future.setResult("value");
        task.cancel();
        expect(task.uncancel()).toBe(0);
        expect(yield* wait(task)).toBe("value");
      }),
    ));

  test("CANCEL-11: a second cancel interrupts the cleanup", () =>
    run(
      of(function* () {
        const log: string[] = [];
        const task = start(function* () {
          try {
            yield* nap(10);
          } finally {
            log.push(`cleanup from ${now()}`);
            try {
              yield* nap(10);
              log.push("not reached");
            } finally {
              log.push(`interrupted at ${now()}`);
            }
          }
        });
        yield* nap(1);
        task.cancel("one");
        yield* nap(2);
        task.cancel("two");
        expect(yield* messageOf(() => wait(task))).toBe("two");
        expect(log).toEqual(["cleanup from 1", "interrupted at 3"]);
        expect(task.cancelling()).toBe(2);
      }),
    ));

  test("CANCEL-12: a CancelledError thrown by hand ends the task as cancelled, count 0", () =>
    run(
      of(function* () {
        const task = start(function* (): Script<void> {
          yield* nap(1);
          throw new CancelledError("by hand");
        });
        expect(yield* messageOf(() => wait(task))).toBe("by hand");
        expect([task.cancelled(), task.cancelling()]).toEqual([true, 0]);
      }),
    ));

  test("CANCEL-13: isCancelled tells a cancellation from everything else that catch catches", () =>
    run(
      of(function* () {
        const task = start(function* () {
          try {
            yield* nap(10);
          } catch (error) {
            if (isCancelled(error)) throw error;
            return "swallowed";
          }
          return "not cancelled";
        });
        yield* nap(1);
        task.cancel();
        yield* failure(() => wait(task));
        expect(task.cancelled()).toBe(true);
        const late = yield* failure(() =>
          wait(
            timeout(
              1,
              of(() => nap(2)),
            ),
          ),
        );
        const others = [late, new Error("no"), null, undefined, "cancelled", { code: "other" }];
        expect(others.map(isCancelled)).toEqual(others.map(() => false));
      }),
    ));

  test("CANCEL-14: another exception while being cancelled: the task has raised it", () =>
    run(
      of(function* () {
        const thrown = new Error("cleanup failed");
        const task = start(function* () {
          try {
            yield* nap(10);
          } finally {
            // oxlint-disable-next-line no-unsafe-finally -- that is what is tested
            throw thrown;
          }
        });
        yield* nap(1);
        task.cancel();
        expect(yield* failure(() => wait(task))).toBe(thrown);
        expect([task.cancelled(), task.exception()]).toEqual([false, thrown]);
      }),
    ));

  test("CANCEL-15: awaiting a task that somebody else cancelled raises, and the awaiter's count stays 0", () =>
    run(
      of(function* () {
        const task = start(() => nap(10));
        getRunningLoop().callLater(2, () => task.cancel("elsewhere"));
        expect(yield* messageOf(() => wait(task))).toBe("elsewhere");
        expect(currentTask()?.cancelling()).toBe(0);
        yield* nap(1);
      }),
    ));

  test("CANCEL-16: the message reaches the first who asks for the task, the others none", () =>
    run(
      of(function* () {
        const task = start(() => nap(10));
        const first = start(() => messageOf(() => wait(task)));
        const second = start(() => messageOf(() => wait(task)));
        yield* nap(1);
        task.cancel("why");
        expect([yield* wait(first), yield* wait(second)]).toEqual(["why", ""]);
        expect(() => task.result()).toThrow(CancelledError);
      }),
    ));

  test("CANCEL-17: cancelling a ring of tasks that await each other ends", () =>
    run(
      of(function* () {
        const ring: Task<unknown>[] = [];
        const next = (i: number): Task<unknown> => ring.at((i + 1) % 3) as Task<unknown>;
        for (let i = 0; i < 3; i++) ring.push(start(() => wait(next(i))));
        yield* nap(1);
        expect(ring[0]?.cancel()).toBe(true);
        yield* nap(5);
        expect(ring.map((task) => task.cancelled())).toEqual([true, true, true]);
      }),
    ));

  test("CANCEL-17: so does a task that awaits itself through another", () =>
    run(
      of(function* () {
        let second: Task<unknown>;
        const first: Task<unknown> = start(() => wait(second));
        second = start(() => wait(first));
        yield* nap(1);
        second.cancel();
        yield* nap(5);
        expect([first.cancelled(), second.cancelled()]).toEqual([true, true]);
      }),
    ));

  test("a cancelled timer moves no clock (LOOP-17)", () =>
    run(
      of(function* () {
        const task = start(() => nap(1_000));
        yield* nap(1);
        task.cancel();
        yield* nap(1);
        expect(now()).toBe(2);
        expect(getRunningLoop().peek()).toBe(Infinity);
      }),
    ));
});

test("a stopped loop accepts cancel(), and the task sees it in the next run", async () => {
  const loop = new Loop();
  const task = loop.createTask(async () => {
    await sleep(100);
  });
  await loop.run({ until: 5 });
  expect(task.cancel("between runs")).toBe(true);
  expect(task.cancelled()).toBe(false);
  expect(await loop.run()).toBe("exhausted");
  expect([task.cancelled(), loop.time()]).toEqual([true, 5]);
  loop.close();
});

test("S7: uncancel() in a real event fails the run", async () => {
  const end = run(async () => {
    const task = createTask(() => sleep(5));
    task.cancel();
    await inRealEvent(() => task.uncancel());
  });
  await expect(end).rejects.toMatchObject({
    code: "ERR_OUTSIDE_STEP",
    message: expect.stringMatching(/^uncancel\(\) .*external/),
  });
});

test("S7: cancel() of a gather in a real event fails the run", async () => {
  const end = run(
    async () => {
      const both = gather([() => sleep(5), () => sleep(6)]);
      await inRealEvent(() => both.cancel());
    },
    // The end of the run cancels its children; nobody asks how it has ended.
    { log: () => undefined },
  );
  await expect(end).rejects.toMatchObject({ code: "ERR_OUTSIDE_STEP" });
});

describe.each(kinds)("a chain of 5,000 tasks, $kind bodies, each awaiting the next", ({ of }) => {
  const length = 5000;

  /** Begins the chain; `log` gets the time at which each task has cleaned up. */
  function chain(log: number[]): Task<unknown>[] {
    const tasks: Task<unknown>[] = [];
    for (let i = 0; i < length; i++) {
      const next = tasks.at(-1);
      const body = of(function* () {
        try {
          yield* wait<unknown>(next ?? sleep(1_000_000));
        } finally {
          log.push(now());
        }
      });
      tasks.push(createTask(body));
    }
    return tasks;
  }

  test("CANCEL-04: cancelled at its head it ends, each task with its finally block", async () => {
    const log: number[] = [];
    const cancelled = await run(
      of(function* () {
        const tasks = chain(log);
        yield* wait(sleep(1));
        expect(tasks.at(-1)?.cancel()).toBe(true);
        yield* wait(sleep(1));
        return tasks.map((task) => task.cancelled());
      }),
    );
    // What one cancellation does not reach goes on waiting; the end of the run cancels it.
    expect(cancelled.at(-1)).toBe(true);
    expect(log).toHaveLength(length);
  });

  test("RUNNER-01: cancelled at the end of the run it ends, each task with its finally block", async () => {
    const log: number[] = [];
    const value = await run(
      of(function* () {
        void chain(log);
        yield* wait(sleep(1));
        return "main's result";
      }),
    );
    expect(value).toBe("main's result");
    expect(log).toHaveLength(length);
    expect(new Set(log)).toEqual(new Set([1]));
  });
});

describe.each(kinds)("a CancelledError, with $kind bodies", ({ of }) => {
  test.each<[string, string, () => Script<unknown>]>([
    ["a sleep", "main/worker", () => wait(sleep(10))],
    ["a future", "main/worker", () => wait(getRunningLoop().createFuture())],
    ["a task", "main/worker/1", () => wait(createTask(() => sleep(10)))],
    ["a gather", "main/worker/1", () => wait(gather([() => sleep(10)]))],
    ["an external call", "main/worker", () => wait(external(() => new Promise(() => undefined)))],
  ])(
    "CANCEL-08: out of %s carries the message, the time and the task that it first hit",
    async (_, path, script) => {
      const thrown: unknown[] = [];
      await run(
        of(function* () {
          const task = createTask(
            of(function* () {
              try {
                yield* script();
              } catch (error) {
                thrown.push(error);
                throw error;
              }
            }),
            { name: "worker" },
          );
          // A timer would never fire: an external call makes time stand still.
          for (let i = 0; i < 3; i++) yield* wait(sleep(0));
          task.cancel("enough");
          yield* wait(sleep(1));
        }),
        { start: 3 },
      );
      expect(thrown).toEqual([
        expect.objectContaining({
          constructor: CancelledError,
          message: "enough",
          time: 3,
          task: path,
        }),
      ]);
    },
  );
});
