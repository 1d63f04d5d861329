import { describe, expect, expectTypeOf, test } from "vitest";

import {
  coroutine,
  type Coroutine,
  createTask,
  currentTask,
  DeadlockError,
  type ExceptionContext,
  external,
  type Future,
  gather,
  getRunningLoop,
  isCancelled,
  Loop,
  now,
  race,
  run,
  runSync,
  shield,
  sleep,
  type Task,
  taskGroup,
  timeout,
  TimeoutError,
} from "../src/index.ts";
import { Wait, type WaitSource } from "../src/kit.ts";
import { driver } from "../src/context.ts";
import { journal } from "./journal.ts";
import { kinds, type Script, wait } from "./kinds.ts";
import { everySchedule, lastInFirstOut } from "./policies.ts";
import { followsAwaits } from "./host.ts";

const error = new Error("failed");

/** What `script` gives or throws, as a word, with the time at which it does. */
function* endOf(script: Script<unknown>): Script<string> {
  try {
    return `${String(yield* script)} at ${now()}`;
  } catch (thrown) {
    if (thrown instanceof TimeoutError) return `timeout at ${now()}`;
    return isCancelled(thrown) ? `cancelled at ${now()}` : `${String(thrown)} at ${now()}`;
  }
}

function pending<T>(): Future<T> {
  return getRunningLoop().createFuture<T>();
}

function settled<T>(value: T): Future<T> {
  const future = pending<T>();
  future.setResult(value);
  return future;
}

/** A wait that throws when it is tried, and writes down what happens to it. */
function failing(log: string[], at: "once" | "woken"): Coroutine<never> {
  const source: WaitSource<never> = {
    label: () => "failing()",
    attempt(self, woken) {
      log.push(`attempt ${woken}`);
      if (at === "once" || woken) throw error;
      self.arm(now() + 2);
      return false;
    },
    withdraw: () => void log.push("withdrawn"),
    subject: () => ({ kind: "failing", id: -1 }),
  };
  return new Wait(source);
}

