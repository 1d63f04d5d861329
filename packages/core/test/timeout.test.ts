import { describe, expect, test } from "vitest";

import {
  coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  isCancelled,
  now,
  run,
  sleep,
  type Timeout,
  timeout,
  timeoutAt,
  TimeoutError,
} from "../src/index.ts";
import { driver } from "../src/context.ts";
import { journal } from "./journal.ts";
import { type Kind, kinds, type Script, wait } from "./kinds.ts";
import { inRealEvent } from "./outside-step.ts";

const error = new Error("in cleanup");

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

/** `timeout` around a script. */
function limited<T>(
  { of }: Kind,
  delay: number | null,
  script: (block: Timeout) => Script<T>,
): Script<T> {
  const body = (block: Timeout): unknown => of(() => script(block))();
  return wait(timeout(delay, body)) as Script<T>;
}

function* sleeping<T>(delay: number, value?: T): Script<T | undefined> {
  return yield* wait(sleep(delay, value));
}

describe.each(kinds)("timeout with $kind bodies", (kind) => {
  const { of } = kind;
  const runScript = <T>(script: () => Script<T>): Promise<T> => run(of(script));

  test("TIMEOUT-01: in time it has no effect", async () => {
    await runScript(function* () {
      let block: Timeout | undefined;
      const end = yield* endOf(
        limited(kind, 5, function* (given) {
          block = given;
          return yield* sleeping(4, "value");
        }),
      );
      expect(end).toBe("value at 4");
      expect(block?.expired()).toBe(false);
      expect(block?.when()).toBe(5);
      expect(yield* endOf(sleeping(10, "goes on"))).toBe("goes on at 14");
    });
  });

  test("S8.7: its error has frames where some are the program's, below a generator", async () => {
    await runScript(function* () {
      let stack: string | undefined;
      try {
        yield* limited(kind, 5, () => sleeping(10));
      } catch (thrown) {
        ({ stack } = thrown as TimeoutError);
      }
      expect(stack).toMatch(/^TimeoutError: The block did not end within 5 ms/);
      expect(/\n\s+at /.test(stack ?? "")).toBe(kind.kind === "generator");
    });
  });

  test("TIMEOUT-03: a body may return its deadline, to be asked afterwards", async () => {
    await runScript(function* () {
      const block = yield* limited(kind, 5, function* (deadline) {
        yield* sleeping(3);
        return deadline;
      });
      expect([block.expired(), block.when(), now()]).toEqual([false, 5, 3]);
    });
  });

  test("TIMEOUT-01: in time it passes the body's own error", async () => {
    await runScript(function* () {
      const end = yield* endOf(
        limited(kind, 5, function* (): Script<void> {
          yield* sleeping(4);
          throw error;
        }),
      );
      expect(end).toBe("Error: in cleanup at 4");
    });
  });

  test("TIMEOUT-02, TIMEOUT-03, TIMEOUT-14: at the deadline the task is cancelled inside, a TimeoutError comes out", async () => {
    const log: unknown[] = [];
    await runScript(function* () {
      const task = currentTask();
      try {
        yield* limited(kind, 5, function* (block) {
          try {
            yield* sleeping(100);
          } catch (thrown) {
            log.push(isCancelled(thrown), now(), task?.cancelling(), block.expired());
            throw thrown;
          }
        });
      } catch (thrown) {
        const { code, task: path, time, cause } = thrown as TimeoutError;
        log.push(code, path, time, isCancelled(cause), task?.cancelling());
      }
    });
    expect(log).toEqual([true, 5, 1, true, "ERR_TIMEOUT", "main", 5, true, 0]);
  });

  test("TIMEOUT-02: the body may be a coroutine or answer one", async () => {
    await runScript(function* () {
      expect(yield* endOf(wait(timeout(1, () => sleep(5))))).toBe("timeout at 1");
      const nested = coroutine(of(() => sleeping(5)));
      expect(yield* endOf(wait(timeout(1, () => nested())))).toBe("timeout at 2");
      expect(yield* endOf(wait(timeout(1, () => timeout(3, () => sleep(5)))))).toBe("timeout at 3");
    });
  });

  test("TIMEOUT-04: null is no deadline; reschedule sets, moves and takes away one", async () => {
    await runScript(function* () {
      expect(yield* endOf(limited(kind, null, () => sleeping(1e9, "never")))).toBe(
        "never at 1000000000",
      );
      const start = now();
      const moved = limited(kind, 5, function* (block) {
        expect(block.when()).toBe(start + 5);
        block.reschedule(start + 20);
        expect(block.when()).toBe(start + 20);
        yield* sleeping(10);
        block.reschedule(null);
        expect(block.when()).toBeNull();
        yield* sleeping(30);
        block.reschedule(start + 45);
        yield* sleeping(100);
      });
      expect(yield* endOf(moved)).toBe(`timeout at ${start + 45}`);
    });
  });

  test.each([0, -3])("TIMEOUT-05: %i cancels at the first wait that suspends", async (delay) => {
    const log: string[] = [];
    await runScript(function* () {
      const end = yield* endOf(
        limited(kind, delay, function* () {
          log.push("begins");
          const done = getRunningLoop().createFuture<string>();
          done.setResult("no suspension");
          log.push(yield* wait(done));
          yield* sleeping(1);
          log.push("not reached");
        }),
      );
      expect(end).toBe("timeout at 0");
      const never = limited(kind, delay, function* () {
        const done = getRunningLoop().createFuture<string>();
        done.setResult("not timed out");
        return yield* wait(done);
      });
      expect(yield* endOf(never)).toBe("not timed out at 0");
      expect(yield* endOf(sleeping(1, "later"))).toBe("later at 1");
    });
    expect(log).toEqual(["begins", "no suspension"]);
  });

  test("TIMEOUT-06: timeoutAt takes a time; one that is past is as 0", async () => {
    await runScript(function* () {
      yield* sleeping(10);
      const block = (when: number) =>
        wait(
          timeoutAt(
            when,
            of(() => sleeping(100)),
          ),
        );
      expect(yield* endOf(block(15))).toBe("timeout at 15");
      expect(yield* endOf(block(3))).toBe("timeout at 15");
      expect(
        yield* endOf(
          wait(
            timeoutAt(
              null,
              of(() => sleeping(1, "free")),
            ),
          ),
        ),
      ).toBe("free at 16");
    });
  });

  test("TIMEOUT-07: an inner TimeoutError can be caught, and the outer block outlives it", async () => {
    await runScript(function* () {
      const end = yield* endOf(
        limited(kind, 10, function* () {
          expect(yield* endOf(limited(kind, 3, () => sleeping(100)))).toBe("timeout at 3");
          return yield* sleeping(5, "outer");
        }),
      );
      expect(end).toBe("outer at 8");
    });
  });

  test("TIMEOUT-07: an outer expiry passes the inner block as a CancelledError", async () => {
    const inner: string[] = [];
    await runScript(function* () {
      const end = yield* endOf(
        limited(kind, 3, function* () {
          try {
            yield* limited(kind, 10, () => sleeping(100));
          } catch (thrown) {
            inner.push(isCancelled(thrown) ? "cancelled" : String(thrown));
            throw thrown;
          }
        }),
      );
      expect(end).toBe("timeout at 3");
    });
    expect(inner).toEqual(["cancelled"]);
  });

  test("TIMEOUT-07: both at one instant: the inner passes a CancelledError, the outer raises", async () => {
    const inner: string[] = [];
    await runScript(function* () {
      const end = yield* endOf(
        limited(kind, 5, function* () {
          try {
            yield* limited(kind, 5, () => sleeping(100));
          } catch (thrown) {
            inner.push(isCancelled(thrown) ? "cancelled" : String(thrown));
            throw thrown;
          }
        }),
      );
      expect(end).toBe("timeout at 5");
      expect(currentTask()?.cancelling()).toBe(0);
    });
    expect(inner).toEqual(["cancelled"]);
  });

  test.each([
    ["before the deadline", 3, "before"],
    ["at the deadline, armed before it", 5, "before"],
    ["at the deadline, armed after it", 5, "after"],
  ])("TIMEOUT-08: a cancel from outside %s stays a CancelledError", async (_, time, armed) => {
    await runScript(function* () {
      const loop = getRunningLoop();
      let count = 0;
      const body = of(function* () {
        const cancel = (): void => void task.cancel();
        const end = yield* endOf(
          (function* () {
            if (armed === "before") loop.callAt(time, cancel);
            yield* limited(kind, 5, function* () {
              if (armed === "after") loop.callAt(time, cancel);
              yield* sleeping(100);
            });
          })(),
        );
        count = task.cancelling();
        return end;
      });
      const task = createTask(body);
      expect(yield* wait(task)).toBe(`cancelled at ${time}`);
      expect(count).toBe(1);
    });
  });

  test("TIMEOUT-09: a body that swallows the cancellation is not timed out, and expired() is true", async () => {
    await runScript(function* () {
      const end = yield* endOf(
        limited(kind, 5, function* (block) {
          yield* endOf(sleeping(100));
          yield* sleeping(2);
          return `expired: ${block.expired()}`;
        }),
      );
      expect(end).toBe("expired: true at 7");
      expect(currentTask()?.cancelling()).toBe(0);
      expect(yield* endOf(sleeping(1, "uncancelled"))).toBe("uncancelled at 8");
    });
  });

  test("TIMEOUT-10: another error of the body, when it is cancelled, passes as it is", async () => {
    await runScript(function* () {
      const end = yield* endOf(
        limited(kind, 5, function* () {
          try {
            yield* sleeping(100);
          } catch {
            throw error;
          }
        }),
      );
      expect(end).toBe("Error: in cleanup at 5");
      expect(currentTask()?.cancelling()).toBe(0);
    });
  });

  test("TIMEOUT-11: reschedule into the past cancels at the next wait; after the exit it is refused", async () => {
    await runScript(function* () {
      yield* sleeping(10);
      let left: Timeout | undefined;
      const end = yield* endOf(
        limited(kind, 50, function* (block) {
          left = block;
          block.reschedule(4);
          yield* sleeping(100);
        }),
      );
      expect(end).toBe("timeout at 10");
      const refused = expect.objectContaining({ code: "ERR_TIMEOUT_STATE" });
      expect(() => left?.reschedule(99)).toThrow(refused);
    });
  });

  test("TIMEOUT-11: a deadline that is past fires by callSoon, ahead of what is scheduled after it", async () => {
    const log: boolean[] = [];
    await runScript(function* () {
      yield* sleeping(10);
      const end = yield* endOf(
        limited(kind, 50, function* (block) {
          getRunningLoop().callSoon(() => log.push(block.expired()));
          block.reschedule(4);
          getRunningLoop().callSoon(() => log.push(block.expired()));
          yield* sleeping(100);
        }),
      );
      expect(end).toBe("timeout at 10");
    });
    expect(log).toEqual([false, true]);
  });

  test("TIMEOUT-12: a block is entered once", async () => {
    await runScript(function* () {
      const block = timeout(
        5,
        of(() => sleeping(1)),
      );
      yield* wait(block);
      expect(yield* endOf(wait(block))).toMatch(/second time/);
    });
  });

  test("TIMEOUT-15, TIMEOUT-20: cleanup after expiry may wait, and may have a timeout of its own", async () => {
    const log: string[] = [];
    await runScript(function* () {
      const end = yield* endOf(
        limited(kind, 5, function* () {
          try {
            yield* sleeping(100);
          } finally {
            log.push(yield* endOf(sleeping(3, "cleaned")));
            log.push(yield* endOf(limited(kind, 2, () => sleeping(100))));
            log.push(yield* endOf(sleeping(1, "and on")));
          }
        }),
      );
      expect(end).toBe("timeout at 11");
    });
    expect(log).toEqual(["cleaned at 8", "timeout at 10", "and on at 11"]);
  });

  test("TIMEOUT-16: what is complete at the very instant of the deadline is too late", async () => {
    await runScript(function* () {
      expect(yield* endOf(limited(kind, 5, () => sleeping(5)))).toBe("timeout at 5");
      const future = getRunningLoop().createFuture<string>();
      getRunningLoop().callAt(9, () => future.setResult("same pass"));
      const waits = limited(kind, 4, function* () {
        return yield* wait(future);
      });
      expect(yield* endOf(waits)).toBe("timeout at 9");
    });
  });

  test("TIMEOUT-16: a wake-up of an earlier pass wins", async () => {
    await runScript(function* () {
      const loop = getRunningLoop();
      const future = loop.createFuture<string>();
      const end = yield* endOf(
        limited(kind, null, function* (block) {
          loop.callAt(5, () => {
            future.setResult("earlier pass");
            block.reschedule(5);
          });
          return yield* wait(future);
        }),
      );
      expect(end).toBe("earlier pass at 5");
    });
  });
});

