import {
  type CancelledError,
  type Coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  isCancelled,
  now,
  run,
  simulate,
  sleep,
  timeout,
  TimeoutError,
} from "@tickless/core";
import { Wait, WaitQueue, type WaitSource, type WaitSubject } from "@tickless/core/kit";
import { describe, expect, test } from "vitest";
import { followsAwaits } from "./host.ts";

// S13: a task may wait for several things.

/** The smallest resource with a queue of waiters: tokens that are taken one by one. */
class Tokens implements WaitSource<number> {
  readonly waiters: WaitQueue = new WaitQueue();
  count = 0;

  add(): void {
    this.count++;
    this.waiters.wakeNext();
  }

  take(): Coroutine<number> {
    return new Wait(this);
  }

  label(): string {
    return "tokens.take()";
  }

  attempt(wait: Wait<number>): boolean {
    if (this.count === 0) {
      this.waiters.push(wait);
      return false;
    }
    wait.value = --this.count;
    return true;
  }

  withdraw(wait: Wait<number>, granted: boolean): void {
    this.waiters.remove(wait);
    if (granted && this.count > 0) this.waiters.wakeNext();
  }

  subject(): WaitSubject {
    return { kind: "tokens", id: -1 };
  }
}

/** As Promise.withResolvers, which Node 20 has not. */
function deferredOf<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** What `promise` is rejected with. */
async function failure(promise: PromiseLike<unknown> | Coroutine<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("the promise was expected to be rejected");
}

describe("Promise.all inside a task", () => {
  test("S13: two waits run at the same time, each an activation of its own", () =>
    run(async () => {
      const log: string[] = [];
      const one = async (name: string, delay: number): Promise<string> => {
        await sleep(delay);
        log.push(`${name} at ${now()}`);
        return name;
      };
      expect(await Promise.all([one("slow", 3), one("fast", 1)])).toEqual(["slow", "fast"]);
      expect(log).toEqual(["fast at 1", "slow at 3"]);
    }));

  test("S13: code after each of the waits belongs to the task", () =>
    run(async () => {
      const task = createTask(
        async () => {
          const paths: (string | undefined)[] = [];
          const one = async (delay: number): Promise<void> => {
            await sleep(delay);
            paths.push(currentTask()?.path);
          };
          await Promise.all([one(1), one(2)]);
          return paths;
        },
        { name: "two" },
      );
      expect(await task).toEqual(["main/two", "main/two"]);
    }));

  test("S13: cancel rejects all waits, in the order in which they began, and counts once", () =>
    run(async () => {
      const log: string[] = [];
      const one = async (name: string, delay: number): Promise<void> => {
        try {
          await sleep(delay);
        } catch (error) {
          log.push(`${name}: ${(error as CancelledError).message} at ${now()}`);
          throw error;
        }
      };
      const task = createTask(async () => {
        await Promise.all([one("first", 30), one("second", 10), one("third", 20)]);
      });
      await sleep(1);
      task.cancel("stop");
      expect(task.cancelling()).toBe(1);
      expect(await failure(task.toPromise())).toSatisfy(isCancelled);
      expect(log[0]).toBe("first: stop at 1");
      expect(task.cancelled()).toBe(true);
    }));

  test("S13: with allSettled every wait is seen to be rejected, in order", () =>
    run(async () => {
      const log: string[] = [];
      const one = async (name: string, delay: number): Promise<void> => {
        try {
          await sleep(delay);
        } finally {
          log.push(name);
        }
      };
      const task = createTask(async () => {
        const all = await Promise.allSettled([
          one("first", 30),
          one("second", 10),
          one("third", 20),
        ]);
        return [all.map((each) => each.status), now(), currentTask()?.cancelling()];
      });
      await sleep(1);
      task.cancel();
      expect(await task).toEqual([["rejected", "rejected", "rejected"], 1, 1]);
      expect(log).toEqual(["first", "second", "third"]);
    }));

  test("S13: a wait that begins after the cancellation was delivered is not cancelled", () =>
    run(async () => {
      const task = createTask(async () => {
        await Promise.allSettled([failure(sleep(30)), failure(sleep(10))]);
        await sleep(5);
        return now();
      });
      await sleep(1);
      task.cancel();
      expect(await task).toBe(6);
    }));
});

