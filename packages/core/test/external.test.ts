import { describe, expect, expectTypeOf, test } from "vitest";

import {
  createTask,
  currentTask,
  external,
  type Future,
  gather,
  getRunningLoop,
  isCancelled,
  type Loop,
  now,
  type RunResult,
  run,
  simulate,
  sleep,
  timeout,
} from "../src/index.ts";
import type { Policy } from "../src/policy.ts";
import { journal } from "./journal.ts";
import { kinds, wait } from "./kinds.ts";
import { everySchedule } from "./policies.ts";
import { followsAwaits, realTurn } from "./host.ts";

const drains = ["auto", "reference"] as const;

/** Real answers that arrive in the order in which a test lets them. */
class Server {
  readonly #answers = new Map<string, () => void>();

  ask(name: string): Promise<string> {
    return new Promise((resolve) => this.#answers.set(name, () => resolve(name)));
  }

  /** Answers in this order, each in a macrotask of its own. */
  async answer(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      while (!this.#answers.has(name)) await realTurn();
      this.#answers.get(name)?.();
      for (let i = 0; i < 3; i++) await realTurn();
    }
  }
}

describe.each(drains)("S7: external, with drain %s", (drain) => {
  test.each(kinds)(
    "gives the real answer to $kind bodies, and time stands still",
    async ({ of }) => {
      const result = await run(
        of(function* () {
          yield* wait(sleep(3));
          const value = yield* wait(external(async () => ({ rows: [1, 2] })));
          return [value, now()] as const;
        }),
        { drain },
      );
      expect(result).toEqual([{ rows: [1, 2] }, 3]);
    },
  );

  test("what is ready at this instant runs first; timers wait", async () => {
    const server = new Server();
    const log: string[] = [];
    const end = run(
      async () => {
        const tasks = [0, 0, 1, 2].map((delay, i) =>
          createTask(async () => {
            await sleep(delay);
            await sleep(0);
            log.push(`task ${i} at ${now()}`);
          }),
        );
        log.push(`${await external(() => server.ask("answer"))} at ${now()}`);
        for (const task of tasks) await task;
      },
      { drain },
    );
    await server.answer("answer");
    await end;
    expect(log).toEqual([
      "task 0 at 0",
      "task 1 at 0",
      "answer at 0",
      "task 2 at 1",
      "task 3 at 2",
    ]);
  });

  test("answers are delivered in the order of the calls, whichever arrives first", async () => {
    const orders = [
      ["a", "b", "c"],
      ["c", "b", "a"],
      ["b", "c", "a"],
    ];
    for (const order of orders) {
      const server = new Server();
      const log: string[] = [];
      const ask = (name: string) => async () => {
        log.push(await external(() => server.ask(name)));
        await sleep(0);
        log.push(`${name} goes on`);
      };
      const end = run(() => gather([ask("a"), ask("b"), ask("c")]), { drain });
      await server.answer(...order);
      await end;
      expect(log).toEqual(["a", "a goes on", "b", "b goes on", "c", "c goes on"]);
    }
  });

  test("with ordered: false they are delivered as they arrive", async () => {
    const server = new Server();
    const log: string[] = [];
    const ask = (name: string) => async () =>
      void log.push(await external(() => server.ask(name), { ordered: false }));
    const end = run(() => gather([ask("a"), ask("b"), ask("c")]), { drain });
    await server.answer("b", "c", "a");
    await end;
    expect(log).toEqual(["b", "c", "a"]);
  });

  test("an unordered answer need not wait for ordered ones, and these keep their order", async () => {
    const server = new Server();
    const log: string[] = [];
    const ask = (name: string, ordered: boolean) => async () =>
      void log.push(await external(() => server.ask(name), { ordered }));
    const end = run(() => gather([ask("a", true), ask("free", false), ask("b", true)]), { drain });
    await server.answer("b", "free", "a");
    await end;
    expect(log).toEqual(["free", "a", "b"]);
  });

  test("while a call is in flight a run without anything else to do is no deadlock", async () => {
    const server = new Server();
    const end = simulate(() => external(() => server.ask("late")), { drain });
    await server.answer("late");
    expect(await end).toMatchObject({ reason: "done", outcome: { value: "late" } });
  });

  test("cancelling the wait aborts the signal, and the answer is dropped", async () => {
    const server = new Server();
    const log: unknown[] = [];
    const end = run(
      async () => {
        const task = createTask(async () => {
          try {
            await external((signal) => {
              log.push(signal.aborted);
              signal.addEventListener("abort", () => log.push("aborted"));
              return server.ask("dropped");
            });
          } catch (error) {
            log.push(isCancelled(error));
            throw error;
          }
        });
        await sleep(0);
        task.cancel();
        await external(() => server.ask("other"));
        expect(task.cancelled()).toBe(true);
        await sleep(10);
        return now();
      },
      { drain },
    );
    await server.answer("dropped", "other");
    expect(await end).toBe(10);
    expect(log).toEqual([false, "aborted", true]);
  });

  test("a call that is cancelled does not hold up those that were made after it", async () => {
    const server = new Server();
    const log: string[] = [];
    const end = run(
      async () => {
        const stuck = createTask(() => external(() => server.ask("never answered")));
        const other = createTask(async () => log.push(await external(() => server.ask("other"))));
        await sleep(0);
        stuck.cancel();
        await other;
      },
      { drain },
    );
    await server.answer("other");
    await end;
    expect(log).toEqual(["other"]);
  });

  test("a timeout does not expire while time stands still", async () => {
    const server = new Server();
    const end = run(() => timeout(1, () => external(() => server.ask("slow"))), { drain });
    await server.answer("slow");
    expect(await end).toBe("slow");
  });

  test("callbacks that run after a late answer belong to no task, and may use the loop", async () => {
    const server = new Server();
    const seen: unknown[] = [];
    const end = run(
      async () => {
        await external(() => server.ask("late"));
        getRunningLoop().callSoon(() => seen.push(currentTask(), now()));
        getRunningLoop().callLater(1, () => seen.push(currentTask(), createTask(() => 1).path));
        await sleep(2);
      },
      { drain },
    );
    await server.answer("late");
    await end;
    expect(seen).toEqual([null, 0, null, "main/1"]);
  });

  test.runIf(followsAwaits)(
    "the function belongs to no task, and cannot use the loop",
    async () => {
      const refused = expect.objectContaining({ code: "ERR_IN_EXTERNAL" });
      await run(
        async () => {
          const codes = await external(async () => {
            const seen = [currentTask()];
            expect(() => createTask(() => 1)).toThrow(refused);
            await Promise.resolve();
            expect(() => now()).toThrow(refused);
            seen.push(currentTask());
            return seen;
          });
          expect(codes).toEqual([null, null]);
          expect(currentTask()?.path).toBe("main");
        },
        { drain },
      );
    },
  );
});

describe("what passes through", () => {
  const through = <T>(value: T, options = {}): Promise<T> =>
    run(() => external(async () => value, options));

  test.each([[undefined], [null], [0], ["text"], [[1, { two: [] }]], [true], [""]])(
    "%j comes out as it went in",
    async (value) => {
      expect(await through<unknown>(value)).toEqual(value);
    },
  );

  test("everything is turned into text and back, live as in a replay", async () => {
    const value = { list: [1, "two", null, true], left: undefined, deep: { er: [] } };
    expect(await through<unknown>(value)).toEqual(value);
    const object = { a: 1 };
    expect(await through(object)).not.toBe(object);
  });

  test("a codec says how", async () => {
    const codec = {
      encode: (set: Set<number>) => [...set].join(),
      decode: (text: string) => new Set(text.split(",").map(Number)),
    };
    expect(await through(new Set([3, 1]), { codec })).toEqual(new Set([3, 1]));
    const typed = (): unknown => external(async () => new Set([1]), { codec });
    expectTypeOf(typed).returns.toEqualTypeOf<unknown>();
  });

  test.each<[string, unknown]>([
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a bigint", 1n],
    ["a date, which would be a text", new Date(0)],
    ["a map, which would be empty", new Map([[1, 2]])],
    ["bytes, which would be an object", new Uint8Array(2)],
    ["NaN, which would be null", NaN],
  ])("%s does not, and the error says so", async (_, value) => {
    await expect(through(value)).rejects.toThrow(/JSON|codec/);
    await expect(through({ inside: [value] })).rejects.toThrow(/`result\.inside\[0\]`/);
  });

  test("what refers to itself does not, and the error says so", async () => {
    const ring: { self?: unknown } = {};
    ring.self = ring;
    await expect(through(ring)).rejects.toThrow(/`result\.self`/);
  });

  test("an error comes out with its name, message and code, as a new object", async () => {
    const original = Object.assign(new RangeError("no such row"), { code: "ERR_ROW" });
    const caught: unknown = await run(() =>
      external(async () => {
        throw original;
      }),
    ).catch((error: unknown) => error);
    expect(caught).toBeInstanceOf(Error);
    expect(caught).not.toBe(original);
    expect(caught).toMatchObject({ name: "RangeError", message: "no such row", code: "ERR_ROW" });
  });

  test.each<[string, unknown, unknown]>([
    ["a string is kept", "ERR_ROW", "ERR_ROW"],
    ["a number is kept", 7, 7],
    ["a bigint is dropped, since it is no JSON", 10n, undefined],
    ["an object is dropped", { deep: true }, undefined],
  ])("S7: a code that is %s", async (_, code, expected) => {
    const caught: unknown = await run(() =>
      external(async () => {
        throw Object.assign(new Error("no such row"), { code });
      }),
    ).catch((error: unknown) => error);
    expect(caught).toMatchObject({ name: "Error", message: "no such row" });
    expect((caught as { code?: unknown }).code).toBe(expected);
  });

  test("S7: the causes of an error come out with it, however deep", async () => {
    const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    const socket = new RangeError("socket", { cause: refused });
    const caught: unknown = await run(() =>
      external(async () => {
        throw new TypeError("fetch failed", { cause: socket });
      }),
    ).catch((error: unknown) => error);
    expect(caught).toMatchObject({
      name: "TypeError",
      message: "fetch failed",
      cause: {
        name: "RangeError",
        message: "socket",
        cause: { name: "Error", message: "connect", code: "ECONNREFUSED" },
      },
    });
    expect((caught as Error).cause).toBeInstanceOf(Error);
    expect((caught as Error).cause).not.toBe(socket);
  });

  test("S7: a cause that is no error comes out as one that says what it was", async () => {
    const caught: unknown = await run(() =>
      external(async () => {
        throw new Error("outer", { cause: "the disk" });
      }),
    ).catch((error: unknown) => error);
    expect((caught as Error).cause).toMatchObject({ name: "Error", message: "the disk" });
  });

  test("what is thrown before the first await, or is no error, comes out too", async () => {
    const thrown = run(() =>
      external(() => {
        throw new Error("at once");
      }),
    );
    await expect(thrown).rejects.toThrow("at once");
    const text = run(() => external(() => Promise.reject(new Error("just text"))));
    await expect(text).rejects.toThrow("just text");
  });

  test("an error of the codec's decode comes out where the answer is awaited", async () => {
    const codec = {
      encode: () => "broken",
      decode: () => {
        throw new Error("cannot decode");
      },
    };
    await expect(through(1, { codec })).rejects.toThrow("cannot decode");
  });

  test("it is a coroutine: nothing is called before it is awaited", async () => {
    let calls = 0;
    await run(async () => {
      const lazy = external(async () => ++calls);
      await sleep(1);
      expect(calls).toBe(0);
      expect(await lazy).toBe(1);
    });
  });
});

describe("replay and choice", () => {
  const recordedOf = (lines: readonly string[]): string[] =>
    lines
      .filter((line) => line.startsWith("external"))
      .map((line) => line.split(" ").slice(4).join(" "));

  async function program(calls: string[]): Promise<string> {
    const ask = async (name: string): Promise<string> =>
      external(async () => {
        calls.push(name);
        return `${name} ${calls.length}`;
      });
    return `${await ask("a")}, ${await ask("b")} at ${now()}`;
  }

  test("a policy that has the recorded outcomes gives them, and nothing real is called", async () => {
    const live: string[] = [];
    const { probe, lines } = journal();
    const first = await run(() => program(live), { probes: [probe] });
    expect(live).toEqual(["a", "b"]);
    const recorded = recordedOf(lines);
    expect(recorded).toHaveLength(2);
    const replayed: string[] = [];
    const policy: Policy = { choose: () => 0, external: (call) => recorded[call] };
    expect(await run(() => program(replayed), { policy })).toBe(first);
    expect(replayed).toEqual([]);
  });

  test("S10: the order of unordered answers is a choice, and every order can be had", async () => {
    const order = async (policy: Policy): Promise<string> => {
      const log: string[] = [];
      const ask = (name: string) => async () =>
        void log.push(await external(async () => name, { ordered: false }));
      const only: Policy = {
        choose: (kind, count, task) => (kind === "external" ? policy.choose(kind, count, task) : 0),
      };
      await run(() => gather([ask("a"), ask("b"), ask("c")]), { policy: only });
      return log.join("");
    };
    const orders = await everySchedule(order);
    expect(orders.toSorted((one, other) => (one < other ? -1 : 1))).toEqual([
      "abc",
      "acb",
      "bac",
      "bca",
      "cab",
      "cba",
    ]);
  });

  test.each([-1, 2, 7, 0.5, NaN])(
    "S10: option %d of two unordered answers does not exist, and fails the run",
    async (answer) => {
      const policy: Policy = { fifo: true, choose: () => answer };
      const end = run(
        () =>
          gather([
            () => external(() => 1, { ordered: false }),
            () => external(() => 2, { ordered: false }),
          ]),
        { policy },
      );
      await expect(end).rejects.toMatchObject({ code: "ERR_BAD_CHOICE" });
    },
  );

  test("the order of arrival is recorded as a choice", async () => {
    const server = new Server();
    const { probe, lines } = journal();
    const ask = (name: string) => () => external(() => server.ask(name), { ordered: false });
    const end = run(() => gather([ask("a"), ask("b")]), { probes: [probe] });
    await server.answer("b", "a");
    await end;
    const choices = lines
      .filter((line) => line.startsWith("choice"))
      .map((line) => line.split(" "));
    expect(choices.map((words) => words.slice(3).join(" "))).toEqual(["external 2 1"]);
  });
});

describe("S7: real I/O without external", () => {
  const outside = expect.objectContaining({ code: "ERR_OUTSIDE_STEP", task: "main/reader" });

  async function failureOf(reader: () => Promise<unknown>): Promise<RunResult<unknown>> {
    const server = new Server();
    const end = simulate(async () => {
      void createTask(reader, { name: "reader" });
      await external(() => server.ask("late"));
      await sleep(1);
    });
    for (let i = 0; i < 5; i++) await realTurn();
    await server.answer("late");
    return end;
  }

  test.each<[string, () => Promise<unknown>]>([
    ["ends", () => realTurn()],
    ["throws", () => realTurn().then(() => Promise.reject(new Error("read")))],
    ["waits", () => realTurn().then(() => sleep(1).toPromise())],
    ["makes a task", () => realTurn().then(() => createTask(() => 1).path)],
    ["asks for the time", () => realTurn().then(() => now())],
    ["looks for the loop", () => realTurn().then(() => getRunningLoop())],
  ])("a task that %s after it fails the run, and is named", async (_, reader) => {
    const result = await failureOf(reader);
    expect(result.reason).toBe("error");
    expect((result.outcome as PromiseRejectedResult).reason).toEqual(outside);
    expect(String((result.outcome as PromiseRejectedResult).reason)).toMatch(/external\(/);
  });
});

describe("S7: the function given to external is no part of the run", () => {
  test.each<[string, (loop: Loop, future: Future<number>) => unknown]>([
    ["callSoon", (loop) => loop.callSoon(() => undefined)],
    ["callLater", (loop) => loop.callLater(1, () => undefined)],
    ["createTask", (loop) => loop.createTask(() => undefined)],
    ["setResult", (_, future) => future.setResult(1)],
    ["cancel", (_, future) => future.cancel()],
    ["a draw", (loop) => loop.random("stream")()],
  ])("%s in it, before its first await, is refused and fails the run", async (_, touch) => {
    const heard: unknown[] = [];
    const end = run(async () => {
      const loop = getRunningLoop();
      const future = loop.createFuture<number>();
      await external(() => {
        try {
          touch(loop, future);
        } catch (error) {
          heard.push(error);
        }
        return 1;
      });
      await sleep(1);
    });
    const refused = { code: "ERR_OUTSIDE_STEP", message: expect.stringContaining("external(") };
    await expect(end).rejects.toMatchObject(refused);
    expect(heard).toEqual([expect.objectContaining(refused)]);
  });

  test.runIf(followsAwaits)(
    "nothing is running there, before its first await and after it",
    async () => {
      const found: unknown[] = [];
      const look = (): void => {
        try {
          found.push(getRunningLoop());
        } catch (error) {
          found.push((error as { code?: string }).code);
        }
      };
      const end = run(async () => {
        await external(async () => {
          look();
          await realTurn();
          look();
        });
        return currentTask()?.path;
      });
      expect(await end).toBe("main");
      expect(found).toEqual(["ERR_IN_EXTERNAL", "ERR_IN_EXTERNAL"]);
    },
  );
});
