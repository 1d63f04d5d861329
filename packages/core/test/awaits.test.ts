import { describe, expect, test } from "vitest";

import { afterDisposal, awaited, eachAwaited } from "../src/awaits.ts";
import {
  createTask,
  currentTask,
  external,
  gather,
  getRunningLoop,
  run,
  simulate,
  sleep,
} from "../src/index.ts";
import type { Policy } from "../src/policy.ts";
import { everySchedule, firstInFirstOut } from "./policies.ts";

/** As rewritten code has them: `each(x)` stands in `for await`. */
const each = <T>(iterable: AsyncIterable<T> | Iterable<T>): AsyncIterable<T> =>
  eachAwaited(iterable) as AsyncIterable<T>;

/** How many microtasks `body` takes. */
async function hops(body: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const state = { ended: false };
  void body().then(() => (state.ended = true));
  while (!state.ended) {
    count++;
    await Promise.resolve();
  }
  return count;
}

/** The orders in which two tasks with the strand `body` can go. */
async function ordersOf(body: (note: () => void) => Promise<void>): Promise<Set<string>> {
  const orders = await everySchedule(async (policy) => {
    let order = "";
    await run(
      () => gather(["a", "b"].map((name) => () => body(() => (order += name)))).toPromise(),
      { policy },
    );
    return order;
  });
  return new Set(orders);
}

const allOrdersOfTwoSteps = new Set(["aabb", "abab", "abba", "baab", "baba", "bbaa"]);

async function* letters(): AsyncGenerator<string> {
  yield "x";
  yield "y";
}

describe("S10.10: what rewritten code calls gives back what it was given", () => {
  const values = [null, undefined, 5, {}, Promise.resolve(1), { then: () => undefined }];

  test("outside a run", () => {
    for (const value of values) expect(awaited(value)).toBe(value);
    for (const value of [[1], letters(), null, undefined, 7]) {
      expect(eachAwaited(value)).toBe(value);
    }
    expect(afterDisposal()).toBeNull();
  });

  test.each<[string, Policy | undefined]>([
    ["without a policy", undefined],
    ["under a policy that leaves the order alone", { ...firstInFirstOut(), fifo: true }],
  ])("in a run %s", async (_, policy) => {
    await run(
      async () => {
        for (const value of values) expect(awaited(value)).toBe(value);
        const list = [1];
        expect(eachAwaited(list)).toBe(list);
        expect(afterDisposal()).toBeNull();
      },
      { policy },
    );
  });

  test("and an await outside a run takes as many microtasks as it does by itself", async () => {
    const plainly = await hops(async () => {
      await Promise.resolve();
      await Promise.resolve();
    });
    const byAwaited = await hops(async () => {
      await awaited(Promise.resolve());
      await awaited(5);
    });
    expect(byAwaited).toBe(plainly);
    const plain = await hops(async () => {
      for await (const letter of letters()) void letter;
    });
    const rewritten = await hops(async () => {
      for await (const letter of each(letters())) void letter;
    });
    expect(rewritten).toBe(plain);
  });

  test("where the engine itself makes one wait", async () => {
    await run(
      async () => {
        for (const value of [sleep(0), createTask(() => 1), gather([sleep(1)])]) {
          expect(awaited(value)).toBe(value);
          await value;
        }
      },
      { policy: firstInFirstOut() },
    );
  });
});

describe("S10.10: under a policy", () => {
  test.each<[string, () => unknown]>([
    ["a value", () => 5],
    ["a settled promise", () => Promise.resolve(5)],
    ["an async function's promise", async () => 5],
    [
      "a thenable",
      () => ({
        then: (resolve: (value: number) => void) => resolve(5),
      }),
    ],
  ])("an await of %s is a hand-over, and gives its value", async (_, value) => {
    const orders = await ordersOf(async (note) => {
      note();
      expect(await awaited(value())).toBe(5);
      note();
    });
    expect(orders).toEqual(allOrdersOfTwoSteps);
  });

  test("an await that fails is a hand-over before the failure is caught", async () => {
    const mistake = new Error("mistake");
    const orders = await ordersOf(async (note) => {
      note();
      await expect(awaited(Promise.reject(mistake))).rejects.toBe(mistake);
      note();
    });
    expect(orders).toEqual(allOrdersOfTwoSteps);
  });

  test("S4.10: the task is the same after it, also after a promise that another one resolves", async () => {
    const paths = new Set<string | undefined>();
    await everySchedule(async (policy) => {
      await run(
        async () => {
          let open = (): void => undefined;
          const opened = new Promise<void>((resolve) => (open = resolve));
          const waiter = createTask(
            async () => {
              await awaited(opened);
              paths.add(currentTask()?.path);
            },
            { name: "waiter" },
          );
          void createTask(
            async () => {
              await awaited(null);
              open();
              await awaited(null);
            },
            { name: "opener" },
          );
          await waiter;
        },
        { policy },
      );
    });
    expect(paths).toEqual(new Set(["main/waiter"]));
  });

  test("what is awaited in a callback hands over as a callback", async () => {
    const orders = await everySchedule(async (policy) => {
      let order = "";
      await simulate(
        async () => {
          const loop = getRunningLoop();
          for (const name of ["x", "y"]) {
            const strand = async (): Promise<void> => {
              order += name;
              await awaited(null);
              order += name;
            };
            loop.callSoon(() => void strand());
          }
          await sleep(1);
        },
        { policy },
      );
      return order;
    });
    expect(new Set(orders).size).toBe(6);
  });

  test("S7.9: a promise that something real resolves is given as it comes, and is no choice", async () => {
    const log: string[] = [];
    const real = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
    const main = async (): Promise<void> => {
      const inFlight = external(() => real(20)).toPromise();
      await awaited(real(1));
      log.push("came back");
      await inFlight;
    };
    const result = await simulate(main, { policy: firstInFirstOut() });
    expect(log).toEqual(["came back"]);
    expect(result.reason).toBe("done");
  });
});

