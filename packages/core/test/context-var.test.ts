import {
  Context,
  ContextVar,
  copyContext,
  coroutine,
  createTask,
  external,
  gather,
  getRunningLoop,
  Loop,
  now,
  run,
  runSync,
  sleep,
  taskGroup,
  timeout,
  type Token,
} from "@tickless/core";
import { describe, expect, expectTypeOf, test } from "vitest";

import { driver } from "../src/context.ts";
import { journal } from "./journal.ts";
import { kinds, wait } from "./kinds.ts";
import { followsAwaits } from "./host.ts";

const make = (): ContextVar<string> => new ContextVar<string>("v", { default: "default" });

describe.each(kinds)("context variables with $kind bodies", ({ of }) => {
  test("CTX-01: a task copies the context at its creation, not at its start, and changes its own alone", async () => {
    const variable = make();
    const log: string[] = [];
    await run(
      of(function* () {
        variable.set("at creation");
        const task = createTask(
          of(function* () {
            log.push(`task begins: ${variable.get()}`);
            variable.set("of the task");
            yield* wait(sleep(2));
            log.push(`task ends: ${variable.get()}`);
          }),
        );
        variable.set("after creation");
        yield* wait(sleep(1));
        log.push(`main: ${variable.get()}`);
        yield* wait(task);
        log.push(`main: ${variable.get()}`);
      }),
    );
    expect(log).toEqual([
      "task begins: at creation",
      "main: after creation",
      "task ends: of the task",
      "main: after creation",
    ]);
  });

  test("CTX-01: what runs in the same task shares its context: coroutines, timeouts, the body of a group", async () => {
    const variable = make();
    const seen: string[] = [];
    const setting = (value: string): (() => unknown) =>
      of(function* () {
        seen.push(variable.get());
        variable.set(value);
        yield* wait(sleep(1));
        seen.push(variable.get());
      });
    await run(
      of(function* () {
        yield* wait(coroutine(setting("coroutine"))());
        seen.push(variable.get());
        yield* wait(timeout(5, setting("timeout")));
        seen.push(variable.get());
        yield* wait(taskGroup(setting("group")));
        seen.push(variable.get());
      }),
    );
    expect(seen).toEqual([
      "default",
      "coroutine",
      "coroutine",
      "coroutine",
      "timeout",
      "timeout",
      "timeout",
      "group",
      "group",
    ]);
  });

  test("CTX-01: children of gather and of a group are tasks with copies", async () => {
    const variable = make();
    await run(
      of(function* () {
        variable.set("parent");
        const child = of(function* () {
          yield* wait(sleep(1));
          const before = variable.get();
          variable.set("child");
          return before;
        });
        expect(yield* wait(gather([child, child]))).toEqual(["parent", "parent"]);
        const tasks = yield* wait(
          taskGroup((group) => [group.createTask(child), group.createTask(child)]),
        );
        expect(tasks.map((task) => task.result())).toEqual(["parent", "parent"]);
        expect(variable.get()).toBe("parent");
      }),
    );
  });

  test("CTX-02: a callback runs in a copy taken when it was scheduled; what it sets nobody else sees", async () => {
    const variable = make();
    const log: string[] = [];
    await run(
      of(function* () {
        const loop = getRunningLoop();
        const note = (name: string) => (): void => {
          log.push(`${name}: ${variable.get()}`);
          variable.set(name);
          log.push(`${name}: ${variable.get()}`);
          loop.callSoon(() => log.push(`after ${name}: ${variable.get()}`));
        };
        const future = loop.createFuture<void>();
        variable.set("first");
        loop.callSoon(note("soon"));
        variable.set("second");
        loop.callLater(2, note("later"));
        variable.set("third");
        future.addDoneCallback(note("done"));
        variable.set("fourth");
        future.setResult();
        yield* wait(sleep(5));
        log.push(`main: ${variable.get()}`);
      }),
    );
    expect(log).toEqual([
      "soon: first",
      "soon: soon",
      "done: third",
      "done: done",
      "after soon: soon",
      "after done: done",
      "later: second",
      "later: later",
      "after later: later",
      "main: fourth",
    ]);
  });

  test("a task that is given a context runs in it, and it may be shared", async () => {
    const variable = make();
    await run(
      of(function* () {
        const context = copyContext();
        const setting = (value: string): (() => unknown) =>
          of(function* () {
            const before = variable.get();
            yield* wait(sleep(1));
            variable.set(value);
            return before;
          });
        const first = createTask(setting("first"), { context });
        expect(yield* wait(first)).toBe("default");
        expect(context.get(variable)).toBe("first");
        const second = createTask(setting("second"), { context });
        expect(yield* wait(second)).toBe("first");
        expect(context.get(variable)).toBe("second");
        expect(variable.get()).toBe("default");
        expect(second.getContext()).toBe(context);
        const plain = createTask(setting("plain"));
        expect(plain.getContext().has(variable)).toBe(false);
        yield* wait(plain);
        expect(plain.getContext().get(variable)).toBe("plain");
      }),
    );
  });

  test.runIf(followsAwaits)(
    "S4.10: after an await of a foreign promise a task finds its own variables",
    async () => {
      const variable = make();
      await run(async () => {
        let resolve = (): void => undefined;
        const foreign = new Promise<void>((settle) => (resolve = settle));
        const waiting = createTask(async () => {
          variable.set("waiting");
          await foreign;
          return variable.get();
        });
        void createTask(async () => {
          variable.set("resolving");
          await sleep(1);
          resolve();
        });
        expect(await waiting).toBe("waiting");
      });
    },
  );

  test("S8: variables change no event of a run", async () => {
    const program = (variable: ContextVar<string> | null): Promise<string[]> => {
      const { probe, lines } = journal();
      const body = of(function* () {
        variable?.set("a");
        void createTask(of(() => wait(sleep(1))));
        getRunningLoop().callLater(1, () => variable?.set("b"));
        yield* wait(sleep(2));
      });
      return run(body, { probes: [probe] }).then(() => lines);
    };
    expect(await program(make())).toEqual(await program(null));
  });
});

