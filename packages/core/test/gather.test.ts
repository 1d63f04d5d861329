import { describe, expect, expectTypeOf, test } from "vitest";

import {
  CancelledError,
  createTask,
  currentTask,
  DeadlockError,
  type ExceptionContext,
  type Future,
  gather,
  getRunningLoop,
  isCancelled,
  Loop,
  now,
  run,
  shield,
  sleep,
  type Task,
} from "../src/index.ts";
import { kinds, type Script, wait } from "./kinds.ts";

const error = new Error("first");

/** What `script` throws, with the time at which it does. */
function* thrownBy(script: Script<unknown>): Script<readonly [unknown, number]> {
  try {
    yield* script;
  } catch (thrown) {
    return [thrown, now()];
  }
  throw new Error("nothing was thrown");
}

describe.each(kinds)("gather with $kind bodies", ({ of }) => {
  const after = <T>(delay: number, value: T) =>
    of(function* () {
      yield* wait(sleep(delay));
      return value;
    });
  const failsAfter = (delay: number, thrown: unknown = error) =>
    of(function* () {
      yield* wait(sleep(delay));
      throw thrown;
    });
  /** Sleeps long; when cancelled it cleans up for so long, and then ends or throws. */
  const cleansUp = (log: string[], name: string, duration: number, swallows = false) =>
    of(function* () {
      try {
        yield* wait(sleep(1000));
      } catch (thrown) {
        log.push(`${name} cancelled at ${now()}`);
        yield* wait(sleep(duration));
        log.push(`${name} clean at ${now()}`);
        if (!swallows) throw thrown;
      }
      return name;
    });

  test("GATHER-01: results stand in the order of the list, whichever ends first", async () => {
    const result = await run(
      of(function* () {
        const done = getRunningLoop().createFuture<string>();
        done.setResult("future");
        const task = createTask(after(1, "task"));
        const all = gather([
          after(3, "slow"),
          done,
          after(2, "quick"),
          task,
          sleep(0, "coroutine"),
        ]);
        return [yield* wait(all), now()];
      }),
    );
    expect(result).toEqual([["slow", "future", "quick", "task", "coroutine"], 3]);
  });

  test("GATHER-11: functions and coroutines become tasks in the order of the list", async () => {
    const log: string[] = [];
    const note = (name: string) =>
      of(function* () {
        log.push(`${name} ${currentTask()?.path}`);
        yield* wait(sleep(0));
      });
    await run(
      of(function* () {
        yield* wait(gather([note("a"), note("b"), note("c")]));
      }),
    );
    expect(log).toEqual(["a main/1", "b main/2", "c main/3"]);
  });

  test("GATHER-02: of nothing it is done at once, with an empty list", async () => {
    await run(
      of(function* () {
        const all = gather([]);
        expect(all.done()).toBe(true);
        expect(all.result()).toEqual([]);
        expect(yield* wait(all)).toEqual([]);
      }),
    );
  });

  test("GATHER-03: the first error comes out at once, and the others go on", async () => {
    const log: string[] = [];
    await run(
      of(function* () {
        const slow = of(function* () {
          yield* wait(sleep(5));
          log.push(`slow at ${now()}`);
        });
        const caught = yield* thrownBy(wait(gather([slow, failsAfter(2), after(1, 1)])));
        expect(caught).toEqual([error, 2]);
        expect(caught[0]).toBe(error);
        yield* wait(sleep(10));
      }),
    );
    expect(log).toEqual(["slow at 5"]);
  });

  test("GATHER-09: errors of the others, later, are swallowed and not reported", async () => {
    const contexts: ExceptionContext[] = [];
    await run(
      of(function* () {
        const all = gather([failsAfter(1), failsAfter(2, new Error("second")), failsAfter(1)]);
        expect((yield* thrownBy(wait(all)))[0]).toBe(error);
        yield* wait(sleep(5));
      }),
      { exceptionHandler: (_, context) => void contexts.push(context) },
    );
    expect(contexts).toEqual([]);
  });

  test("GATHER-04: returnExceptions waits for all and gives each its outcome", async () => {
    await run(
      of(function* () {
        const cancelled = createTask(after(100, 0));
        getRunningLoop().callLater(1, () => void cancelled.cancel());
        const list = [after(3, "ok"), failsAfter(2), cancelled] as const;
        const [ok, failed, stopped] = yield* wait(gather(list, { returnExceptions: true }));
        expect(now()).toBe(3);
        expect(ok).toEqual({ status: "fulfilled", value: "ok" });
        expect(failed).toEqual({ status: "rejected", reason: error });
        expect(stopped).toMatchObject({ status: "rejected" });
        expect(isCancelled((stopped as PromiseRejectedResult).reason)).toBe(true);
      }),
    );
  });

  test("GATHER-05: a cancelled child is an error: siblings go on, and the awaiter is not cancelled", async () => {
    await run(
      of(function* () {
        const child = createTask(after(100, 0));
        const sibling = createTask(after(5, "sibling"));
        getRunningLoop().callLater(2, () => void child.cancel());
        const [thrown, time] = yield* thrownBy(wait(gather([sibling, child])));
        expect(isCancelled(thrown)).toBe(true);
        expect(time).toBe(2);
        expect(yield* wait(sibling)).toBe("sibling");
        expect(sibling.cancelled()).toBe(false);
      }),
    );
  });

  test("GATHER-06: cancelled, it cancels all children at once, in order, and ends with the first of them", async () => {
    const log: string[] = [];
    await run(
      of(function* () {
        const waiter = createTask(
          of(function* () {
            const caught = yield* thrownBy(
              wait(gather([cleansUp(log, "a", 4), cleansUp(log, "b", 1), cleansUp(log, "c", 2)])),
            );
            log.push(`waiter ${caught[0] instanceof CancelledError} at ${caught[1]}`);
          }),
        );
        yield* wait(sleep(10));
        waiter.cancel();
        yield* wait(sleep(20));
      }),
    );
    expect(log).toEqual([
      "a cancelled at 10",
      "b cancelled at 10",
      "c cancelled at 10",
      "b clean at 11",
      "waiter true at 11",
      "c clean at 12",
      "a clean at 14",
    ]);
  });

  test("GATHER-06: cancel() of the gather itself does the same, and it is not done at once", async () => {
    const log: string[] = [];
    await run(
      of(function* () {
        const all = gather([cleansUp(log, "a", 1), cleansUp(log, "b", 1)]);
        yield* wait(sleep(10));
        expect(all.cancel()).toBe(true);
        expect([all.done(), all.cancelled()]).toEqual([false, false]);
        const [thrown, time] = yield* thrownBy(wait(all));
        expect([isCancelled(thrown), time]).toEqual([true, 11]);
      }),
    );
    expect(log.slice(0, 2)).toEqual(["a cancelled at 10", "b cancelled at 10"]);
  });

  test("GATHER-06: it ends with the exception of the child, as in CPython, and does not count as cancelled", () =>
    run(
      of(function* () {
        const all = gather([after(50, 0), after(60, 0)]);
        const settled = gather([after(50, 0)], { returnExceptions: true });
        yield* wait(sleep(1));
        all.cancel();
        settled.cancel();
        yield* wait(sleep(1));
        for (const future of [all, settled]) {
          expect([future.done(), future.cancelled()]).toEqual([true, false]);
          expect(isCancelled(future.exception())).toBe(true);
        }
      }),
    ));

  test("GATHER-07: with returnExceptions it ends when all have ended, still as cancelled", async () => {
    const log: string[] = [];
    await run(
      of(function* () {
        const list = [cleansUp(log, "a", 4), cleansUp(log, "b", 1)];
        const all = gather(list, { returnExceptions: true });
        getRunningLoop().callLater(10, () => void all.cancel());
        const [thrown, time] = yield* thrownBy(wait(all));
        expect([isCancelled(thrown), time]).toEqual([true, 14]);
      }),
    );
    expect(log).toHaveLength(4);
  });

  test("GATHER-08: the same coroutine or task twice runs once and stands twice", async () => {
    let runs = 0;
    const once = of(function* () {
      yield* wait(sleep(1));
      return ++runs;
    });
    const result = await run(
      of(function* () {
        const [coroutine, task] = [sleep(2, "coroutine"), createTask(once)];
        return yield* wait(gather([task, coroutine, task, coroutine]));
      }),
    );
    expect(result).toEqual([1, "coroutine", 1, "coroutine"]);
  });

  test("S5.11: a function is called for each place where it stands", async () => {
    let runs = 0;
    const worker = of(function* () {
      const number = ++runs;
      yield* wait(sleep(1));
      return number;
    });
    const result = await run(
      of(function* () {
        const coroutine = sleep(2, "coroutine");
        return yield* wait(gather([worker, coroutine, worker, coroutine, worker]));
      }),
    );
    expect(result).toEqual([1, "coroutine", 2, "coroutine", 3]);
  });

  test("GATHER-10: if all children swallow the cancellation it is cancelled nevertheless", async () => {
    const log: string[] = [];
    await run(
      of(function* () {
        const all = gather([cleansUp(log, "a", 0, true), cleansUp(log, "b", 2, true)]);
        getRunningLoop().callLater(10, () => void all.cancel());
        const [thrown, time] = yield* thrownBy(wait(all));
        expect([isCancelled(thrown), time]).toEqual([true, 12]);
      }),
    );
    expect(log).toHaveLength(4);
  });

  test("TASK-11: with returnExceptions, exceptions count as seen when all have ended, and not before", async () => {
    const reports: string[] = [];
    const exceptionHandler = (_: unknown, { message }: ExceptionContext): void => {
      reports.push(message);
    };
    const main = of(function* () {
      const never = getRunningLoop().createFuture();
      void gather([failsAfter(1), never], { returnExceptions: true });
      yield* wait(gather([failsAfter(1), after(2, 0)], { returnExceptions: true }));
    });
    await run(main, { exceptionHandler });
    expect(reports).toEqual(["Task exception was never retrieved: main/1"]);
  });

  test("GATHER-12: children that are done take no pass", async () => {
    await run(
      of(function* () {
        const loop = getRunningLoop();
        const done = loop.createFuture<number>();
        const failed = loop.createFuture<number>();
        done.setResult(1);
        failed.setException(error);
        const good = gather([done, done]);
        const bad = gather([done, failed]);
        expect([good.done(), bad.done()]).toEqual([true, true]);
        expect(good.result()).toEqual([1, 1]);
        expect(bad.exception()).toBe(error);
        yield* wait(good);
      }),
    );
  });

  test("GATHER-13: cancel() after it is done answers false and leaves the children alone", async () => {
    await run(
      of(function* () {
        const slow = createTask(after(5, "slow"));
        const all = gather([slow, failsAfter(1)]);
        yield* thrownBy(wait(all));
        expect(all.cancel()).toBe(false);
        expect(yield* wait(slow)).toBe("slow");
      }),
    );
  });
});

