import { createTask, now, run, runSync, simulate, sleep } from "@tickless/core";
import { createRequire } from "node:module";
import * as nodeTimers from "node:timers";
import { setTimeout as importedBefore } from "node:timers";
import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { virtualize } from "../src/index.ts";
import { Log, pause, virtual } from "./world.ts";

/** What `probe` answers of the real timers and of the virtual ones. */
async function both<T>(probe: () => T): Promise<{ readonly real: T; readonly virtual: T }> {
  return { real: probe(), virtual: await virtual(() => probe()) };
}

const savedBefore = setTimeout;

const any = (value: unknown): never => value as never;

/** An async function where one is expected that answers nothing. */
const lax = (fn: () => unknown): (() => void) => fn;

function thrownBy(call: () => unknown): unknown {
  try {
    call();
    return "nothing";
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    return { name, message, code };
  }
}

describe("A1.5: what timers are is what Node's are", () => {
  test("the functions have Node's names and lengths", async () => {
    const names = () =>
      [setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate].map(
        ({ name, length }) => [name, length],
      );
    const seen = await both(names);
    expect(seen.virtual).toEqual(seen.real);
  });

  test.each([
    ["setTimeout", () => setTimeout(() => undefined, 5)],
    ["setInterval", () => setInterval(() => undefined, 5)],
  ])("%s answers a Timeout with Node's methods", async (_, make) => {
    const probe = () => {
      const timer = make();
      try {
        const seen = [
          timer.constructor.name,
          typeof timer,
          timer.hasRef(),
          timer.unref() === timer,
          timer.hasRef(),
          timer.ref() === timer,
          timer.hasRef(),
          timer.refresh() === timer,
          typeof timer[Symbol.toPrimitive](),
          // oxlint-disable-next-line typescript/no-unnecessary-type-conversion -- that is what is tested
          timer[Symbol.toPrimitive]() === Number(timer),
          typeof timer[Symbol.dispose],
          timer.close() === timer,
          timer.hasRef(),
          timer.refresh() === timer,
          timer.unref().hasRef(),
        ];
        return seen;
      } finally {
        clearTimeout(timer);
      }
    };
    const seen = await both(probe);
    expect(seen.virtual).toEqual(seen.real);
  });

  test("setImmediate answers an Immediate with Node's methods", async () => {
    const probe = () => {
      const immediate = setImmediate(() => undefined);
      const seen = [
        immediate.constructor.name,
        immediate.hasRef(),
        immediate.unref() === immediate,
        immediate.hasRef(),
        immediate.ref() === immediate,
        typeof immediate[Symbol.dispose],
        clearImmediate(immediate),
        immediate.hasRef(),
      ];
      return seen;
    };
    const seen = await both(probe);
    expect(seen.virtual).toEqual(seen.real);
  });

  test("A3.3: the console shows a timer by its name and state, as deep as it is asked to", async () => {
    const seen = await virtual(async () => {
      const tick = (): void => undefined;
      const interval = setInterval(tick, 5).unref();
      const immediate = setImmediate(tick);
      clearImmediate(immediate);
      const shown = [interval, immediate, { interval }].map((value, i) =>
        inspect(value, { depth: i === 2 ? 0 : 2, breakLength: Infinity }),
      );
      return [...shown, JSON.stringify(interval), Object.keys(interval).length];
    });
    expect(seen).toEqual([
      "Timeout { name: 'main/setInterval-1', delayMs: 5, repeats: true, pending: true, ref: false, callback: [Function: tick] }",
      "Immediate { name: 'main/setImmediate-1', pending: false, ref: false, callback: [Function: tick] }",
      "{ interval: [Timeout] }",
      "{}",
      0,
    ]);
  });

  test.each([undefined, null, "code", 5, {}])("callback %s: Node's own error", async (given) => {
    const probe = () =>
      [setTimeout, setInterval, setImmediate].map((make) => thrownBy(() => make(any(given), 1)));
    const seen = await both(probe);
    expect(seen.virtual).toEqual(seen.real);
    expect(seen.virtual[0]).toMatchObject({ code: "ERR_INVALID_ARG_TYPE" });
  });

  test("a delay that is no number in the end: the engine's own error", async () => {
    const probe = () =>
      [1n, Symbol("5")].map((delay) => thrownBy(() => setTimeout(() => undefined, delay as never)));
    const seen = await both(probe);
    expect(seen.virtual).toEqual(seen.real);
    expect(seen.virtual[0]).toMatchObject({ name: "TypeError" });
  });

  test("arguments are handed on, and `this` is the timer", async () => {
    const calls: unknown[] = [];
    function callback(this: unknown, ...args: unknown[]): void {
      calls.push([this, ...args]);
    }
    const made = await virtual(async () => {
      const timers = [
        setTimeout(callback, 1, "a", 2),
        setImmediate(callback, "b"),
        setTimeout(callback),
      ];
      const interval = setInterval(callback, 1, "c");
      await pause(2);
      clearInterval(interval);
      return [...timers, interval];
    });
    const [timeout, immediate, bare, interval] = made;
    expect(calls).toEqual([[immediate, "b"], [timeout, "a", 2], [bare], [interval, "c"]]);
    expect(calls.map((call) => (call as unknown[])[0] === immediate)[0]).toBe(true);
  });

  test.each([
    [undefined, 1],
    [null, 1],
    [0, 1],
    [-5, 1],
    [NaN, 1],
    ["", 1],
    ["7", 7],
    ["x", 1],
    [true, 1],
    [1.9, 1],
    [2.5, 2],
    [0.5, 1],
    [[3], 3],
    [{ valueOf: () => 9 }, 9],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2 ** 31, 1],
    [Infinity, 1],
  ])("delay %j: %i ms, also for intervals", async (delay, expected) => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const times = await virtual(async () => {
      const fired = new Promise<number>((resolve) => {
        setTimeout(() => resolve(now()), delay as number);
      });
      const start = now();
      const once = await fired;
      const again = await new Promise<number>((resolve) => {
        const interval = setInterval(() => {
          clearInterval(interval);
          resolve(now());
        }, delay as number);
      });
      return [once - start, again - once];
    });
    warning.mockRestore();
    expect(times).toEqual([expected, expected]);
  });

  test("a delay that does not fit is warned of as Node does", async () => {
    const warning = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    await virtual(() => clearTimeout(setTimeout(() => undefined, 2 ** 31)));
    expect(warning.mock.calls).toEqual([
      [
        "2147483648 does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.",
        "TimeoutOverflowWarning",
      ],
    ]);
    warning.mockRestore();
  });
});