describe("Context.run", () => {
  test("what is set in it stays in it, and tasks and callbacks made in it copy it", () =>
    run(async () => {
      const variable = make();
      variable.set("task");
      const context = copyContext();
      const made = context.run((value: string) => {
        variable.set(value);
        return createTask(async () => {
          await sleep(1);
          return variable.get();
        });
      }, "inside");
      expect(variable.get()).toBe("task");
      expect(context.get(variable)).toBe("inside");
      expect(await made).toBe("inside");
    }));

  test("a context that is entered already is refused", () =>
    run(async () => {
      const context = copyContext();
      const refused = expect.objectContaining({ code: "ERR_CONTEXT_ENTERED" });
      expect(() => context.run(() => context.run(() => 1))).toThrow(refused);
      const nested = context.run(() => copyContext().run(() => 2));
      expect(nested).toBe(2);
      const own = createTask(async () => context.run(() => 3), { context });
      await expect(own.toPromise()).rejects.toMatchObject({ code: "ERR_CONTEXT_ENTERED" });
    }));

  test("an error leaves the context as it was", () =>
    run(async () => {
      const variable = make();
      const context = copyContext();
      expect(() =>
        context.run(() => {
          variable.set("inside");
          throw new Error("x");
        }),
      ).toThrow("x");
      expect(variable.get()).toBe("default");
      expect(context.run(() => variable.get())).toBe("inside");
    }));

  test("an async function runs in it to its first await, and then in its task's", () =>
    run(async () => {
      const variable = make();
      const context = copyContext();
      const seen = await context.run(async () => {
        variable.set("inside");
        const before = variable.get();
        await sleep(1);
        return [before, variable.get()];
      });
      expect(seen).toEqual(["inside", "default"]);
    }));

  test("reading a context: get, has, copy", () => {
    const variable = make();
    const other = new ContextVar<number>("other");
    const context = copyContext();
    context.run(() => other.set(1));
    const copy = context.copy();
    context.run(() => other.set(2));
    expect([context.get(other), copy.get(other)]).toEqual([2, 1]);
    copy.run(() => other.set(3));
    expect([context.get(other), copy.get(other)]).toEqual([2, 3]);
    expect([context.has(other), context.has(variable)]).toEqual([true, false]);
    expect([context.get(variable), context.get(variable, 5)]).toEqual([undefined, 5]);
  });
});

