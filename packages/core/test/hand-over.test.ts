import { describe, expect, test } from "vitest";

import {
  createTask,
  currentTask,
  external,
  isCancelled,
  Loop,
  run,
  runSync,
  simulate,
  sleep,
  timeout,
} from "../src/index.ts";
import { handOver, type Policy } from "../src/kit.ts";
import { journal } from "./journal.ts";
import { kinds, wait } from "./kinds.ts";
import { everySchedule, firstInFirstOut, randomPolicy } from "./policies.ts";

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

describe.each(kinds)("S10.9: a hand-over, with $kind bodies", (kind) => {
  /** Tasks a, b, … with so many steps each; answers the order of their steps. */
  async function orderOf(steps: readonly number[], policy?: Policy): Promise<string> {
    const loop = new Loop({ policy });
    let order = "";
    for (const [i, count] of steps.entries()) {
      const name = String.fromCodePoint(97 + i);
      void loop.createTask(
        kind.of(function* () {
          for (let step = 1; step < count; step++) {
            order += name;
            yield* wait(handOver());
          }
          order += name;
        }),
      );
    }
    await loop.run();
    return order;
  }

  test.each([
    [1, 4],
    [2, 2],
    [3, 3],
    [4, 4],
  ])("two tasks of %i and %i steps have exactly (m+n)!/(m!n!) orders", async (m, n) => {
    const orders = await everySchedule((policy) => orderOf([m, n], policy));
    expect(orders).toHaveLength(factorial(m + n) / (factorial(m) * factorial(n)));
    expect(new Set(orders).size).toBe(orders.length);
  });

  test("lets nobody in without a policy, or under one that leaves the order alone", async () => {
    const fifo: Policy = { ...firstInFirstOut(), fifo: true };
    expect(await orderOf([3, 3])).toBe("aaabbb");
    expect(await orderOf([3, 3], fifo)).toBe("aaabbb");
  });

  test("S8: without a policy there is no event of it, no step and no pass", async () => {
    const course = async (handsOver: boolean): Promise<readonly string[]> => {
      const { probe, lines } = journal();
      const worker = kind.of(function* () {
        for (let i = 0; i < 3; i++) {
          yield* wait(sleep(i));
          if (handsOver) yield* wait(handOver());
        }
      });
      const { steps } = await simulate(
        kind.of(function* () {
          const tasks = [createTask(worker), createTask(worker)];
          for (const task of tasks) yield* wait(task);
        }),
        { probes: [probe] },
      );
      return [...lines, `${steps} steps`];
    };
    expect(await course(true)).toEqual(await course(false));
  });

  test("a probe is told of it as of a wait, and of the step after it", async () => {
    const { probe, lines } = journal();
    const main = kind.of(function* () {
      yield* wait(handOver());
    });
    await run(main, { policy: firstInFirstOut(), probes: [probe] });
    const [, , , handsOver, goesOn] = lines;
    expect(handsOver).toBe("wait 4 3 0 hand-over -1 NaN");
    expect(goesOn).toBe("step 5 4 0");
  });

  test("S8: a probe that throws at a hand-over stops the program there", async () => {
    const log: string[] = [];
    const broken = {
      wait: () => {
        throw new Error("broken probe");
      },
    };
    const result = await simulate(
      kind.of(function* () {
        log.push("before");
        try {
          yield* wait(handOver());
          log.push("after");
        } finally {
          log.push("finally");
        }
      }),
      { policy: firstInFirstOut(), probes: [broken] },
    );
    expect(result.outcome).toMatchObject({ reason: new Error("broken probe") });
    expect(log).toEqual(["before"]);
  });

  test("a cancellation does not end it, and comes with the next wait", async () => {
    const log: string[] = [];
    const worker = kind.of(function* () {
      yield* wait(handOver());
      log.push(`after it: ${currentTask()?.cancelling()}`);
      try {
        yield* wait(sleep(1));
      } catch (error) {
        log.push(isCancelled(error) ? "cancelled" : "failed");
        throw error;
      }
    });
    const main = kind.of(function* () {
      const task = createTask(worker);
      yield* wait(handOver());
      task.cancel();
      yield* wait(sleep(2));
      log.push(`done: ${task.cancelled()}`);
    });
    // The worker begins and hands over; main goes on, since it has been ready for longer.
    await run(main, { policy: firstInFirstOut() });
    expect(log).toEqual(["after it: 1", "cancelled", "done: true"]);
  });

  test("S13: a timeout that expires at the same instant cancels the next wait in its block", async () => {
    const log: string[] = [];
    const worker = kind.of(function* () {
      yield* wait(sleep(5));
      yield* wait(handOver());
      log.push("went on");
      yield* wait(sleep(0));
      log.push("ended");
    });
    const main = kind.of(function* () {
      try {
        yield* wait(timeout(5, worker));
      } catch (error) {
        log.push((error as Error).name);
      }
    });
    const outcomes = new Set<string>();
    await everySchedule(async (policy) => {
      log.length = 0;
      await run(main, { policy });
      outcomes.add(log.join(", "));
    });
    expect(outcomes).toEqual(new Set(["TimeoutError", "went on, TimeoutError", "went on, ended"]));
  });

  test("S8: under one policy either drain gives the same course", async () => {
    const course = async (drain: "auto" | "reference"): Promise<readonly string[]> => {
      const { probe, lines } = journal();
      const worker = kind.of(function* () {
        for (let i = 0; i < 10; i++) yield* wait(i % 3 === 0 ? sleep(i) : handOver());
      });
      const main = kind.of(function* () {
        const tasks = Array.from({ length: 5 }, () => createTask(worker));
        for (const task of tasks) yield* wait(task);
      });
      await run(main, { policy: randomPolicy(5), probes: [probe], drain });
      return lines;
    };
    expect(await course("reference")).toEqual(await course("auto"));
  });
});