test("TIMEOUT-13: outside a task a timeout is refused", async () => {
  await expect(timeout(1, () => sleep(2)).toPromise()).rejects.toMatchObject({
    code: "ERR_NO_RUNNING_LOOP",
  });
  const errors: unknown[] = [];
  await run(async () => {
    getRunningLoop().callSoon(() => {
      timeout(1, () => sleep(2))
        .toPromise()
        .catch((thrown: unknown) => errors.push(thrown));
    });
    await sleep(1);
  });
  expect(errors).toEqual([expect.objectContaining({ code: "ERR_NO_TASK" })]);
});

test("a timeout of an async body cancels what is nested in plain promises", async () => {
  await run(async () => {
    const deep = async (depth: number): Promise<void> => {
      await (depth === 0 ? sleep(100) : deep(depth - 1));
    };
    await expect(timeout(5, () => deep(30)).toPromise()).rejects.toBeInstanceOf(TimeoutError);
    await expect(
      timeout(5, () => Promise.all([deep(3), sleep(50), deep(0)])).toPromise(),
    ).rejects.toBeInstanceOf(TimeoutError);
    expect(now()).toBe(10);
  });
});

test("S7: reschedule() in a real event fails the run", async () => {
  const end = run(async () => {
    await timeout(50, async (block) => {
      await inRealEvent(() => block.reschedule(10));
    });
  });
  await expect(end).rejects.toMatchObject({
    code: "ERR_OUTSIDE_STEP",
    message: expect.stringMatching(/^reschedule\(\) .*external/),
  });
});