describe("values", () => {
  test("get: the value, else the fallback, else the default, else an error", () =>
    run(async () => {
      const bare = new ContextVar<string | undefined>("bare");
      const defaulted = new ContextVar<number | undefined>("defaulted", { default: undefined });
      expect(() => bare.get()).toThrow(
        expect.objectContaining({
          code: "ERR_NO_VALUE",
          message: expect.stringContaining("`bare` has no value here"),
        }),
      );
      expect(bare.get("fallback")).toBe("fallback");
      expect(bare.get(undefined)).toBeUndefined();
      expect(defaulted.get()).toBeUndefined();
      expect(defaulted.get("fallback")).toBe("fallback");
      bare.set(undefined);
      expect(bare.get("fallback")).toBeUndefined();
    }));

  test("reset gives the value from before back, once, in the same context", () =>
    run(async () => {
      const variable = new ContextVar<string>("v");
      const other = new ContextVar<string>("w");
      const first = variable.set("first");
      const second = variable.set("second");
      expect([first.oldValue, second.oldValue, second.variable]).toEqual([
        undefined,
        "first",
        variable,
      ]);
      const refusal = (why: string): unknown =>
        expect.objectContaining({
          code: "ERR_CONTEXT_TOKEN",
          message: expect.stringContaining(why),
        });
      expect(() => other.reset(second)).toThrow(refusal("is of variable `v`"));
      const elsewhere = createTask(async () => variable.reset(second));
      await expect(elsewhere.toPromise()).rejects.toMatchObject(
        refusal("was made in another context") as object,
      );
      variable.reset(second);
      expect(variable.get()).toBe("first");
      expect(() => variable.reset(second)).toThrow(refusal("has been used once already"));
      variable.reset(first);
      expect(variable.get("none")).toBe("none");
    }));

  test("a token resets at the end of its block", () =>
    run(async () => {
      const variable = make();
      {
        using token = variable.set("inside");
        expect([variable.get(), token.wasSet]).toEqual(["inside", false]);
      }
      expect(variable.get()).toBe("default");
    }));

  test("many sets and copies do not mix up values", () =>
    run(async () => {
      const variables = Array.from({ length: 20 }, (_, i) => new ContextVar<number>(`v${i}`));
      const tasks = Array.from({ length: 20 }, (_, i) =>
        createTask(async () => {
          variables[i]?.set(i);
          await sleep(1);
          const inner = createTask(async () => {
            variables[(i + 1) % 20]?.set(100 + i);
            await sleep(1);
            return variables.map((variable) => variable.get(-1));
          });
          const theirs = await inner;
          return [variables.map((variable) => variable.get(-1)), theirs];
        }),
      );
      for (const [i, task] of tasks.entries()) {
        const own = Array.from({ length: 20 }, (_, j) => (i === j ? i : -1));
        const theirs = own.with((i + 1) % 20, 100 + i);
        expect(await task).toEqual([own, theirs]);
      }
    }));
});

