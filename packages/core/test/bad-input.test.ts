import {
  asCompleted,
  CancelledError,
  ContextVar,
  coroutine,
  createTask,
  currentTask,
  ensureFuture,
  external,
  type Future,
  gather,
  getRunningLoop,
  InvalidStateError,
  Loop,
  now,
  random,
  run,
  runSync,
  setEventLoop,
  simulate,
  simulateSync,
  sleep,
  taskGroup,
  timeout,
  timeoutAt,
  UsageError,
  wait,
} from "@tickless/core";
import { describe, expect, test } from "vitest";

/** An error of this class and code whose message says what to write. */
function error(constructor: unknown, code: string, message: RegExp | string): unknown {
  const pattern =
    typeof message === "string"
      ? new RegExp(message.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`))
      : message;
  return expect.objectContaining({ constructor, code, message: expect.stringMatching(pattern) });
}

/** For calls that the types forbid. */
const untyped = (value: unknown): never => value as never;

/** What `main` fails with in a run. */
async function failureIn(main: () => unknown): Promise<unknown> {
  const { outcome } = await simulate(async () => {
    await (main() as Promise<unknown>);
  });
  return outcome?.status === "rejected" ? outcome.reason : "it did not fail";
}

describe("times", () => {
  const uses: [string, (time: never) => unknown][] = [
    ["sleep", (time) => sleep(time)],
    ["timeout", (time) => timeout(time, () => sleep(1))],
    ["timeoutAt", (time) => timeoutAt(time, () => sleep(1))],
    ["callLater", (time) => getRunningLoop().callLater(time, () => undefined)],
    ["callAt", (time) => getRunningLoop().callAt(time, () => undefined)],
  ];

  describe.each(uses)("%s", (_, use) => {
    test.each([NaN, "5", undefined, true, {}, 5n, Symbol("s")])(
      "refuses %s: TypeError",
      async (time) => {
        const failure = await failureIn(() => use(untyped(time)));
        expect(failure).toEqual(
          error(TypeError, "ERR_INVALID_ARG_TYPE", /to be a finite number of time units, got /),
        );
      },
    );

    test.each([Infinity, -Infinity])("refuses %s: RangeError", async (time) => {
      const failure = await failureIn(() => use(untyped(time)));
      expect(failure).toEqual(error(RangeError, "ERR_OUT_OF_RANGE", /finite.*await a future/));
    });

    test("is refused at the call, not when it is awaited", () =>
      run(() => {
        expect(() => use(untyped(NaN))).toThrow(TypeError);
      }));
  });

  test("a negative delay counts as 0", () =>
    run(
      async () => {
        const log: string[] = [];
        getRunningLoop().callLater(-5, () => log.push(`callLater at ${now()}`));
        await sleep(-3);
        await sleep(-0.5);
        log.push(`sleep at ${now()}`);
        await expect(timeout(-1, () => sleep(1)).toPromise()).rejects.toMatchObject({
          code: "ERR_TIMEOUT",
        });
        expect([log, now()]).toEqual([["callLater at 10", "sleep at 10"], 10]);
      },
      { start: 10 },
    ));

  test("a time in the past counts as now for callAt and timeoutAt", () =>
    run(
      async () => {
        const fired: number[] = [];
        getRunningLoop().callAt(3, () => fired.push(now()));
        await expect(timeoutAt(3, () => sleep(1)).toPromise()).rejects.toMatchObject({
          code: "ERR_TIMEOUT",
        });
        expect([fired, now()]).toEqual([[10], 10]);
      },
      { start: 10 },
    ));

  test("a sum that is no finite number any more is refused, and the clock stays right", () =>
    run(
      async () => {
        await expect(sleep(Number.MAX_VALUE).toPromise()).rejects.toEqual(
          error(RangeError, "ERR_OUT_OF_RANGE", "finite"),
        );
        await sleep(1);
        expect(Number.isFinite(now())).toBe(true);
      },
      { start: Number.MAX_VALUE },
    ));

  test("reschedule refuses NaN and leaves the deadline as it was", () =>
    run(async () => {
      const block = timeout(5, async (deadline) => {
        expect(() => deadline.reschedule(NaN)).toThrow(TypeError);
        expect(deadline.when()).toBe(5);
        await sleep(100);
      });
      await expect(block.toPromise()).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
      expect(now()).toBe(5);
    }));

  test("`until` is checked like any time", async () => {
    await expect(simulate(() => sleep(1), { until: NaN })).rejects.toEqual(
      error(TypeError, "ERR_INVALID_ARG_TYPE", "`until`"),
    );
    expect(() => simulateSync(() => sleep(1), { until: untyped("5") })).toThrow(
      error(TypeError, "ERR_INVALID_ARG_TYPE", "`until`"),
    );
    const loop = new Loop();
    await expect(loop.run({ until: NaN })).rejects.toEqual(
      error(TypeError, "ERR_INVALID_ARG_TYPE", "`until`"),
    );
    expect(await loop.run({ until: 5 })).toBe("exhausted");
  });
});

describe("what is no body", () => {
  const promise = Promise.resolve(1);
  const asBody = error(TypeError, "ERR_PROMISE_AS_BODY", "createTask(async () => { … })");
  const notBody = error(TypeError, "ERR_INVALID_ARG_TYPE", "createTask(async () => { … })");

  test("createTask of a promise: its body has begun already", async () => {
    expect(await failureIn(() => createTask(untyped(promise)))).toEqual(asBody);
    expect(await failureIn(() => ensureFuture(untyped(promise)))).toEqual(asBody);
    expect(() => new Loop().createTask(untyped(promise))).toThrow(asBody);
  });

  test.each([null, undefined, 1, "work", {}])("createTask(%s)", async (body) => {
    expect(await failureIn(() => createTask(untyped(body)))).toEqual(notBody);
  });

  test("createTask of a future or a task, which has begun already", async () => {
    const failure = await failureIn(() => createTask(untyped(getRunningLoop().createFuture())));
    expect(failure).toMatchObject({ name: "TypeError" });
    expect((failure as Error).message).toMatch(/ensureFuture|await it/);
  });

  test("run of a promise, of nothing, of a number", async () => {
    await expect(run(untyped(promise))).rejects.toEqual(
      error(TypeError, "ERR_PROMISE_AS_BODY", "run("),
    );
    await expect(run(untyped(undefined))).rejects.toEqual(
      error(TypeError, "ERR_INVALID_ARG_TYPE", "run("),
    );
    expect(() => runSync(untyped(5))).toThrow(error(TypeError, "ERR_INVALID_ARG_TYPE", "run("));
  });

  test("gather of a promise", async () => {
    const failure = await failureIn(() => gather([untyped(promise)]));
    expect(failure).toEqual(
      error(TypeError, "ERR_INVALID_ARG_TYPE", /promise has begun already: give the function/),
    );
  });

  test("gather names the element that is wrong, and speaks of promises where there is one", async () => {
    const ofNull = await failureIn(() => gather([untyped(() => 1), untyped(null)]));
    expect(ofNull).toMatchObject({
      message:
        "Expected `list[1]` to be a future, a coroutine, a generator or a function, got null.",
    });
  });

  test("gather checks the whole list before it makes a single task", async () => {
    let ran = false;
    await simulate(async () => {
      expect(() =>
        gather([
          async () => {
            ran = true;
          },
          untyped(promise),
        ]),
      ).toThrow(TypeError);
      await sleep(1);
    });
    expect(ran).toBe(false);
  });

  test("gather of arguments instead of a list says to write a list", async () => {
    const failure = await failureIn(() => gather(untyped(() => sleep(1))));
    expect(failure).toEqual(error(TypeError, "ERR_INVALID_ARG_TYPE", "gather([a, b])"));
  });

  test.each([null, undefined, 5, Promise.resolve()])("timeout(5, %s)", async (body) => {
    const failure = await failureIn(() => timeout(5, untyped(body)));
    expect(failure).toEqual(
      error(TypeError, "ERR_INVALID_ARG_TYPE", "timeout(5, async () => { … })"),
    );
  });

  test("external and coroutine of something that is no function", async () => {
    expect(await failureIn(() => external(untyped(promise)))).toEqual(
      error(TypeError, "ERR_INVALID_ARG_TYPE", "external(() => fetch(url))"),
    );
    expect(() => coroutine(untyped(promise))).toThrow(
      error(TypeError, "ERR_INVALID_ARG_TYPE", "an async or generator function"),
    );
  });

  test("an async body in runSync", () => {
    expect(() => runSync(async () => sleep(1))).toThrow(
      error(UsageError, "ERR_ASYNC_IN_SYNC", /function\*.*or use `run`/),
    );
    expect(() =>
      runSync(function* () {
        yield* external(() => 1);
      }),
    ).toThrow(error(UsageError, "ERR_ASYNC_IN_SYNC", "Use `run`"));
  });

  test("a plain yield instead of yield*", async () => {
    const main = function* (): Generator<never, void> {
      yield untyped(sleep(1));
    };
    await expect(run(main)).rejects.toEqual(error(UsageError, "ERR_PLAIN_YIELD", "Write `yield*`"));
  });
});

describe("a coroutine is used once", () => {
  const reused = error(UsageError, "ERR_COROUTINE_REUSED", /call it again.*createTask\(…\)/);

  test.each([
    ["sleep", () => sleep(1)],
    ["a wrapped function", coroutine(async () => 1)],
    ["timeout", () => timeout(5, () => sleep(1))],
  ])("%s awaited twice", async (_, make) => {
    const failure = await failureIn(async () => {
      const once = make();
      await once;
      await once;
    });
    expect(failure).toEqual(reused);
  });

  test("awaited and made a task", async () => {
    const failure = await failureIn(async () => {
      const once = sleep(1);
      await once;
      await createTask(once);
    });
    expect(failure).toEqual(reused);
  });

  test("yield*-ed twice", () => {
    expect(() =>
      runSync(function* () {
        const once = sleep(1);
        yield* once;
        yield* once;
      }),
    ).toThrow(reused);
  });

  test("awaited in one task, yield*-ed in another", async () => {
    const failure = await failureIn(async () => {
      const once = sleep(5);
      const other = createTask(function* () {
        yield* once;
      });
      await once;
      await other;
    });
    expect(failure).toEqual(reused);
  });

  test("awaited twice at the same time: the second is refused, the first goes on", () =>
    run(async () => {
      const once = sleep(2, "slept");
      const [first, second] = await Promise.allSettled([once.toPromise(), once.toPromise()]);
      expect(first).toEqual({ status: "fulfilled", value: "slept" });
      expect(second).toEqual({ status: "rejected", reason: reused });
    }));
});

describe("outside a run", () => {
  const noLoop = error(UsageError, "ERR_NO_RUNNING_LOOP", "run(async () => { … })");

  test.each<[string, () => unknown]>([
    ["now", () => now()],
    ["random", () => random("dice")],
    ["createTask", () => createTask(async () => undefined)],
    ["getRunningLoop", () => getRunningLoop()],
  ])("%s says to call it inside main", (_, use) => {
    expect(use).toThrow(noLoop);
  });

  test("a wait says so too", async () => {
    await expect(sleep(1).toPromise()).rejects.toEqual(noLoop);
    await expect(timeout(5, () => sleep(1)).toPromise()).rejects.toEqual(noLoop);
    await expect(coroutine(async () => 1)().toPromise()).rejects.toEqual(noLoop);
  });

  test("currentTask is null", () => {
    expect(currentTask()).toBe(null);
  });

  test("yield* in a generator that no loop runs", () => {
    const stray = function* (): Generator {
      yield* sleep(1);
    };
    expect(() => stray().next()).toThrow(
      error(UsageError, "ERR_NOT_IN_A_TASK", "In an async function write `await`"),
    );
  });

  test("a wait in a callback says to start a task there", () =>
    run(async () => {
      const done = getRunningLoop().createFuture<unknown>();
      getRunningLoop().callSoon(() => {
        void sleep(1)
          .toPromise()
          .catch((reason: unknown) => done.setResult(reason));
      });
      expect(await done).toEqual(error(UsageError, "ERR_NO_TASK", "createTask(async () => { … })"));
    }));
});

describe("loops", () => {
  const nested = error(UsageError, "ERR_RUN_IN_STEP", "createTask(main)");
  const closed = error(UsageError, "ERR_LOOP_CLOSED", "new Loop()");

  test("run inside a step", async () => {
    expect(await failureIn(() => run(() => sleep(1)))).toEqual(nested);
    expect(await failureIn(() => simulate(() => sleep(1)))).toEqual(nested);
    expect(await failureIn(() => runSync(() => 1))).toEqual(nested);
    expect(await failureIn(() => simulateSync(() => 1))).toEqual(nested);
    expect(await failureIn(() => new Loop().run())).toEqual(nested);
  });

  test("a running loop, run again", async () => {
    const loop = new Loop();
    const first = loop.run({ until: 5 });
    await expect(loop.run()).rejects.toEqual(
      error(UsageError, "ERR_LOOP_RUNNING", "already running"),
    );
    expect(() => loop.close()).toThrow(
      error(UsageError, "ERR_LOOP_RUNNING", "Cannot close a running event loop"),
    );
    await first;
    loop.close();
  });

  test("a closed loop refuses everything that would need it, and says to make a new one", async () => {
    const loop = new Loop();
    loop.close();
    expect(loop.isClosed()).toBe(true);
    expect(() => loop.callSoon(() => undefined)).toThrow(closed);
    expect(() => loop.callLater(1, () => undefined)).toThrow(closed);
    expect(() => loop.callAt(1, () => undefined)).toThrow(closed);
    expect(() => loop.createTask(() => sleep(1))).toThrow(closed);
    await expect(loop.run()).rejects.toEqual(closed);
    await expect(loop.runForever()).rejects.toEqual(closed);
    await expect(loop.step()).rejects.toEqual(closed);
    await expect(loop.runUntilComplete(() => sleep(1))).rejects.toEqual(closed);
    loop.close();
    loop.stop();
  });

  test.each([null, undefined, "callback", {}])("callbacks: callSoon(%s)", (callback) => {
    const loop = new Loop();
    const notFunction = error(TypeError, "ERR_INVALID_ARG_TYPE", "`callback` to be a function");
    expect(() => loop.callSoon(untyped(callback))).toThrow(notFunction);
    expect(() => loop.callLater(1, untyped(callback))).toThrow(notFunction);
    expect(() => loop.callAt(1, untyped(callback))).toThrow(notFunction);
    expect(() => loop.createFuture().addDoneCallback(untyped(callback))).toThrow(notFunction);
    expect(loop.peek()).toBe(Infinity);
  });

  test("setEventLoop of something that is no loop", () => {
    expect(() => setEventLoop(untyped({}))).toThrow(
      error(TypeError, "ERR_INVALID_ARG_TYPE", "a Loop or null"),
    );
  });

  test("a future of another loop", async () => {
    const other: Future<void> = new Loop().createFuture();
    expect(await failureIn(async () => other)).toEqual(
      error(UsageError, "ERR_OTHER_LOOP", "inside the main that uses it"),
    );
  });
});

describe("names (S11)", () => {
  const refused = error(RangeError, "ERR_OUT_OF_RANGE", /without `\/` and `#`.*paths/s);

  test.each(["a/b", "/", "jobs#2", "#", "12", "0", ""])("%j is refused", async (name) => {
    expect(await failureIn(() => createTask(async () => undefined, { name }))).toEqual(refused);
    expect(() => new Loop().createFuture({ name })).toThrow(refused);
  });

  test.each([5, null, {}, Symbol("s")])("%s is no name", async (name) => {
    const notString = error(TypeError, "ERR_INVALID_ARG_TYPE", "`name` to be a string");
    const options = { name: untyped(name) };
    expect(await failureIn(() => createTask(async () => undefined, options))).toEqual(notString);
  });

  test("a refused name leaves no task behind", async () => {
    let ran = false;
    await simulate(async () => {
      const body = async (): Promise<void> => {
        ran = true;
      };
      expect(() => createTask(body, { name: "a/b" })).toThrow(RangeError);
      await sleep(1);
    });
    expect(ran).toBe(false);
  });

  test.each(["worker 1", "a-b", "v1.2", "12a", "größe", "a:b"])("%j is a name", (name) =>
    run(async () => {
      const task = createTask(async () => undefined, { name });
      expect(task.path).toBe(`main/${name}`);
      await task;
    }),
  );
});