describe("A1: clearing", () => {
  test.each([
    ["clearTimeout", (timer: NodeJS.Timeout) => clearTimeout(timer)],
    ["clearInterval", (timer: NodeJS.Timeout) => clearInterval(timer)],
    ["its number", (timer: NodeJS.Timeout) => clearTimeout(timer[Symbol.toPrimitive]())],
    ["its number as text", (timer: NodeJS.Timeout) => clearTimeout(String(+timer))],
    ["close", (timer: NodeJS.Timeout) => timer.close()],
    ["Symbol.dispose", (timer: NodeJS.Timeout) => timer[Symbol.dispose]()],
  ])("by %s, also in the instant in which it is due", async (_, clear) => {
    const log = new Log();
    await virtual(async () => {
      const first = setTimeout(log.noting("first"), 1);
      clear(first);
      setTimeout(() => {
        clear(second);
        clear(third);
        log.note("clears");
      }, 5);
      const second = setTimeout(log.noting("second"), 5);
      const third = setInterval(log.noting("third"), 5);
      await pause(20);
      clear(second);
    });
    expect(log.lines).toEqual(["5 clears"]);
  });

  test("an immediate clears the next", async () => {
    const log = new Log();
    await virtual(async () => {
      setImmediate(() => {
        log.note("one");
        clearImmediate(two);
      });
      const two = setImmediate(log.noting("two"));
      const three = setImmediate(log.noting("three"));
      three[Symbol.dispose]();
      await pause(1);
    });
    expect(log.lines).toEqual(["0 one"]);
  });

  test.each([undefined, null, 0, 12345, "x", {}, true])("of %s does nothing", async (timer) => {
    const results = await virtual(() =>
      [clearTimeout, clearInterval, clearImmediate].map((clear) => clear(timer as never)),
    );
    expect(results).toEqual([undefined, undefined, undefined]);
  });

  test("the host's own clearImmediate leaves an immediate of a run alone", async () => {
    const immediate = await virtual(() => setImmediate(() => undefined));
    clearImmediate(immediate);
    // What the host counts is right: its immediates still come.
    expect(await new Promise((resolve) => void setImmediate(resolve, "comes"))).toBe("comes");
  });

  test("run code may clear a timer that was made before the run", async () => {
    const rung = vi.fn<() => void>();
    const before = setTimeout(rung, 60_000);
    await virtual(() => clearTimeout(before));
    expect(before).toMatchObject({ _destroyed: true });
    expect(rung).not.toHaveBeenCalled();
  });

  test("what is cleared after the run does nothing, with the real functions too", async () => {
    const timer = await virtual(() => setTimeout(() => undefined, 5));
    clearTimeout(timer);
    expect(timer.close()).toBe(timer);
    expect(timer.refresh()).toBe(timer);
    clearTimeout(timer[Symbol.toPrimitive]());
  });
});