describe("S10.10: `for await` under a policy", () => {
  const iterables: [string, () => AsyncIterable<string> | Iterable<string>][] = [
    ["an async generator", letters],
    ["an array", () => ["x", "y"]],
    ["an array of promises", () => ["x", "y"].map((l) => Promise.resolve(l)) as never],
    [
      "a hand-made iterator",
      () => ({
        [Symbol.asyncIterator]() {
          const left = ["x", "y"];
          return {
            next: async () =>
              left.length === 0
                ? { done: true, value: undefined }
                : { done: false, value: left.shift() as string },
          };
        },
      }),
    ],
  ];

  test.each(iterables)("has a hand-over after each step of %s", async (_, make) => {
    const seen: string[] = [];
    const schedules = await everySchedule(async (policy) => {
      const one = async (): Promise<void> => {
        let text = "";
        for await (const letter of each(make())) text += letter;
        seen.push(text);
      };
      await run(() => gather([one, async () => one()]).toPromise(), { policy });
    });
    expect(new Set(seen)).toEqual(new Set(["xy"]));
    // Four steps each: up to x, up to y, up to the end, after it.
    expect(schedules).toHaveLength(70);
  });

  test("ends what it iterates over when it is left, and when its body throws", async () => {
    const log: string[] = [];
    async function* counted(): AsyncGenerator<number> {
      try {
        yield 1;
        yield 2;
      } finally {
        log.push("closed");
      }
    }
    await run(
      async () => {
        for await (const number of each(counted())) {
          log.push(`left at ${number}`);
          break;
        }
        const failing = async (): Promise<void> => {
          for await (const number of each(counted())) throw new Error(`thrown at ${number}`);
        };
        await failing().catch((error: Error) => log.push(error.message));
      },
      { policy: firstInFirstOut() },
    );
    expect(log).toEqual(["left at 1", "closed", "closed", "thrown at 1"]);
  });

  test("lets another task in before the finally block of a generator that is left", async () => {
    const orders = await everySchedule(async (policy) => {
      let order = "";
      async function* closing(): AsyncGenerator<number> {
        try {
          yield 1;
        } finally {
          order += "c";
        }
      }
      await run(
        async () => {
          for await (const number of each(closing())) {
            order += "b";
            void createTask(() => (order += `o${number}`));
            break;
          }
          order += "e";
          await sleep(1);
        },
        { policy },
      );
      return order;
    });
    expect(new Set(orders)).toEqual(new Set(["bceo1", "bco1e", "bo1ce"]));
  });

  test("passes on what `yield*` of an async generator passes on", async () => {
    const log: unknown[] = [];
    async function* inner(): AsyncGenerator<number, string, string> {
      try {
        log.push(yield 1);
        log.push(yield 2);
      } catch (error) {
        log.push(error);
      }
      return "result";
    }
    async function* outer(): AsyncGenerator<number, void, string> {
      log.push(yield* eachAwaited(inner()) as AsyncGenerator<number, string, string>);
    }
    const all = async (): Promise<unknown[]> => {
      log.length = 0;
      const steps = outer();
      const given = [
        await steps.next("lost"),
        await steps.next("sent"),
        await steps.throw("thrown"),
      ];
      return [...given, ...log];
    };
    const plainly = await all();
    expect(plainly).toContain("thrown");
    expect(await run(all, { policy: firstInFirstOut() })).toEqual(plainly);
  });

  test.each([[5], [{}], [{ [Symbol.asyncIterator]: 7 }]])(
    "over %j is refused by the language",
    async (wrong) => {
      const loopOver = async (): Promise<void> => {
        for await (const one of each(wrong as never)) void one;
      };
      const refusal = await loopOver().catch((error: unknown) => error as Error);
      expect(refusal).toBeInstanceOf(TypeError);
      await expect(run(loopOver, { policy: firstInFirstOut() })).rejects.toThrow(refusal);
    },
  );
});

describe("S10.10: what stands in front of `await using`", () => {
  test("is a hand-over when it is disposed of, under a policy", async () => {
    const orders = await ordersOf(async (note) => {
      note();
      await afterDisposal()?.[Symbol.asyncDispose]();
      note();
    });
    expect(orders).toEqual(allOrdersOfTwoSteps);
  });
});