describe("options", () => {
  test.each([
    ["gather", () => gather([() => 1], untyped(5))],
    ["wait", () => wait([getRunningLoop().createFuture()], untyped(5))],
    ["asCompleted", () => asCompleted([() => 1], untyped(null))],
    ["taskGroup", () => taskGroup(() => 1, untyped("name"))],
    ["createTask", () => createTask(() => 1, untyped("name"))],
    ["createFuture", () => getRunningLoop().createFuture(untyped("name"))],
    ["external", () => external(() => 1, untyped(true))],
    ["ContextVar", () => new ContextVar("name", untyped(1))],
    ["Loop", () => new Loop(untyped(["seed"]))],
  ])("of %s that are no object are refused", async (_, use) => {
    expect(await failureIn(use)).toEqual(
      error(
        TypeError,
        "ERR_INVALID_ARG_TYPE",
        /Expected `options` to be an object, got .* Write `{ /,
      ),
    );
  });

  test.each([
    ["returnExceptions", () => gather([], untyped({ return_exceptions: true }))],
    ["maxSteps", () => new Loop(untyped({ maxsteps: 5 }))],
    ["returnWhen", () => wait([getRunningLoop().createFuture()], untyped({ return_when: "x" }))],
  ])("%s misspelt is refused, with the right name", async (name, use) => {
    expect(await failureIn(use)).toEqual(
      error(TypeError, "ERR_UNKNOWN_OPTION", `Did you mean \`${name}\`?`),
    );
  });

  test("names that there are not are refused, with those that there are; undefined is not given", () => {
    expect(() => new Loop(untyped({ seed: 1, mine: true }))).toThrow(
      /^There is no option `mine`\. There are `seed`, `start`, /,
    );
    expect(new Loop(untyped({ seed: 1, mine: undefined })).time()).toBe(0);
  });

  const bad: [string, object, unknown, string | RegExp][] = [
    ["seed", { seed: NaN }, TypeError, "a string or a finite number"],
    ["seed", { seed: {} }, TypeError, "a string or a finite number"],
    ["seed", { seed: null }, TypeError, "a string or a finite number"],
    ["start", { start: NaN }, TypeError, "a finite number of time units"],
    ["start", { start: null }, TypeError, "a finite number of time units"],
    ["start", { start: "0" }, TypeError, "a finite number of time units"],
    ["start", { start: Infinity }, RangeError, "a finite number of time units"],
    ["timeUnit", { timeUnit: "days" }, RangeError, "one of ms, s, min, h, none"],
    ["timeUnit", { timeUnit: 1 }, RangeError, "one of ms, s, min, h, none"],
    ["probes", { probes: {} }, TypeError, "an array of probes"],
    ["probes", { probes: [null] }, TypeError, "an array of probes"],
    ["probes", { probes: [() => undefined] }, TypeError, "an array of probes"],
    ["policy", { policy: {} }, TypeError, "a method `choose`"],
    ["policy", { policy: null }, TypeError, "a method `choose`"],
    ["policy", { policy: () => 0 }, TypeError, "a method `choose`"],
    ["jitter", { jitter: 5 }, TypeError, "an object with a number `upTo`"],
    ["jitter", { jitter: null }, TypeError, "an object with a number `upTo`"],
    ["jitter.upTo", { jitter: {} }, TypeError, "a finite number of time units"],
    ["jitter.upTo", { jitter: { upTo: 0 } }, RangeError, "a number > 0"],
    ["jitter.upTo", { jitter: { upTo: Infinity } }, RangeError, "a finite number of time units"],
    ["jitter.steps", { jitter: { upTo: 1, steps: 0 } }, RangeError, "an integer ≥ 1"],
    ["jitter.steps", { jitter: { upTo: 1, steps: 1.5 } }, RangeError, "an integer ≥ 1"],
    ["drain", { drain: "fast" }, RangeError, "one of auto, reference"],
    ["maxSteps", { maxSteps: 0 }, RangeError, "an integer ≥ 1"],
    ["maxSteps", { maxSteps: 1.5 }, RangeError, "an integer ≥ 1"],
    ["maxSteps", { maxSteps: NaN }, RangeError, "an integer ≥ 1"],
    ["maxSteps", { maxSteps: "10" }, TypeError, "an integer ≥ 1"],
    ["maxSteps", { maxSteps: null }, TypeError, "an integer ≥ 1"],
    ["maxStepsPerInstant", { maxStepsPerInstant: null }, TypeError, "an integer ≥ 1"],
    ["maxStepsPerInstant", { maxStepsPerInstant: -1 }, RangeError, "an integer ≥ 1"],
    ["debug", { debug: "yes" }, TypeError, "a boolean"],
    ["slowStepMs", { slowStepMs: "100" }, TypeError, "a number of ms"],
    ["slowStepMs", { slowStepMs: NaN }, TypeError, "a number of ms"],
    ["slowStepMs", { slowStepMs: -1 }, RangeError, "a number of ms ≥ 0"],
    ["log", { log: "stdout" }, TypeError, "a function"],
    ["exceptionHandler", { exceptionHandler: {} }, TypeError, "a function"],
  ];

  test.each(bad)("%s: %j", async (name, options, constructor, expected) => {
    const code = constructor === TypeError ? "ERR_INVALID_ARG_TYPE" : "ERR_OUT_OF_RANGE";
    const refused = error(constructor, code, expected);
    expect(() => new Loop(options)).toThrow(refused);
    await expect(run(async () => undefined, options)).rejects.toEqual(refused);
    expect(() => new Loop(options)).toThrow(error(constructor, code, `\`${name}\``));
  });

  test.each([null, 5, "fast"])("options that are %s", async (options) => {
    const refused = error(TypeError, "ERR_INVALID_ARG_TYPE", "`options` to be an object");
    expect(() => new Loop(untyped(options))).toThrow(refused);
    await expect(run(async () => undefined, untyped(options))).rejects.toEqual(refused);
  });

  test.each([5, "abort", {}, null])("a signal that is %j", async (signal) => {
    const refused = error(TypeError, "ERR_INVALID_ARG_TYPE", "`signal` to be an AbortSignal");
    const options = { signal: untyped(signal) };
    let ran = false;
    const body = async (): Promise<void> => {
      ran = true;
    };
    await expect(run(body, options)).rejects.toEqual(refused);
    expect(
      await failureIn(async () => {
        expect(() => createTask(body, options)).toThrow(TypeError);
        await sleep(1);
        void createTask(body, options);
      }),
    ).toEqual(refused);
    expect(ran).toBe(false);
  });

  test("a policy that answers an option that there is not", async () => {
    const main = async (): Promise<void> => {
      await gather([() => sleep(1), () => sleep(1)]);
    };
    for (const choice of [-1, 99, 0.5, NaN, undefined]) {
      await expect(run(main, { policy: { choose: () => untyped(choice) } })).rejects.toEqual(
        error(UsageError, "ERR_BAD_CHOICE", /chose option .* options are 0 to \d/),
      );
    }
  });
});