describe("A1: intervals and refresh", () => {
  test("A1.4: an interval is armed behind what its callback has armed, from when it was called", async () => {
    const log = new Log();
    await virtual(async () => {
      const interval = setInterval(() => {
        log.note("interval");
        setTimeout(log.noting("timeout"), 10);
      }, 10);
      await pause(25);
      clearInterval(interval);
      await pause(25);
    });
    expect(log.lines).toEqual(["10 interval", "20 timeout", "20 interval", "30 timeout"]);
  });

  test("an interval that is cleared by its own callback or in a promise does not come again", async () => {
    const log = new Log();
    await virtual(async () => {
      const one = setInterval(() => {
        log.note("one");
        clearInterval(one);
      }, 10);
      const two = setInterval(() => {
        log.note("two");
        void Promise.resolve().then(() => clearInterval(two));
      }, 10);
      await pause(100);
    });
    expect(log.lines).toEqual(["10 one", "10 two"]);
  });

  test("refresh begins the delay anew, before and after the callback, not once cleared", async () => {
    const log = new Log();
    await virtual(async () => {
      const timer = setTimeout(log.noting("rings"), 10);
      await pause(5);
      timer.refresh();
      await pause(9);
      log.note("not yet");
      await pause(6);
      timer.refresh();
      await pause(20);
      clearTimeout(timer);
      timer.refresh();
      await pause(20);
    });
    expect(log.lines).toEqual(["14 not yet", "15 rings", "30 rings"]);
  });

  test("a callback may refresh its own timer", async () => {
    const log = new Log();
    await virtual(async () => {
      let left = 2;
      const timer = setTimeout(() => {
        log.note("rings");
        if (left-- > 0) timer.refresh();
      }, 10);
      const interval = setInterval(() => {
        log.note("interval");
        interval.refresh();
      }, 25);
      await pause(60);
      clearInterval(interval);
    });
    expect(log.lines).toEqual(["10 rings", "20 rings", "25 interval", "30 rings", "50 interval"]);
  });
});