describe("outside of tasks", () => {
  test("what is set outside a run main inherits, and what main sets stays in it", async () => {
    const variable = make();
    const token = variable.set("outside");
    try {
      const inside = await run(async () => {
        const before = variable.get();
        variable.set("inside");
        await sleep(1);
        return [before, variable.get()];
      });
      expect(inside).toEqual(["outside", "inside"]);
      expect(variable.get()).toBe("outside");
      const loop = new Loop();
      const task = loop.createTask(async () => variable.get());
      loop.callSoon(() => variable.set("in a callback"));
      await loop.run();
      expect(task.result()).toBe("outside");
      expect(variable.get()).toBe("outside");
      loop.close();
    } finally {
      variable.reset(token);
    }
    expect(variable.get()).toBe("default");
  });

  test.runIf(followsAwaits)(
    "S7.13: the function of external sees what is set outside the run, and may set nothing",
    () =>
      run(async () => {
        const variable = make();
        variable.set("of main");
        const seen = await external(async () => {
          const before = variable.get();
          await Promise.resolve();
          return [before, variable.get()];
        });
        expect(seen).toEqual(["default", "default"]);
        const setting = external(async () => {
          variable.set("lost");
        });
        await expect(setting.toPromise()).rejects.toMatchObject({ code: "ERR_IN_EXTERNAL" });
        expect(variable.get()).toBe("of main");
      }),
  );

  test("LOOP-16: an exception handler sees the variables of the callback that threw", async () => {
    const variable = make();
    const seen: string[] = [];
    await run(
      async () => {
        variable.set("of main");
        getRunningLoop().callSoon(() => {
          variable.set("of the callback");
          throw new Error("x");
        });
        await sleep(1);
      },
      { exceptionHandler: () => void seen.push(variable.get()) },
    );
    expect(seen).toEqual(["of the callback"]);
  });

  test("LOOP-16: an exception handler sees the variables of the task concerned", async () => {
    const variable = make();
    const seen: string[] = [];
    await run(
      async () => {
        const failing = async (): Promise<never> => {
          await sleep(1);
          throw new Error("x");
        };
        variable.set("of main");
        void createTask(async () => {
          variable.set("of the task");
          await failing();
        });
        void createTask(failing);
        void createTask(failing, { context: new Context() });
        await sleep(2);
      },
      { exceptionHandler: () => void seen.push(variable.get()) },
    );
    expect(seen).toEqual(["of the task", "of main", "default"]);
  });

  test("S12: runs side by side each have their own", async () => {
    const variable = make();
    const one = (name: string): Promise<string[]> =>
      run(async () => {
        const seen: string[] = [];
        getRunningLoop().callLater(5, () => variable.set("in a callback"));
        for (let i = 0; i < 100; i++) {
          seen.push(variable.get());
          variable.set(name);
          await sleep(1);
        }
        return [...new Set(seen)];
      });
    expect(await Promise.all([one("a"), one("b")])).toEqual([
      ["default", "a"],
      ["default", "b"],
    ]);
  });
});

test("S5: runSync: generator bodies have their own variables", () => {
  const variable = make();
  const seen = runSync(function* () {
    variable.set("main");
    const task = createTask(function* () {
      const before = variable.get();
      variable.set("task");
      yield* sleep(1);
      return [before, variable.get(), now()];
    });
    const theirs = yield* task;
    return [theirs, variable.get()];
  });
  expect(seen).toEqual([["main", "task", 1], "main"]);
});

test("S4.11: where nothing follows awaits, a task still finds its own variables", async () => {
  const { storage } = driver;
  // As in a browser, which has no AsyncLocalStorage.
  Object.assign(driver, { storage: null });
  try {
    const variable = make();
    const seen = await run(async () => {
      variable.set("main");
      const task = createTask(async () => {
        variable.set("task");
        await sleep(1);
        return variable.get();
      });
      return [await task, variable.get()];
    });
    expect(seen).toEqual(["task", "main"]);
  } finally {
    Object.assign(driver, { storage });
  }
});

test("bad input is refused", () =>
  run(async () => {
    const variable = make();
    expect(() => new ContextVar(5 as never)).toThrow("`name`");
    expect(() => variable.reset({} as never)).toThrow("Expected `token` to be what `set` answered");
    expect(() => copyContext().run(5 as never)).toThrow("Expected `fn` to be a function");
    expect(() => createTask(() => 1, { context: {} as never })).toThrow(
      "Expected `context` to be a Context",
    );
  }));

test("types", () => {
  const check = (variable: ContextVar<number>, context: Context): void => {
    expectTypeOf(variable.get()).toEqualTypeOf<number>();
    expectTypeOf(variable.get(null)).toEqualTypeOf<number | null>();
    expectTypeOf(variable.set(1)).toEqualTypeOf<Token<number>>();
    expectTypeOf(context.get(variable)).toEqualTypeOf<number | undefined>();
    expectTypeOf(context.get(variable, "x")).toEqualTypeOf<number | string>();
    expectTypeOf(context.run((one: number) => [one], 1)).toEqualTypeOf<number[]>();
    // @ts-expect-error: the value is a number
    variable.set("x");
  };
  void check;
});