describe("futures and streams", () => {
  test("a future settled twice, and read too early", () => {
    const future = new Loop().createFuture<number>({ name: "reply" });
    const tooEarly = error(InvalidStateError, "ERR_INVALID_STATE", /`reply`.*Await it/);
    expect(() => future.result()).toThrow(tooEarly);
    expect(() => future.exception()).toThrow(tooEarly);
    future.setResult(1);
    const twice = error(InvalidStateError, "ERR_INVALID_STATE", "has settled already (returned)");
    expect(() => future.setResult(2)).toThrow(twice);
    expect(() => future.setException(new Error("late"))).toThrow(twice);
    expect(future.result()).toBe(1);
  });

  test("setException of nothing", () => {
    expect(() => new Loop().createFuture().setException(undefined)).toThrow(
      error(TypeError, "ERR_INVALID_ARG_TYPE", "`error`"),
    );
  });

  test("a task settled by hand", () =>
    run(async () => {
      const task = createTask(async () => 1);
      const byHand = error(UsageError, "ERR_TASK_SETTLED_BY_HAND", "loop.createFuture()");
      expect(() => task.setResult()).toThrow(byHand);
      expect(() => task.setException()).toThrow(byHand);
      expect(await task).toBe(1);
    }));

  test("a task that awaits itself", async () => {
    const failure = await failureIn(() => {
      const task: Future<unknown> = createTask(async () => task);
      return task;
    });
    expect(failure).toEqual(error(UsageError, "ERR_AWAITS_ITSELF", "awaits itself"));
  });

  test.each([5, undefined, {}])("random(%s)", async (name) => {
    expect(await failureIn(() => random(untyped(name)))).toEqual(
      error(TypeError, "ERR_INVALID_ARG_TYPE", "`name` to be a string"),
    );
  });

  test("int, pick and shuffle of nothing to choose from", () =>
    run(() => {
      const dice = random("dice");
      const outOfRange = error(RangeError, "ERR_OUT_OF_RANGE", "Expected `");
      expect(() => dice.int(3, 3)).toThrow(outOfRange);
      expect(() => dice.int(1, 0)).toThrow(outOfRange);
      expect(() => dice.int(0.5, 3)).toThrow(outOfRange);
      expect(() => dice.pick([])).toThrow(outOfRange);
    }));

  test("a message of cancellation may be any string, and cancel() without one has none", () =>
    run(async () => {
      const future = getRunningLoop().createFuture();
      future.cancel();
      expect(() => future.result()).toThrow(CancelledError);
      expect(() => future.result()).toThrow(expect.objectContaining({ message: "" }));
    }));
});