describe("A5: what keeps a run going", () => {
  const never = () => new Promise<never>(() => undefined);

  test("A5.1: timers that were unref'd alone do not: main is then blocked for ever", async () => {
    const log = new Log();
    const main = virtualize(async () => {
      setTimeout(log.noting("kept"), 5);
      setTimeout(log.noting("early"), 3).unref();
      setTimeout(log.noting("late"), 7).unref();
      setInterval(log.noting("interval"), 4).unref();
      await never();
    });
    const result = await simulate(main);
    expect(result).toMatchObject({ reason: "deadlock", now: 5 });
    expect(log.lines).toEqual(["3 early", "4 interval", "5 kept"]);
  });

  test("ref takes unref back; clearing and firing count right", async () => {
    const log = new Log();
    const main = virtualize(async () => {
      setTimeout(log.noting("a"), 5).unref().unref().ref();
      clearTimeout(setTimeout(log.noting("b"), 6).unref());
      const c = setTimeout(log.noting("c"), 1).unref();
      setTimeout(() => {
        c.refresh();
        c.ref();
      }, 2);
      const d = setTimeout(log.noting("d"), 50);
      clearTimeout(d);
      d.unref();
      await never();
    });
    const result = await simulate(main);
    expect(result).toMatchObject({ reason: "deadlock", now: 5 });
    expect(log.lines).toEqual(["1 c", "3 c", "5 a"]);
  });

  test("a task that sleeps keeps the run going, and unref'd timers fire meanwhile", async () => {
    const log = new Log();
    await virtual(async () => {
      setInterval(log.noting("tick"), 10).unref();
      await sleep(35);
    });
    expect(log.lines).toEqual(["10 tick", "20 tick", "30 tick"]);
  });

  test("the report leaves saved functions out where the host has no timer that could be one", async () => {
    const host = vi.spyOn(process, "getActiveResourcesInfo");
    try {
      for (const [resources, told] of [
        [["TTYWrap", "MessagePort"], false],
        [["TTYWrap", "Timeout"], true],
        [["Immediate"], true],
      ] as const) {
        host.mockReturnValue([...resources]);
        const { outcome } = await simulate(virtualize(never));
        const { message } = (outcome as { reason: Error }).reason;
        expect(message.includes("saved before the run")).toBe(told);
        expect(message).toContain("a promise that the loop does not own");
      }
    } finally {
      host.mockRestore();
    }
  });

  test("a timer that was saved before the run is found among the host's", async () => {
    const { outcome } = await simulate(
      virtualize(() => new Promise((resolve) => void savedBefore(resolve, 1))),
    );
    expect(String((outcome as { reason: unknown }).reason)).toContain("saved before the run");
  });

  test("the report makes sense to who knows timers alone", async () => {
    using _ = vi.spyOn(process, "getActiveResourcesInfo").mockReturnValue(["Timeout"]);
    const main = virtual(async () => {
      await pause(3);
      setInterval(() => undefined, 5).unref();
      await never();
    });
    await expect(main).rejects.toThrowErrorMatchingInlineSnapshot(`
      [DeadlockError: Deadlock at t=3 ms: nothing is ready, no timer is pending, and 1 task is still waiting.

        \`main\` awaits a promise that the loop does not own

        A promise that the loop does not own is one that Tickless did not make: of \`new Promise\`, a
        library, or an I/O call. Nothing that is left in this run can settle it. Timers that were
        unref'd are pending, but do not keep a run going, as they keep no process alive:
        \`main/setInterval-1\`. A timer function that was saved before the run
        (\`const sleep = promisify(setTimeout)\` at the top of a module) is the real one, which no
        run waits for: import \`@tickless/ambient/register\` before that module, or start the program
        with \`node --import @tickless/ambient/register\`. For real I/O write
        \`await external(() => fetch(url))\`.]
    `);
  });
});

describe("S7: a run that does not end", () => {
  const never = () => new Promise<never>(() => undefined);

  test("names the interval that goes on, and whose it is", async () => {
    const main = async (): Promise<void> => {
      setInterval(() => undefined, 10);
      await never();
    };
    const failed = virtual(main, { maxSteps: 50 });
    await expect(failed).rejects.toMatchObject({
      task: "main",
      message:
        "The run has taken 50 steps and is at t=500 ms. The last to run was `setInterval main/setInterval-1`. " +
        "A timer that comes again keeps a run going until it is cleared. If the work is real, raise `maxSteps`.",
    });
  });

  test("names the immediate that asks for the next one", async () => {
    const main = async (): Promise<void> => {
      const again = (): void => void setImmediate(again);
      again();
      await never();
    };
    await expect(virtual(main, { maxStepsPerInstant: 50 })).rejects.toThrow(
      "The last to run was `setImmediate main/setImmediate-49`. Probably its callback asks for the next one at once",
    );
  });

  test("names the task where that ran last, though timers have rung before", async () => {
    const main = async (): Promise<void> => {
      setInterval(() => undefined, 1);
      await sleep(3);
      for (;;) await sleep(0);
    };
    const failed = virtual(main, { maxStepsPerInstant: 50 });
    await expect(failed).rejects.toThrow(
      "The last to run was `main`. Probably a loop waits with `sleep(0)`",
    );
  });
});