describe("timeouts side by side", () => {
  const block = async (delay: number, length: number): Promise<string> => {
    try {
      await timeout(delay, async () => {
        await sleep(length);
      });
      return `ended at ${now()}`;
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      return `timed out at ${now()}`;
    }
  };

  test.runIf(followsAwaits)("S13: timeout(5, a) cancels only what a waits for", () =>
    run(async () => {
      const both = await Promise.all([block(5, 20), block(50, 20)]);
      expect(both).toEqual(["timed out at 5", "ended at 20"]);
      expect(currentTask()?.cancelling()).toBe(0);
    }),
  );

  test("S13: two that expire at the same instant are both TimeoutErrors", () =>
    run(async () => {
      const both = await Promise.all([block(5, 20), block(5, 20)]);
      expect(both).toEqual(["timed out at 5", "timed out at 5"]);
      expect(currentTask()?.cancelling()).toBe(0);
      await sleep(1);
      expect(now()).toBe(6);
    }));

  test.runIf(followsAwaits)(
    "S13: three, of which two expire together and one is a cleanup that goes on",
    () =>
      run(async () => {
        const cleaning = async (): Promise<string> => {
          try {
            await timeout(5, async () => {
              try {
                await sleep(20);
              } finally {
                await sleep(10);
              }
            });
            return "ended";
          } catch (error) {
            return `${(error as Error).name} at ${now()}`;
          }
        };
        const all = await Promise.all([cleaning(), block(5, 20), block(8, 20)]);
        expect(all).toEqual(["TimeoutError at 15", "timed out at 5", "timed out at 8"]);
        expect(currentTask()?.cancelling()).toBe(0);
      }),
  );

  test("S13: a cancel from outside at the instant of a deadline stays a CancelledError in every branch", () =>
    run(async () => {
      const seen: boolean[] = [];
      const branch = async (delay: number): Promise<void> => {
        try {
          await timeout(delay, async () => {
            await sleep(20);
          });
        } catch (error) {
          seen.push(isCancelled(error));
          throw error;
        }
      };
      const task = createTask(async () => {
        await Promise.allSettled([branch(5), branch(50)]);
      });
      getRunningLoop().callAt(5, () => task.cancel());
      await sleep(0);
      await failure(task.toPromise()).catch(() => undefined);
      expect(seen).toEqual([true, true]);
    }));

  test.runIf(followsAwaits)(
    "S13: a cancel from outside counts for a block even if another block has timed out meanwhile",
    () =>
      run(async () => {
        const cancelled: boolean[] = [];
        const task = createTask(async () => {
          const long = async (): Promise<void> => {
            const error = await failure(timeout(5, () => sleep(20)));
            cancelled.push(isCancelled(error));
          };
          await Promise.all([block(3, 20), long()]);
        });
        getRunningLoop().callAt(5, () => task.cancel());
        await task;
        expect([cancelled, task.cancelling()]).toEqual([[true], 1]);
      }),
  );

  test.runIf(followsAwaits)("S13: waits outside the block go on while the block times out", () =>
    run(async () => {
      const outside = async (): Promise<string> => {
        await sleep(7);
        return `outside ended at ${now()}`;
      };
      expect(await Promise.all([block(5, 20), outside()])).toEqual([
        "timed out at 5",
        "outside ended at 7",
      ]);
    }),
  );

  test.runIf(followsAwaits)("S13: a block inside a block is cancelled with it", () =>
    run(async () => {
      const log: string[] = [];
      await timeout(5, () => Promise.all([block(50, 60), block(3, 60)]))
        .toPromise()
        .catch((error: unknown) => {
          log.push(`${(error as Error).name} at ${now()}`);
        });
      expect(log).toEqual(["TimeoutError at 5"]);
      expect(currentTask()?.cancelling()).toBe(0);
    }),
  );
});