test("gather of futures of a stopped loop works outside a run", async () => {
  const loop = new Loop();
  const futures = [1, 2].map((n) => loop.createTask(() => sleep(n, n)));
  const all = gather(futures);
  expect(await loop.runUntilComplete(all)).toEqual([1, 2]);
});

describe.each(kinds)("a ring of tasks through gather, with $kind bodies", ({ of }) => {
  /** Tasks of which each waits for the next through a gather, and the last for the first. */
  function ring(length: number, log: string[]): Task<unknown>[] {
    const tasks: Task<unknown>[] = [];
    for (let i = 0; i < length; i++) {
      const body = of(function* () {
        try {
          yield* wait(sleep(1));
          yield* wait(gather(tasks.filter((_, j) => j === (i + 1) % length)));
        } finally {
          log.push(`${i} at ${now()}`);
        }
      });
      tasks.push(createTask(body));
    }
    return tasks;
  }

  test.each([1, 2, 3])(
    "S7: of %i is a deadlock, after which their finally blocks run",
    async (length) => {
      const log: string[] = [];
      const end = run(
        of(function* () {
          yield* wait(gather(ring(length, log)));
        }),
      );
      await expect(end).rejects.toBeInstanceOf(DeadlockError);
      const all = Array.from({ length }, (_, i) => `${i} at 1`);
      expect(log.toSorted()).toEqual(all);
    },
  );

  test.each([1, 2, 3])("CANCEL-17: of %i ends when one of them is cancelled", (length) =>
    run(
      of(function* () {
        const log: string[] = [];
        const tasks = ring(length, log);
        yield* wait(sleep(2));
        expect(tasks[0]?.cancel()).toBe(true);
        yield* wait(sleep(1));
        expect(tasks.map((task) => task.cancelled())).toEqual(tasks.map(() => true));
        expect(log).toHaveLength(length);
      }),
    ),
  );

  /** A task that gathers another, which awaits the first. */
  function halfRing(log: string[]): { gathers: Task<unknown>; awaits: Task<unknown> } {
    const link = (name: string, next: () => Script<unknown>) =>
      of(function* () {
        try {
          yield* wait(sleep(1));
          yield* next();
        } finally {
          log.push(`${name} at ${now()}`);
        }
      });
    let awaits: Task<unknown>;
    const gathers: Task<unknown> = createTask(link("gathers", () => wait(gather([awaits]))));
    awaits = createTask(link("awaits", () => wait(gathers)));
    return { gathers, awaits };
  }

  test.each(["gathers", "awaits"] as const)(
    "CANCEL-17: half of it through gather, it ends when the task that %s is cancelled",
    (which) =>
      run(
        of(function* () {
          const log: string[] = [];
          const ringed = halfRing(log);
          yield* wait(sleep(2));
          expect(ringed[which].cancel()).toBe(true);
          yield* wait(sleep(1));
          expect([ringed.gathers.cancelled(), ringed.awaits.cancelled()]).toEqual([true, true]);
          expect(log.toSorted()).toEqual(["awaits at 2", "gathers at 2"]);
        }),
      ),
  );

  test("S7: half of it through gather, it is a deadlock, after which the finally blocks run", async () => {
    const log: string[] = [];
    const end = run(
      of(function* () {
        yield* wait(halfRing(log).awaits);
      }),
    );
    await expect(end).rejects.toBeInstanceOf(DeadlockError);
    expect(log.toSorted()).toEqual(["awaits at 1", "gathers at 1"]);
  });

  test("CANCEL-17: with returnExceptions it ends as well", () =>
    run(
      of(function* () {
        let self: Task<unknown>;
        self = createTask(
          of(function* () {
            yield* wait(sleep(1));
            yield* wait(gather([self, of(() => wait(sleep(1000)))], { returnExceptions: true }));
          }),
        );
        yield* wait(sleep(2));
        self.cancel();
        yield* wait(sleep(1));
        expect(self.cancelled()).toBe(true);
      }),
    ));

  test("CANCEL-17: the other children of a gather in the ring are cancelled as well", () =>
    run(
      of(function* () {
        let self: Task<unknown>;
        const log: string[] = [];
        const sibling = of(function* () {
          try {
            yield* wait(sleep(1000));
          } finally {
            log.push(`sibling at ${now()}`);
          }
        });
        self = createTask(
          of(function* () {
            yield* wait(sleep(1));
            yield* wait(gather([self, sibling]));
          }),
        );
        yield* wait(sleep(2));
        self.cancel();
        yield* wait(sleep(1));
        expect([self.cancelled(), log]).toEqual([true, ["sibling at 2"]]);
      }),
    ));
});