describe("A2: who reaches the timers", () => {
  test("a module that was imported or required before the run", async () => {
    const required = createRequire(import.meta.url)("timers");
    const log = new Log();
    await virtual(async () => {
      importedBefore(log.noting("imported"), 3000);
      nodeTimers.setInterval(log.noting("namespace"), 2000).unref();
      required.setTimeout(log.noting("required"), 1000);
      await new Promise((resolve) => void importedBefore(resolve, 3500));
    });
    expect(log.lines).toEqual(["1000 required", "2000 namespace", "3000 imported"]);
  });

  test("a function that was saved in a run works in the next, and outside is the real one", async () => {
    const saved = await virtual(() => setTimeout);
    expect(saved).not.toBe(setTimeout);
    const log = new Log();
    await virtual(async () => {
      saved(log.noting("rings"), 1000);
      await pause(1001);
    });
    expect(log.lines).toEqual(["1000 rings"]);
    const real = saved(() => undefined, 1000);
    expect(real).toHaveProperty("_idleTimeout", 1000);
    clearTimeout(real);
  });
});

describe("A3: callbacks", () => {
  test("A3.1: an exception in a callback fails the run, with that very error", async () => {
    const error = new Error("thrown by a timer");
    const log = new Log();
    const main = virtual(async () => {
      setTimeout(() => {
        throw error;
      }, 5);
      setTimeout(log.noting("after"), 6);
      try {
        await pause(100);
      } finally {
        log.note("finally");
      }
    });
    await expect(main).rejects.toBe(error);
    // As after every failure main is cancelled, which it learns when its promise has come.
    expect(log.lines).toEqual(["6 after", "100 finally"]);
  });

  test.each([
    ["setInterval", (callback: () => void) => setInterval(callback, 5)],
    ["setImmediate", (callback: () => void) => setImmediate(callback)],
  ])("also in %s", async (_, make) => {
    const error = new Error("thrown by a timer");
    const main = virtual(async () => {
      make(() => {
        throw error;
      });
      await pause(100);
    });
    await expect(main).rejects.toBe(error);
  });

  test("an async callback that rejects fails the run as every lost rejection does", async () => {
    const main = virtual(async () => {
      setTimeout(
        lax(async () => {
          throw new Error("lost");
        }),
        5,
      );
      await pause(100);
    });
    await expect(main).rejects.toMatchObject({ code: "ERR_UNHANDLED_REJECTION", task: "main" });
  });

  test("A3.2: a callback is code of the task that has armed it: it may wait", async () => {
    const log = new Log();
    await virtual(async () => {
      const worker = createTask(
        async () => {
          setTimeout(
            lax(async () => {
              await sleep(10);
              log.note("slept");
            }),
            5,
          );
          await pause(50);
        },
        { name: "worker" },
      );
      await worker;
    });
    expect(log.lines).toEqual(["15 slept"]);
  });

  test("when that task is done it is a callback, which cannot wait but finds the timers", async () => {
    const log = new Log();
    await virtual(async () => {
      const worker = createTask(async () => {
        setTimeout(() => {
          setTimeout(log.noting("nested"), 5);
          void Promise.resolve()
            .then(() => sleep(1).toPromise())
            .catch((error: { code?: string }) => log.note(error.code ?? ""));
        }, 5);
      });
      await worker;
      await pause(50);
    });
    expect(log.lines).toEqual(["5 ERR_NO_TASK", "10 nested"]);
  });
});

describe("under runSync", () => {
  test("timers fire, in a generator main", () => {
    const log = new Log();
    const result = runSync(
      virtualize(function* () {
        const interval = setInterval(log.noting("interval"), 5);
        setTimeout(log.noting("timeout"), 5);
        setImmediate(log.noting("immediate"));
        yield* sleep(12);
        clearInterval(interval);
        return Date.now();
      }),
    );
    expect(result).toBe(946_684_800_012);
    expect(log.lines).toEqual(["0 immediate", "5 interval", "5 timeout", "10 interval"]);
  });

  test("a main that is neither async nor a generator finds them too", () => {
    expect(runSync(virtualize(() => Date.now()))).toBe(946_684_800_000);
  });

  test("an async callback is refused", () => {
    const main = virtualize(function* () {
      setTimeout(
        lax(async () => undefined),
        5,
      );
      yield* sleep(10);
    });
    expect(() => runSync(main)).toThrow(expect.objectContaining({ code: "ERR_ASYNC_IN_SYNC" }));
  });
});