describe("S10.9: a hand-over", () => {
  test("outside a run does nothing", async () => {
    expect(await handOver()).toBeUndefined();
    expect(await handOver().toPromise()).toBeUndefined();
    const steps = (function* () {
      yield* handOver();
      return "end";
    })();
    expect(steps.next()).toEqual({ done: true, value: "end" });
  });

  test("S4: works in runSync, where nothing is drained", async () => {
    const orderOf = (policy?: Policy): string => {
      let order = "";
      const worker = (name: string) =>
        function* () {
          order += name;
          yield* handOver();
          order += name;
        };
      runSync(
        function* () {
          const tasks = [createTask(worker("a")), createTask(worker("b"))];
          for (const task of tasks) yield* task;
        },
        { policy },
      );
      return order;
    };
    expect(orderOf()).toBe("aabb");
    expect(orderOf(firstInFirstOut())).toBe("abab");
    const orders = await everySchedule(async (policy) => orderOf(policy));
    expect(new Set(orders)).toEqual(new Set(["aabb", "abab", "abba", "baab", "baba", "bbaa"]));
  });

  test("outlives its task, as code after a plain await does", async () => {
    const log: string[] = [];
    await run(
      async () => {
        const worker = createTask(async () => {
          void (async () => {
            await handOver();
            log.push(`goes on, task done: ${worker.done()}`);
          })();
        });
        await worker;
        await sleep(1);
      },
      { policy: firstInFirstOut() },
    );
    expect(log).toEqual(["goes on, task done: true"]);
  });

  test("S8: no probe is told of one after a probe has failed", async () => {
    let told = 0;
    const broken = {
      wait: () => {
        told++;
        throw new Error("broken probe");
      },
    };
    await simulate(() => Promise.all([handOver(), handOver()]), {
      policy: firstInFirstOut(),
      probes: [broken],
    });
    expect(told).toBe(1);
  });

  test("S7.10: is a step of its task, as the message of a limit has it", async () => {
    const forever = async (): Promise<void> => {
      for (;;) await handOver();
    };
    const result = await simulate(
      async () => {
        const tasks = ["a", "b"].map((name) => createTask(forever, { name }));
        for (const task of tasks) await task;
      },
      { policy: firstInFirstOut(), maxSteps: 6 },
    );
    // main, then a and b in turns: the sixth step is a's.
    expect(result).toMatchObject({
      reason: "limit",
      outcome: { reason: { message: expect.stringContaining("The last to run was `main/a`") } },
    });
  });

  test("S13: two strands of one task are two options", async () => {
    const orders = await everySchedule(async (policy) => {
      let order = "";
      const strand = async (name: string): Promise<void> => {
        order += name;
        await handOver();
        order += name;
      };
      await run(() => Promise.all([strand("a"), strand("b")]), { policy });
      return order;
    });
    expect(new Set(orders)).toEqual(new Set(["abab", "abba"]));
  });

  test("S4.12: of a callback is a callback", async () => {
    const orders = await everySchedule(async (policy) => {
      let order = "";
      const loop = new Loop({ policy });
      for (const name of ["x", "y"]) {
        loop.callSoon(() => {
          order += name;
          void handOver()
            .toPromise()
            .then(() => (order += name));
        });
      }
      await loop.run();
      return order;
    });
    expect(new Set(orders)).toEqual(new Set(["xxyy", "xyxy", "xyyx", "yxxy", "yxyx", "yyxx"]));
  });

  test("S7.13: of a function given to external does nothing", async () => {
    const asked: number[] = [];
    const policy: Policy = { choose: (_, count) => asked.push(count) - asked.length };
    const value = await run(
      () =>
        external(async () => {
          await handOver();
          await handOver();
          return 5;
        }),
      { policy },
    );
    expect(value).toBe(5);
    expect(asked).toEqual([]);
  });

  test("S5.6: `then` is for await alone", () => {
    expect(() => handOver().then(() => undefined, undefined as never)).toThrow(
      expect.objectContaining({ code: "ERR_THEN_FOR_AWAIT" }),
    );
  });

  test("S5.7: `yield*` of it where no loop drives the generator is refused under a policy", async () => {
    const result = await simulate(async () => Array.from(handOver()), {
      policy: firstInFirstOut(),
    });
    expect(result.outcome).toMatchObject({ reason: { code: "ERR_NOT_IN_A_TASK" } });
  });
});