test.each(["first", "last"])(
  "S12: a future of another loop is refused as the %s element, and says so",
  async (place) => {
    const other = new Loop();
    const foreign = other.createFuture({ name: "foreign" });
    await run(async () => {
      const own = createTask(() => sleep(1));
      const list = place === "first" ? [foreign, own] : [own, foreign];
      expect(() => gather(list)).toThrow(
        expect.objectContaining({
          code: "ERR_OTHER_LOOP",
          message: expect.stringContaining("`foreign`"),
        }),
      );
    });
    expect(foreign.done()).toBe(false);
  },
);

test("S7: a ring through a gather in a gather, and a shield, is found", async () => {
  const main = run(async () => {
    let two: Task<unknown>;
    const one: Task<unknown> = createTask(() => gather([gather([two])]), { name: "one" });
    two = createTask(() => shield(one), { name: "two" });
    await sleep(1);
    await getRunningLoop().createFuture();
  });
  await expect(main).rejects.toMatchObject({ cycle: ["main/one", "main/two"] });
});

test("the types of the elements come through", () =>
  run(async () => {
    const flow = function* () {
      return yield* sleep(1, "flow");
    };
    const list = [createTask(async () => 1), async () => "x", flow, sleep(1, true)] as const;
    const all = gather(list);
    expectTypeOf(all).toEqualTypeOf<Future<[number, string, string, boolean]>>();
    const [number, text] = await all;
    expectTypeOf(number).toEqualTypeOf<number>();
    expectTypeOf(text).toEqualTypeOf<string>();
    const settled = gather([async () => 1, sleep(1, "x")], { returnExceptions: true });
    expectTypeOf(settled).toEqualTypeOf<
      Future<[PromiseSettledResult<number>, PromiseSettledResult<string>]>
    >();
    const tasks = [1, 2].map((value) => createTask(async () => value));
    expectTypeOf(await gather(tasks)).toEqualTypeOf<number[]>();
    await settled;
  }));