describe("A4.1: delays are milliseconds, whatever the unit of the run", () => {
  test.each([
    ["ms", 1500, 90_000],
    ["s", 1.5, 90],
    ["min", 0.025, 1.5],
    ["h", 1500 / 3_600_000, 0.025],
    ["none", 1500, 90_000],
  ] as const)("%s", async (timeUnit, short, long) => {
    const times = await virtual(
      async () => {
        await pause(1500);
        const first = now();
        await pause(88_500);
        return [first, now(), Date.now() - 946_684_800_000];
      },
      { timeUnit },
    );
    expect(times).toEqual([short, long, 90_000]);
  });

  test("equal deadlines are equal, however they came about", async () => {
    const log: string[] = [];
    await virtual(
      async () => {
        setTimeout(() => {
          setTimeout(() => log.push("100 + 200"), 200);
        }, 100);
        await pause(150);
        setTimeout(() => log.push("150 + 150"), 150);
        await pause(200);
      },
      { timeUnit: "s" },
    );
    expect(log).toEqual(["100 + 200", "150 + 150"]);
  });

  test("the run may begin at any time", async () => {
    const seen = await virtual(
      async () => {
        const start = Date.now();
        await pause(20);
        return [start, Date.now(), performance.now(), now()];
      },
      { start: 1000 },
    );
    expect(seen).toEqual([946_684_800_000, 946_684_800_020, 1020, 1020]);
  });
});

test("bad options are refused when the main is made", () => {
  const main = async () => undefined;
  expect(() => virtualize(main, { startDate: "no date" })).toThrow("Expected `startDate`");
  expect(() => virtualize(main, { startDate: {} as never })).toThrow("Expected `startDate`");
  expect(() => virtualize(main, { startdate: 0 } as never)).toThrow("Did you mean `startDate`?");
  expect(() => virtualize(main, 5 as never)).toThrow("Expected `options`");
  expect(() => virtualize(5 as never)).toThrow("Expected `main`");
});

test("a virtualized main needs a run", () => {
  expect(() => virtualize(() => undefined)()).toThrow(
    expect.objectContaining({ code: "ERR_NO_RUNNING_LOOP" }),
  );
});

test("a task body may be virtualized, with the run's own date; another date is refused", async () => {
  const seen = await run(async () => {
    await sleep(5);
    const task = createTask(virtualize(async () => Date.now(), { startDate: 1000 }));
    const first = await task;
    await expect(createTask(virtualize(async () => 0, { startDate: 5 }))).rejects.toMatchObject({
      code: "ERR_TWO_WORLDS",
    });
    return [first, Date.now()];
  });
  expect(seen).toEqual([1005, 1005]);
});

describe("A5.3: tasks that await timers alone, at the end of a run", () => {
  test("have time to clean up", async () => {
    const log = new Log();
    await virtual(async () => {
      void createTask(async () => {
        try {
          await sleep(100);
        } finally {
          await pause(50);
          log.note("cleaned up");
        }
      });
      await pause(10);
    });
    expect(log.lines).toEqual(["60 cleaned up"]);
  });

  test("are left where they are if they go on and on, and the run is fine", async () => {
    let ticks = 0;
    const main = virtual(async () => {
      void createTask(async () => {
        for (;;) {
          await pause(10);
          ticks++;
        }
      });
      setInterval(() => undefined, 1);
      await pause(25);
      return "done";
    });
    expect(await main).toBe("done");
    expect(ticks).toBeGreaterThan(1);
    expect(ticks).toBeLessThan(10_000);
  });
});

test("S10.16: with jitter a timer of the host's is late as the policy chooses, and never early", () => {
  const main = (): unknown =>
    new Promise<number>((resolve) => {
      setTimeout(() => resolve(now()), 10);
    });
  const at = (picked: number): unknown =>
    virtual(main as () => number, {
      jitter: { upTo: 4 },
      policy: { choose: (kind) => (kind === "jitter" ? picked : 0) },
    });
  return expect(Promise.all([at(0), at(1), at(4)])).resolves.toEqual([10, 11, 14]);
});