describe("S8: who a deadline is taken for", () => {
  type Drain = "auto" | "reference";

  /**
   * What probes are told of a timeout that cancels an awaited task, whose abort listener makes a
   * future, while another task has armed a timer: from the first of its tasks on, numbered from
   * there. `padding` steps before move it against the border of the slice.
   */
  async function course(padding: number, drain: Drain): Promise<readonly string[]> {
    const { probe, lines } = journal();
    await run(
      async () => {
        for (let i = 0; i < padding; i++) await sleep(0);
        void createTask(
          async () => {
            getRunningLoop().callLater(1.5, () => undefined);
            await sleep(50);
          },
          { name: "innocent" },
        );
        const awaited = createTask(
          async () => {
            currentTask()?.signal.addEventListener("abort", () => {
              void getRunningLoop().createFuture({ name: "made" });
            });
            await sleep(1000);
          },
          { name: "awaited" },
        );
        await expect(timeout(2, () => awaited).toPromise()).rejects.toThrow(TimeoutError);
      },
      { drain, probes: [probe] },
    );
    return fromFirst(lines, "innocent");
  }

  function fromFirst(lines: readonly string[], name: string): readonly string[] {
    const from = lines.findIndex((line) => line.startsWith("name ") && line.endsWith(` ${name}`));
    const base = Number(lines[from]?.split(" ")[1]);
    return lines.slice(from).map((line) => {
      const [kind, event, cause, ...rest] = line.split(" ");
      if (kind === "time" || kind === "end") return [kind, cause, ...rest].join(" ");
      const since = cause === "0" ? 0 : Number(cause) - base;
      return [kind, Number(event) - base, since, ...rest].join(" ");
    });
  }

  test.each<Drain>(["auto", "reference"])(
    "does not depend on where a slice ends, with drain %s",
    async (drain) => {
      const expected = await course(1, "reference");
      expect(expected.filter((line) => / (made|awaited)$/.test(line))).toHaveLength(2);
      expect(expected.some((line) => line.startsWith("cancel "))).toBe(true);
      for (let padding = 1; padding <= 66; padding++) {
        expect(await course(padding, drain), `${padding} steps before`).toEqual(expected);
      }
    },
  );
});

test("a coroutine or a future may stand for the body", () =>
  run(async () => {
    expect(await timeout(5, sleep(1, "slept"))).toBe("slept");
    const slow = createTask(() => sleep(100));
    await expect(timeout(5, slow).toPromise()).rejects.toThrow("within 5 ms (now t=6 ms)");
    expect(slow.cancelled()).toBe(true);
  }));

test("S4.11: where nothing follows awaits, a timeout still cancels what its async body waits for", async () => {
  const { storage } = driver;
  // As in a browser, which has no AsyncLocalStorage.
  Object.assign(driver, { storage: null });
  try {
    const ends = await run(async () => {
      const inner = timeout(5, async () => {
        await sleep(1);
        await sleep(100);
      });
      const outer = timeout(50, async () => {
        await inner.toPromise().catch((thrown: Error) => thrown.name);
        return now();
      });
      const inside = await outer;
      await sleep(1000);
      return [inside, now()];
    });
    expect(ends).toEqual([5, 1005]);
  } finally {
    Object.assign(driver, { storage });
  }
});