describe.each(kinds)("race with $kind bodies", ({ of }) => {
  const runScript = <T>(script: () => Script<T>): Promise<T> => run(of(script));
  /** Sleeps; when it is cancelled it cleans up for so long, and then ends as `end` says. */
  const cleansUp = (log: string[], name: string, duration: number, end: () => unknown = () => 0) =>
    of(function* () {
      try {
        log.push(`${name} begins at ${now()}`);
        yield* wait(sleep(100));
      } catch (thrown) {
        yield* wait(sleep(duration));
        log.push(`${name} clean at ${now()}`);
        const value = end();
        if (value === 0) throw thrown;
        return value;
      }
      return name;
    });

  test("the first to end wins, with its value", () =>
    runScript(function* () {
      expect(yield* endOf(wait(race([sleep(5, "a"), sleep(3, "b"), pending()])))).toBe("b at 3");
    }));

  test("the first to end wins, with its error", () =>
    runScript(function* () {
      const future = pending<never>();
      getRunningLoop().callLater(2, () => future.setException(error));
      expect(yield* endOf(wait(race([sleep(5), future])))).toBe("Error: failed at 2");
      expect(yield* endOf(wait(sleep(1)))).toBe("undefined at 3");
    }));

  test("of one instant, the one that was ready first", () =>
    runScript(function* () {
      expect(yield* endOf(wait(race([sleep(3, "a"), sleep(3, "b")])))).toBe("a at 3");
      const [one, two] = [pending<string>(), pending<string>()];
      getRunningLoop().callLater(1, () => {
        two.setResult("two");
        one.setResult("one");
      });
      expect(yield* endOf(wait(race([one, two])))).toBe("two at 4");
    }));

  test("a loser's timer is taken back: it moves no time", async () => {
    const loop = new Loop();
    void loop.createTask(of(() => wait(race([sleep(50), sleep(2)]))));
    await loop.run();
    expect(loop.time()).toBe(2);
  });

  test("what is ready at once wins without a pass, and nothing after it is begun", () =>
    runScript(function* () {
      const log: string[] = [];
      const list = [sleep(1), settled("ready"), failing(log, "once"), cleansUp(log, "task", 0)];
      getRunningLoop().callSoon(() => log.push("a pass later"));
      expect(yield* endOf(wait(race(list)))).toBe("ready at 0");
      expect(log).toEqual([]);
      yield* wait(sleep(5));
      expect(log).toEqual(["a pass later"]);
    }));

  test("an attempt that throws decides it, at its beginning and later", () =>
    runScript(function* () {
      const log: string[] = [];
      expect(yield* endOf(wait(race([sleep(1), failing(log, "once")])))).toBe("Error: failed at 0");
      expect(yield* endOf(wait(race([sleep(9), failing(log, "woken")])))).toBe(
        "Error: failed at 2",
      );
      expect(yield* endOf(wait(race([failing(log, "woken"), sleep(1)])))).toBe("undefined at 3");
      expect(log).toEqual([
        "attempt false",
        "attempt false",
        "attempt true",
        "attempt false",
        "withdrawn",
      ]);
    }));

  test("a function runs as a task; one that loses is cancelled, and the race lasts until it has cleaned up", () =>
    runScript(function* () {
      const log: string[] = [];
      const list = [cleansUp(log, "one", 3), sleep(2, "won"), cleansUp(log, "two", 5)];
      expect(yield* endOf(wait(race(list)))).toBe("won at 7");
      expect(log).toEqual([
        "one begins at 0",
        "two begins at 0",
        "one clean at 5",
        "two clean at 7",
      ]);
    }));

  test("a function that wins: the others are withdrawn in the step in which the race goes on", () =>
    runScript(function* () {
      const value = of(function* () {
        yield* wait(sleep(1));
        return currentTask()?.path;
      });
      expect(yield* endOf(wait(race([value, sleep(4)])))).toBe("main/1 at 1");
    }));

  test("a task of the race that has ended comes before what was only woken in the same pass", () =>
    runScript(function* () {
      const future = pending<string>();
      const both = of(function* () {
        yield* wait(sleep(2));
        future.setResult("woken");
        return "ended";
      });
      expect(yield* endOf(wait(race([future, both])))).toBe("ended at 2");
    }));

  test("a composite coroutine runs as a task as well", () =>
    runScript(function* () {
      const made = coroutine(of(() => wait(sleep(4, "made"))));
      expect(yield* endOf(wait(race([timeout(2, sleep(9)), made()])))).toBe("timeout at 2");
      expect(yield* endOf(wait(race([made(), sleep(9)])))).toBe("made at 6");
    }));

  test("a future, a task or a gather that loses goes on", () =>
    runScript(function* () {
      const task = createTask(of(() => wait(sleep(5, "task"))));
      const both = gather([task, sleep(6, "other")]);
      const future = pending<string>();
      expect(yield* endOf(wait(race([task, both, future, sleep(1)])))).toBe("undefined at 1");
      expect(future.done()).toBe(false);
      expect(yield* endOf(wait(both))).toBe("task,other at 6");
    }));

  test("the same element twice counts once, a function each time (S5.11)", () =>
    runScript(function* () {
      let runs = 0;
      const once = of(function* () {
        runs++;
        yield* wait(sleep(1));
        return "once";
      });
      const nap = sleep(2);
      expect(yield* endOf(wait(race([once, nap, nap])))).toBe("once at 1");
      expect(runs).toBe(1);
      expect(yield* endOf(wait(race([once, once])))).toBe("once at 2");
      expect(runs).toBe(3);
    }));

  test("a race in a race is one race", () =>
    runScript(function* () {
      const log: string[] = [];
      const inner = race([sleep(3, "inner"), race([sleep(9), cleansUp(log, "task", 1)])]);
      expect(yield* endOf(wait(race([inner, sleep(5)])))).toBe("inner at 4");
      const late = race([sleep(5, "late"), cleansUp(log, "other", 2)]);
      expect(yield* endOf(wait(race([late, sleep(1, "outer")])))).toBe("outer at 7");
      expect(log).toEqual([
        "task begins at 0",
        "task clean at 4",
        "other begins at 4",
        "other clean at 7",
      ]);
    }));

  test("S5: it begins when it is awaited, and is used once", () =>
    runScript(function* () {
      const log: string[] = [];
      const racing = race([cleansUp(log, "task", 0), sleep(2, "won")]);
      yield* wait(sleep(5));
      expect(log).toEqual([]);
      expect(yield* endOf(wait(racing))).toBe("won at 7");
      expect(yield* endOf(wait(racing))).toMatch(/race\(…\) was awaited a second time/);
      expect(yield* endOf(wait(race([sleep(1), racing])))).toMatch(/awaited a second time/);
      const nap = sleep(1);
      yield* wait(nap);
      expect(yield* endOf(wait(race([sleep(1), nap])))).toMatch(/sleep\(1\) was awaited a second/);
    }));

  test("it can be a task, the body of a timeout, and an element of gather", () =>
    runScript(function* () {
      expect(yield* endOf(wait(createTask(race([sleep(1, "task")]))))).toBe("task at 1");
      expect(yield* endOf(wait(timeout(2, race([sleep(9), pending()]))))).toBe("timeout at 3");
      expect(yield* endOf(wait(gather([race([sleep(1, "one")]), sleep(2)])))).toBe("one, at 5");
    }));

  test("FUT-09: what a loser throws while it cleans up is reported at the end; a second loser's error is not", async () => {
    const reports: string[] = [];
    const exceptionHandler = (_: unknown, { message }: ExceptionContext): void => {
      reports.push(message);
    };
    const main = of(function* () {
      const raise = (): never => {
        throw error;
      };
      const failed = of(function* () {
        yield* wait(sleep(1));
        raise();
      });
      expect(yield* endOf(wait(race([failed, failed.bind(null)])))).toBe("Error: failed at 1");
      const list = [cleansUp([], "loser", 1, raise), sleep(1, "won")];
      expect(yield* endOf(wait(race(list)))).toBe("won at 3");
    });
    await run(main, { exceptionHandler });
    expect(reports).toEqual(["Task exception was never retrieved: main/3"]);
  });

  describe("cancellation", () => {
    /** A task that runs `script` and writes down how that ends. */
    const running = (script: () => Script<unknown>): Task<string> =>
      createTask(of(() => endOf(script())));

    test("CANCEL-03: cancelling the task cancels all of it: waits, futures, tasks; it ends when the tasks have", () =>
      runScript(function* () {
        const log: string[] = [];
        const [future, task] = [pending(), createTask(cleansUp(log, "given", 4))];
        const list = [sleep(50), future, task, shield(sleep(9)), cleansUp(log, "made", 6)];
        const waiter = running(() => wait(race(list)));
        yield* wait(sleep(1));
        waiter.cancel();
        expect(yield* wait(waiter)).toBe("cancelled at 7");
        expect([future.cancelled(), task.cancelled()]).toEqual([true, true]);
        expect(log.slice(2)).toEqual(["given clean at 5", "made clean at 7"]);
      }));

    test("CANCEL-11: a second cancellation does not interrupt the cleanup, and is one with the first", () =>
      runScript(function* () {
        const log: string[] = [];
        const waiter = running(function* () {
          const end = yield* endOf(wait(race([sleep(50), cleansUp(log, "made", 6)])));
          return `${end}, ${yield* endOf(wait(sleep(1, "slept")))}`;
        });
        yield* wait(sleep(1));
        waiter.cancel();
        yield* wait(sleep(1));
        waiter.cancel();
        expect(yield* wait(waiter)).toBe("cancelled at 7, slept at 8 at 8");
        expect(log.at(-1)).toBe("made clean at 7");
      }));

    test("CANCEL-11: what the cancellation has reached already is not cancelled again for having lost", () =>
      runScript(function* () {
        const log: string[] = [];
        const waiter = running(() => wait(race([cleansUp(log, "made", 6), sleep(50)])));
        yield* wait(sleep(1));
        waiter.cancel();
        expect(yield* wait(waiter)).toBe("cancelled at 7");
        expect(log).toEqual(["made begins at 0", "made clean at 7"]);
      }));

    test("CANCEL-04: a task of it that swallows the cancellation wins with its value", () =>
      runScript(function* () {
        const waiter = running(() => wait(race([cleansUp([], "made", 1, () => "nevertheless")])));
        yield* wait(sleep(1));
        waiter.cancel();
        expect(yield* wait(waiter)).toBe("nevertheless at 2");
      }));

    test("S6: cancelled after it is decided, it gives the winner's value, and the next wait is cancelled", () =>
      runScript(function* () {
        const waiter = running(function* () {
          const value = yield* wait(race([sleep(2, "won"), cleansUp([], "made", 5)]));
          return `${String(value)} at ${now()}, ${yield* endOf(wait(sleep(1)))}`;
        });
        yield* wait(sleep(4));
        waiter.cancel();
        expect(yield* wait(waiter)).toBe("won at 7, cancelled at 7 at 7");
      }));

    test("S6: a task that ends with the race then is cancelled: no request is forgotten", () =>
      runScript(function* () {
        const task = createTask(of(() => wait(race([sleep(2), cleansUp([], "made", 5)]))));
        yield* wait(sleep(4));
        task.cancel();
        expect(yield* endOf(wait(task))).toBe("cancelled at 7");
      }));

    test("TIMEOUT-09: a deadline after it is decided leaves the value as it is", () =>
      runScript(function* () {
        const list = [sleep(2, "won"), cleansUp([], "made", 5)];
        expect(yield* endOf(wait(timeout(4, race(list))))).toBe("won at 7");
        expect(currentTask()?.cancelling()).toBe(0);
        expect(yield* endOf(wait(sleep(1, "slept")))).toBe("slept at 8");
      }));

    test.runIf(followsAwaits)(
      "S13: a timeout in the same task, beside it, is not its business",
      () =>
        run(async () => {
          const beside = timeout(2, () => sleep(9)).toPromise();
          const ends = await Promise.allSettled([beside, race([sleep(5, "won"), pending()])]);
          expect(ends.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
          expect(now()).toBe(5);
        }),
    );

    test("CANCEL-09: a cancellation that is owed is not spent on a race that is ready at once", () =>
      runScript(function* () {
        const waiter = running(function* () {
          currentTask()?.cancel();
          const value = yield* wait(race([sleep(1, "late"), settled("ready")]));
          return `${value}, ${yield* endOf(wait(sleep(1)))}`;
        });
        expect(yield* wait(waiter)).toBe("ready, cancelled at 0 at 0");
      }));

    test("CANCEL-08, -09: owed, it ends a race that waits, with its message, in any order", async () => {
      const ends = await everySchedule((policy) =>
        run(
          of(function* () {
            const future = pending<string>();
            let begun = false;
            const waiter = createTask(
              of(function* () {
                begun = true;
                currentTask()?.cancel("why");
                try {
                  return yield* wait(race([future, sleep(0), sleep(1)]));
                } catch (thrown) {
                  return (thrown as Error).message;
                }
              }),
            );
            yield* wait(sleep(0));
            if (begun && !future.done()) future.setResult("settled");
            return yield* wait(waiter);
          }),
          { policy },
        ),
      );
      expect(ends.length).toBeGreaterThan(1);
      expect(new Set(ends)).toEqual(new Set(["why"]));
    });

    test("CANCEL-10: uncancel takes it back from a wait of the race that was woken", () =>
      runScript(function* () {
        const future = pending<string>();
        const waiter = running(() => wait(race([sleep(9), future])));
        yield* wait(sleep(1));
        future.setResult("settled");
        waiter.cancel();
        waiter.uncancel();
        expect(yield* wait(waiter)).toMatch(/at 1/);
      }));

    test("CANCEL-15: an element that somebody else has cancelled: a CancelledError, and the losers clean up", () =>
      runScript(function* () {
        const future = pending();
        getRunningLoop().callLater(2, () => void future.cancel());
        const log: string[] = [];
        const end = yield* endOf(wait(race([future, cleansUp(log, "made", 3)])));
        expect([end, log.at(-1)]).toEqual(["cancelled at 5", "made clean at 5"]);
        expect(currentTask()?.cancelling()).toBe(0);
      }));

    test("CANCEL-17: a race in a ring of tasks ends when one of them is cancelled", () =>
      runScript(function* () {
        const ring: Task<string>[] = [];
        for (let i = 0; i < 3; i++) {
          ring.push(
            running(function* () {
              yield* wait(sleep(1));
              const next = ring[(i + 1) % 3];
              return yield* wait(race([next ?? pending(), pending()]));
            }),
          );
        }
        yield* wait(sleep(2));
        ring[1]?.cancel();
        yield* wait(sleep(1));
        expect(ring.map((task) => task.done())).toEqual([true, true, true]);
      }));
  });

  test("S13: when its task ends before it does, it takes nothing more, and its tasks are cancelled", async () => {
    const log: string[] = [];
    const loop = new Loop();
    const future = loop.createFuture();
    void loop.createTask(
      of(function* () {
        void race([sleep(50), future, cleansUp(log, "made", 1)]).toPromise();
        yield* wait(sleep(2));
      }),
    );
    await loop.run();
    expect(log).toEqual(["made begins at 0", "made clean at 3"]);
    expect([loop.time(), future.done()]).toEqual([3, false]);
  });

  test.runIf(followsAwaits)("S13.1: a task may have several races going on", () =>
    run(async () => {
      const slow = of(function* () {
        yield* wait(sleep(100));
      });
      const ends = Promise.all([
        race([sleep(3, "a"), slow]),
        race([sleep(2, "b"), pending()]),
        timeout(1, race([slow, pending()]))
          .toPromise()
          .catch(() => "timed out"),
      ]);
      expect([await ends, now()]).toEqual([["a", "b", "timed out"], 3]);
    }),
  );

  test("TG-02: a task group whose task fails cancels a race in its body", () =>
    runScript(function* () {
      const log: string[] = [];
      const failed = of(function* () {
        yield* wait(sleep(2));
        throw error;
      });
      const group = taskGroup((its): unknown => {
        void its.createTask(failed);
        return of(() => wait(race([sleep(50), cleansUp(log, "made", 3)])))();
      });
      expect(yield* endOf(wait(group))).toMatch(/unhandled errors in a TaskGroup .* at 5/);
      expect(log.at(-1)).toBe("made clean at 5");
    }));

  test("S7: a deadlock report lists all that it waits for", async () => {
    const end = run(
      of(function* () {
        const stuck = createTask(() => pending(), { name: "stuck" });
        yield* wait(race([stuck, pending(), of(() => wait(pending()))]));
      }),
    );
    await expect(end).rejects.toBeInstanceOf(DeadlockError);
    await expect(end).rejects.toMatchObject({
      blocked: [
        { task: "main", waits: [{ kind: "task" }, { kind: "future" }, { kind: "task" }] },
        { task: "main/stuck" },
        { task: "main/1" },
      ],
    });
  });

  test("S7: a cleanup that never ends is named in the report, and run ends nevertheless", async () => {
    const end = run(
      of(function* () {
        const stubborn = of(function* () {
          try {
            yield* wait(sleep(100));
          } finally {
            yield* wait(pending());
          }
        });
        yield* wait(race([sleep(1), stubborn]));
      }),
    );
    await expect(end).rejects.toMatchObject({
      message: expect.stringContaining(
        "`main` waits for race, which is decided, for the cleanup of `main/1`",
      ),
    });
  });

  test("S8: with a probe and without, and twice, it takes the same course", async () => {
    const main = of(function* () {
      const log: string[] = [];
      yield* wait(race([sleep(2), cleansUp(log, "made", 1), pending()]));
      yield* endOf(wait(timeout(1, race([sleep(9), cleansUp(log, "other", 2)]))));
      return [...log, now()];
    });
    const runs = [journal(), journal()];
    const results = await Promise.all(runs.map(({ probe }) => run(main, { probes: [probe] })));
    expect(results).toEqual([await run(main), await run(main)]);
    expect(runs[0]?.lines).toEqual(runs[1]?.lines);
  });

  test("S8: a probe that throws when a loser is cancelled stops the run, and nothing goes on", async () => {
    const log: string[] = [];
    const probe = {
      cancel(): void {
        throw new Error("probe");
      },
    };
    const end = run(
      of(function* () {
        yield* wait(race([sleep(1), cleansUp(log, "made", 1)]));
        log.push("went on");
      }),
      { probes: [probe] },
    );
    await expect(end).rejects.toThrow("probe");
    expect(log).toEqual(["made begins at 0"]);
  });

  test("S10: last in, first out, the one that goes on first wins", () =>
    run(
      of(function* () {
        expect(yield* endOf(wait(race([sleep(3, "a"), sleep(3, "b")])))).toBe("b at 3");
      }),
      { policy: lastInFirstOut() },
    ));

  test("in debug mode nothing of a race counts as forgotten", async () => {
    const reports: string[] = [];
    const main = of(function* () {
      yield* wait(race([sleep(1), settled(1), sleep(2)]));
      yield* wait(race([race([sleep(1), pending()]), sleep(2)]));
    });
    await run(main, { debug: true, slowStepMs: Infinity, log: (text) => void reports.push(text) });
    expect(reports).toEqual([]);
  });

  test("in debug mode a race that nobody awaits is reported", async () => {
    const reports: string[] = [];
    const main = of(function* () {
      void race([pending()]);
      yield* [];
    });
    await run(main, { debug: true, slowStepMs: Infinity, log: (text) => void reports.push(text) });
    expect(reports.join()).toContain("race(…) was never awaited");
  });
});

test("S4.11: where nothing follows awaits, a race in a timeout is cancelled by it", async () => {
  const { storage } = driver;
  // As in a browser, which has no AsyncLocalStorage.
  Object.assign(driver, { storage: null });
  try {
    const ends = await run(async () => {
      const body = async (): Promise<string> => {
        await race([sleep(1), pending()]);
        return race([sleep(100, "late"), pending<string>()]).toPromise();
      };
      const thrown: unknown = await timeout(5, body)
        .toPromise()
        .catch((caught: unknown) => caught);
      await sleep(10);
      return [thrown instanceof TimeoutError, await race([sleep(9), sleep(2, "won")]), now()];
    });
    expect(ends).toEqual([true, "won", 17]);
  } finally {
    Object.assign(driver, { storage });
  }
});

test("an external call that loses is told to abort", () =>
  run(async () => {
    let aborted = false;
    const call = external(
      (signal) =>
        new Promise<string>(() => {
          signal.addEventListener("abort", () => {
            aborted = true;
          });
        }),
    );
    expect(await race([call, sleep(0, "gave up")])).toBe("gave up");
    expect(aborted).toBe(true);
    await sleep(5);
    expect(now()).toBe(5);
  }));

describe("what race refuses", () => {
  test("an empty list, which would never end", () => {
    expect(() => race([])).toThrow(RangeError);
  });

  test("promises and what is no list", () => {
    expect(() => race([Promise.resolve(1) as never])).toThrow(/give the function itself/);
    expect(() => race(sleep(1) as never)).toThrow(/`race\(\[a, b\]\)`/);
  });

  test("a callback, which cannot wait", () =>
    run(async () => {
      const thrown: Promise<unknown> = new Promise((resolve) => {
        getRunningLoop().callSoon(() => race([sleep(1)]).then(resolve, resolve));
      });
      await sleep(1);
      expect(await thrown).toMatchObject({ code: "ERR_NO_TASK" });
    }));

  test("futures of another loop: the race ends with that error", () =>
    run(async () => {
      const foreign = new Loop().createFuture();
      await expect(race([sleep(1), foreign]).toPromise()).rejects.toMatchObject({
        code: "ERR_OTHER_LOOP",
      });
    }));
});

test("race works under runSync", () => {
  const result = runSync(function* () {
    const slow = function* () {
      try {
        yield* sleep(100);
      } finally {
        yield* sleep(3);
      }
    };
    return [yield* race([slow, sleep(2, "won")]), now()];
  });
  expect(result).toEqual(["won", 5]);
});

test("the types of the elements come through", () =>
  run(async () => {
    const racing = race([sleep(1, 1), async () => "x", createTask(async () => true)]);
    expectTypeOf(racing).toEqualTypeOf<Coroutine<number | string | boolean>>();
    const flow = function* () {
      return yield* sleep(1, "y" as const);
    };
    expectTypeOf(await race([flow, race([sleep(1, 2)])])).toEqualTypeOf<"y" | number>();
    await racing;
  }));