describe("waits that are left behind", () => {
  test("S13: what Promise.race has left behind takes nothing once its task has ended", () =>
    run(async () => {
      const tokens = new Tokens();
      let taken = 0;
      const task = createTask(async () => {
        const take = async (): Promise<void> => {
          await tokens.take();
          taken++;
        };
        await Promise.race([take(), sleep(1)]);
      });
      await task;
      tokens.add();
      await sleep(1);
      expect([taken, tokens.count, [...tokens.waiters].length]).toEqual([0, 1, 0]);
    }));

  test("S13: as long as its task lives, it takes", () =>
    run(async () => {
      const tokens = new Tokens();
      const log: string[] = [];
      const task = createTask(async () => {
        const take = async (): Promise<void> => {
          await tokens.take();
          log.push(`taken at ${now()}`);
        };
        await Promise.race([take(), sleep(1)]);
        await sleep(10);
      });
      await sleep(5);
      tokens.add();
      await task;
      expect(log).toEqual(["taken at 5"]);
    }));

  test("S13: a wake-up that had come to a wait left behind is passed on", () =>
    run(async () => {
      const tokens = new Tokens();
      const gate = getRunningLoop().createFuture<void>();
      const task = createTask(async () => {
        await Promise.race([gate, tokens.take()]);
      });
      const heir = createTask(() => tokens.take());
      await sleep(1);
      // Both become ready now; the gate first, and with it the task ends before it can take.
      gate.setResult();
      tokens.add();
      await sleep(0);
      expect(task.done()).toBe(true);
      expect(await heir).toBe(0);
    }));

  test("S13: its timer moves no clock any more", async () => {
    const result = await simulate(
      async () => {
        await createTask(async () => {
          await Promise.race([sleep(1_000), sleep(1)]);
        });
      },
      { until: 5_000 },
    );
    expect(result).toMatchObject({ reason: "exhausted", now: 1, pending: [] });
  });
});

describe("promises that the loop does not own", () => {
  test.runIf(followsAwaits)(
    "S13: a task may await one that code inside the run resolves, and goes on as itself",
    () =>
      run(async () => {
        const deferred = deferredOf<string>();
        const task = createTask(
          async () => {
            const value = await deferred.promise;
            const before = currentTask()?.path;
            await sleep(2);
            return [value, before, currentTask()?.path, now()];
          },
          { name: "waiter" },
        );
        await sleep(3);
        deferred.resolve("hello");
        expect(await task).toEqual(["hello", "main/waiter", "main/waiter", 5]);
      }),
  );

  test.runIf(followsAwaits)(
    "S13: a task that awaits only such a promise gets its cancellation at its next wait of the engine",
    () =>
      run(async () => {
        const deferred = deferredOf<void>();
        const log: string[] = [];
        const task = createTask(async () => {
          await deferred.promise;
          log.push(`promise at ${now()}`);
          await sleep(10);
          log.push("not reached");
        });
        await sleep(1);
        expect(task.cancel("later")).toBe(true);
        await sleep(4);
        expect([task.done(), task.cancelling()]).toEqual([false, 1]);
        deferred.resolve();
        const error = await failure(task.toPromise());
        expect((error as Error).message).toBe("later");
        expect([log, now(), task.cancelled()]).toEqual([["promise at 5"], 5, true]);
      }),
  );

  test.runIf(followsAwaits)(
    "S13: a timeout around such a promise is delivered at the next wait inside its block",
    () =>
      run(async () => {
        const deferred = deferredOf<void>();
        getRunningLoop().callLater(8, () => deferred.resolve());
        const block = timeout(5, async () => {
          await deferred.promise;
          await sleep(100);
        });
        expect(await failure(block)).toBeInstanceOf(TimeoutError);
        expect(now()).toBe(8);
      }),
  );

  test.runIf(followsAwaits)(
    "S13: a timeout and a cancel that are both owed are one CancelledError, the later one's",
    () =>
      run(async () => {
        const deferred = deferredOf<void>();
        const task = createTask(async () => {
          const errors: unknown[] = [];
          errors.push(
            await failure(
              timeout(5, async () => {
                await deferred.promise;
                await sleep(100);
              }),
            ),
          );
          await sleep(1);
          return [errors.map(isCancelled), errors.map((error) => (error as Error).message), now()];
        });
        await sleep(6);
        task.cancel("from outside");
        await sleep(2);
        deferred.resolve();
        expect(await task).toEqual([[true], ["from outside"], 9]);
      }),
  );

  test.runIf(followsAwaits)(
    "S13: waits begun elsewhere in the task while the timeout is owed are not its victims",
    () =>
      run(async () => {
        const deferred = deferredOf<void>();
        getRunningLoop().callLater(8, () => deferred.resolve());
        const inBlock = async (): Promise<string> => {
          const error = await failure(
            timeout(5, async () => {
              await deferred.promise;
              await sleep(100);
            }),
          );
          return `${(error as Error).name} at ${now()}`;
        };
        const beside = async (): Promise<string> => {
          await sleep(6);
          await sleep(6);
          return `beside ended at ${now()}`;
        };
        expect(await Promise.all([inBlock(), beside()])).toEqual([
          "TimeoutError at 8",
          "beside ended at 12",
        ]);
      }),
  );
});
