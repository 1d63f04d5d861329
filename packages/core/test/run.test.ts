import { describe, expect, test } from "vitest";

import {
  createTask,
  DeadlockError,
  type ExceptionContext,
  type FlowOf,
  getRunningLoop,
  isCancelled,
  LimitError,
  type Loop,
  now,
  run,
  type RunResult,
  runSync,
  simulate,
  simulateSync,
  type SimulateOptions,
  sleep,
} from "../src/index.ts";
import type { Probe } from "../src/probe.ts";
import { type Kind, kinds, type Script, wait } from "./kinds.ts";
import { onNode, realTurn } from "./host.ts";

const error = new Error("of main");

const full = new Error("the disk is full");
const failsAtEnd: Probe = {
  end: () => {
    throw full;
  },
};

/** A probe that fails at the first `event` after `loop.left` was set. */
function failsOnceLeft(event: string): { probe: Probe; loop: { left: boolean; current?: Loop } } {
  const loop: { left: boolean; current?: Loop } = { left: false };
  const look = (): void => {
    if (loop.left) throw full;
  };
  return { probe: { [event]: look }, loop };
}

const asyncRun = async (
  kind: Kind,
  script: () => Script<unknown>,
  options = {},
): Promise<unknown> => run(kind.of(script), options);
const syncRun = async (kind: Kind, script: () => Script<unknown>, options = {}): Promise<unknown> =>
  runSync(kind.of(script), options);

const [asyncBodies, generatorBodies] = kinds as readonly [Kind, Kind];

const runs = [
  { how: "run, async bodies", kind: asyncBodies, start: asyncRun },
  { how: "run, generator bodies", kind: generatorBodies, start: asyncRun },
  { how: "runSync", kind: generatorBodies, start: syncRun },
];

describe.each(runs)("$how", ({ kind, start }) => {
  const { of } = kind;

  test("gives the result of main, and what main throws as it is", async () => {
    expect(await start(kind, () => wait(sleep(5, "result")))).toBe("result");
    const fails = start(kind, function* () {
      yield* wait(sleep(1));
      throw error;
    });
    await expect(fails).rejects.toBe(error);
  });

  test("begins at `start`", async () => {
    const times = await start(
      kind,
      function* () {
        const first = now();
        yield* wait(sleep(1));
        return [first, now()];
      },
      { start: 1000 },
    );
    expect(times).toEqual([1000, 1001]);
  });

  test("RUNNER-01: cancels the tasks that are left, in the order of creation, and their finally blocks run", async () => {
    const log: string[] = [];
    const left = (name: string, cleanup: number) =>
      of(function* () {
        try {
          yield* wait(sleep(100));
        } catch (thrown) {
          log.push(`${name} cancelled ${isCancelled(thrown)} at ${now()}`);
          throw thrown;
        } finally {
          yield* wait(sleep(cleanup));
          log.push(`${name} clean at ${now()}`);
        }
      });
    await start(kind, function* () {
      void createTask(left("a", 3));
      void createTask(left("b", 0));
      yield* wait(sleep(2));
      log.push("main ends");
    });
    expect(log).toEqual([
      "main ends",
      "a cancelled true at 2",
      "b cancelled true at 2",
      "b clean at 2",
      "a clean at 5",
    ]);
  });

  test("RUNNER-01: waits for a task that swallows the cancellation", async () => {
    const log: string[] = [];
    const stubborn = of(function* () {
      try {
        yield* wait(sleep(100));
      } catch {
        yield* wait(sleep(7));
      }
      log.push(`ends at ${now()}`);
    });
    await start(kind, function* () {
      void createTask(stubborn);
      yield* wait(sleep(1));
    });
    expect(log).toEqual(["ends at 8"]);
  });

  test("RUNNER-02: an error of a task that is being cancelled goes to the exception handler", async () => {
    const contexts: ExceptionContext[] = [];
    const breaks = of(function* () {
      try {
        yield* wait(sleep(100));
      } catch {
        throw error;
      }
    });
    const script = function* (): Script<string> {
      void createTask(breaks, { name: "worker" });
      yield* wait(sleep(1));
      return "main's result";
    };
    const exceptionHandler = (_: unknown, context: ExceptionContext): void =>
      void contexts.push(context);
    expect(await start(kind, script, { exceptionHandler })).toBe("main's result");
    expect(contexts.map(({ exception, task }) => [exception, task?.path])).toEqual([
      [error, "main/worker"],
    ]);
    expect(contexts[0]?.message).toMatch(/unhandled exception during run\(\) shutdown/);
  });

  test("also when main failed: main's error comes out, after the finally blocks", async () => {
    const log: string[] = [];
    const left = of(function* () {
      try {
        yield* wait(sleep(100));
      } finally {
        log.push("clean");
      }
    });
    const fails = start(kind, function* () {
      void createTask(left);
      yield* wait(sleep(1));
      throw error;
    });
    await expect(fails).rejects.toBe(error);
    expect(log).toEqual(["clean"]);
  });

  test("S7: a deadlock is reported first, then the tasks are cancelled and their finally blocks run", async () => {
    const log: string[] = [];
    const blocked = start(kind, function* () {
      yield* wait(sleep(3));
      try {
        yield* wait(getRunningLoop().createFuture());
      } finally {
        log.push(`clean at ${now()}`);
      }
    });
    const thrown: unknown = await blocked.catch((reason: unknown) => reason);
    expect(thrown).toBeInstanceOf(DeadlockError);
    expect((thrown as DeadlockError).blocked.map(({ task }) => task)).toEqual(["main"]);
    expect(log).toEqual(["clean at 3"]);
  });

  test("stopped before main has ended it throws, after the finally blocks", async () => {
    const log: string[] = [];
    const stopped = start(kind, function* () {
      getRunningLoop().callLater(3, () => getRunningLoop().stop());
      try {
        yield* wait(sleep(10));
      } finally {
        log.push(`clean at ${now()}`);
      }
    });
    await expect(stopped).rejects.toMatchObject({ code: "ERR_LOOP_STOPPED" });
    expect(log).toEqual(["clean at 3"]);
  });

  test("RUNNER-01: stop() in a finally block ends no other task's cleanup", async () => {
    const log: string[] = [];
    const cleanUp = (name: string, first: () => void = () => undefined) =>
      of(function* () {
        try {
          yield* wait(sleep(100));
        } finally {
          first();
          for (let i = 0; i < 3; i++) yield* wait(sleep(1));
          log.push(`${name} clean at ${now()}`);
        }
      });
    const script = function* (): Script<string> {
      const { loop } = createTask(cleanUp("before"));
      void createTask(cleanUp("stops", () => loop.stop()));
      void createTask(cleanUp("stops as well", () => loop.stop()));
      void createTask(cleanUp("after"));
      yield* wait(sleep(1));
      return "main's result";
    };
    expect(await start(kind, script)).toBe("main's result");
    expect(log).toEqual([
      "before clean at 4",
      "stops clean at 4",
      "stops as well clean at 4",
      "after clean at 4",
    ]);
  });

  test("S8: a probe that fails at the very end fails the run, and the error has what main returned", async () => {
    const script = function* (): Script<string> {
      yield* wait(sleep(1));
      return "main's result";
    };
    const end = start(kind, script, { probes: [failsAtEnd] });
    await expect(end).rejects.toMatchObject({
      code: "ERR_PROBE_FAILED",
      message:
        "A probe failed when main had ended, so the run counts as failed and a recording of it may be " +
        "incomplete: the disk is full. What main returned is in `outcome` of this error.",
      cause: full,
      outcome: { status: "fulfilled", value: "main's result" },
      time: 1,
    });
  });

  test("S8: but what main has thrown comes out before it, and the probe's failure is reported", async () => {
    const reports: unknown[] = [];
    const exceptionHandler = (_: Loop, { message, exception }: ExceptionContext): void => {
      reports.push([message, exception]);
    };
    const fails = start(
      kind,
      function* () {
        yield* wait(sleep(1));
        throw error;
      },
      { probes: [failsAtEnd], exceptionHandler },
    );
    await expect(fails).rejects.toBe(error);
    expect(reports).toEqual([["A probe failed when the run had failed already, at t=1 ms", full]]);
  });

  test.each(["cancel", "name"])(
    "S8: a probe that fails at `%s`, as the end begins, masks nothing and leaves no loop open",
    async (event) => {
      const { probe, loop } = failsOnceLeft(event);
      const leaves = function* (): Script<string> {
        loop.current = getRunningLoop();
        void createTask(() => sleep(100));
        yield* wait(sleep(1));
        loop.left = true;
        return "main's result";
      };
      await expect(start(kind, leaves, { probes: [probe] })).rejects.toMatchObject({
        code: "ERR_PROBE_FAILED",
        cause: full,
        outcome: { status: "fulfilled", value: "main's result" },
      });
      expect(loop.current?.isClosed()).toBe(true);
      loop.left = false;
      const fails = function* (): Script<void> {
        yield* leaves();
        throw error;
      };
      const silent = { probes: [probe], exceptionHandler: () => undefined };
      await expect(start(kind, fails, silent)).rejects.toBe(error);
      expect(loop.current?.isClosed()).toBe(true);
    },
  );

  test("closes its loop at the end", async () => {
    const loop = await start(kind, function* () {
      yield* [];
      return { loop: getRunningLoop() };
    });
    expect((loop as { loop: { isClosed(): boolean } }).loop.isClosed()).toBe(true);
  });
});

test.runIf(onNode)(
  "S7: a rejection that nobody handles during the shutdown fails the run",
  async () => {
    const end = run(async () => {
      void createTask(async () => {
        try {
          await sleep(100);
        } finally {
          void Promise.reject(error);
        }
      });
      await sleep(1);
      return "main's result";
    });
    await expect(end).rejects.toMatchObject({ code: "ERR_UNHANDLED_REJECTION", cause: error });
  },
);

describe("S7: a task that will not end when the run does", () => {
  test("fails the run after 1,000,000 steps, named, with what to write", () => {
    const log: string[] = [];
    const stubborn = function* (): FlowOf<void> {
      for (;;) {
        try {
          yield* sleep(1);
        } catch {
          // It takes a cancellation for a failure of its work, and goes on.
        }
      }
    };
    const polite = function* (): FlowOf<void> {
      try {
        yield* sleep(1);
      } finally {
        yield* sleep(5);
        log.push("clean");
      }
    };
    const main = function* (): FlowOf<string> {
      void createTask(stubborn, { name: "worker" });
      void createTask(polite, { name: "polite" });
      yield* sleep(0);
      return "main's result";
    };
    expect(() => runSync(main)).toThrow(
      expect.objectContaining({
        constructor: LimitError,
        code: "ERR_LIMIT",
        message: expect.stringMatching(/`main\/worker` did not end.*isCancelled\(error\)/s),
      }),
    );
    expect(log).toEqual(["clean"]);
  });

  const waitsForEver = async (): Promise<void> => {
    try {
      await sleep(100);
    } catch {
      await new Promise(() => undefined);
    }
  };

  test.each([
    { debug: false, said: [] },
    { debug: true, said: [expect.stringMatching(/`main\/1` did not end although cancelled/)] },
  ])("but does no harm if it waits for ever; debug: $debug", async ({ debug, said }) => {
    const messages: string[] = [];
    const end = run(
      async () => {
        void createTask(waitsForEver);
        await sleep(1);
        return "main's result";
      },
      { debug, slowStepMs: Infinity, log: (message) => void messages.push(message) },
    );
    expect(await end).toBe("main's result");
    expect(messages).toEqual(said);
  });
});

const asyncSimulate = async (
  { of }: Kind,
  script: () => Script<unknown>,
  options?: SimulateOptions,
): Promise<RunResult<unknown>> => simulate(of(script), options);
const syncSimulate = async (
  { of }: Kind,
  script: () => Script<unknown>,
  options?: SimulateOptions,
): Promise<RunResult<unknown>> => simulateSync(of(script), options);

const simulations = [
  { how: "simulate, async bodies", kind: asyncBodies, start: asyncSimulate },
  { how: "simulate, generator bodies", kind: generatorBodies, start: asyncSimulate },
  { how: "simulateSync", kind: generatorBodies, start: syncSimulate },
];

describe.each(simulations)("$how", ({ kind, start }) => {
  const { of } = kind;
  const sleeper = (delay: number) =>
    of(function* () {
      yield* wait(sleep(delay));
    });

  test("done: ends with main, and names the tasks that are left", async () => {
    const result = await start(kind, function* () {
      void createTask(sleeper(100), { name: "slow" });
      void createTask(sleeper(1), { name: "quick" });
      void createTask(sleeper(50));
      yield* wait(sleep(5));
      return "result";
    });
    expect(result).toEqual({
      reason: "done",
      outcome: { status: "fulfilled", value: "result" },
      now: 5,
      steps: 6,
      pending: ["main/slow", "main/1"],
    });
  });

  test("error: main has thrown", async () => {
    const result = await start(kind, function* () {
      void createTask(sleeper(100));
      yield* wait(sleep(5));
      throw error;
    });
    expect(result).toMatchObject({ reason: "error", now: 5, pending: ["main/1"] });
    expect((result.outcome as PromiseRejectedResult).reason).toBe(error);
  });

  test.each([0, 1, 49, 50, 51, 100])(
    "error: main has thrown, until a time, with a timer of %i left",
    async (delay) => {
      const script = function* (): Script<void> {
        void createTask(sleeper(delay));
        yield* wait(sleep(0));
        throw error;
      };
      const result = await start(kind, script, { until: 50 });
      expect(result.reason).toBe("error");
      expect(result.outcome).toEqual({ status: "rejected", reason: error });
      expect(result.pending).toEqual(delay > 50 ? ["main/1"] : []);
    },
  );

  test.each([undefined, 50])("error: a probe failed at the very end, until %s", async (until) => {
    const options = { until, probes: [failsAtEnd], exceptionHandler: () => undefined };
    const result = await start(kind, () => wait(sleep(3)), options);
    expect(result).toMatchObject({
      reason: "error",
      pending: [],
      outcome: { status: "rejected", reason: { code: "ERR_PROBE_FAILED", cause: full } },
    });
    const fails = function* (): Script<void> {
      yield* wait(sleep(3));
      throw error;
    };
    const both = await start(kind, fails, options);
    expect(both.reason).toBe("error");
    expect(both.outcome).toEqual({ status: "rejected", reason: error });
  });

  test("error: main was cancelled", async () => {
    const result = await start(kind, function* () {
      const main = getRunningLoop().tasks[0];
      getRunningLoop().callLater(2, () => void main?.cancel("enough"));
      yield* wait(sleep(5));
    });
    expect(result).toMatchObject({ reason: "error", now: 2, pending: [] });
    expect(isCancelled((result.outcome as PromiseRejectedResult).reason)).toBe(true);
  });

  test("until: that time is over; main has not ended and has no outcome", async () => {
    const log: number[] = [];
    const script = function* (): Script<void> {
      for (;;) {
        yield* wait(sleep(4));
        log.push(now());
      }
    };
    const result = await start(kind, script, { until: 12 });
    expect(result).toMatchObject({
      reason: "until",
      outcome: undefined,
      now: 12,
      pending: ["main"],
    });
    expect(log).toEqual([4, 8, 12]);
  });

  test("until: goes on after main has ended", async () => {
    const log: string[] = [];
    const script = function* (): Script<string> {
      getRunningLoop().callLater(8, () => log.push("after main"));
      getRunningLoop().callLater(11, () => log.push("too late"));
      yield* wait(sleep(3));
      return "result";
    };
    const result = await start(kind, script, { until: 10 });
    expect(result).toMatchObject({ reason: "until", now: 10, pending: [] });
    expect(result.outcome).toEqual({ status: "fulfilled", value: "result" });
    expect(log).toEqual(["after main"]);
  });

  test("exhausted: nothing was left to do before that time", async () => {
    const result = await start(kind, () => wait(sleep(3, "result")), { until: 10 });
    expect(result).toMatchObject({ reason: "exhausted", pending: [] });
    expect(result.outcome).toEqual({ status: "fulfilled", value: "result" });
  });

  test("stopped: by stop(), with main unfinished", async () => {
    const result = await start(kind, function* () {
      getRunningLoop().callLater(3, () => getRunningLoop().stop());
      yield* wait(sleep(10));
    });
    expect(result).toMatchObject({
      reason: "stopped",
      outcome: undefined,
      now: 3,
      pending: ["main"],
    });
  });

  test.each([undefined, 50])(
    "deadlock: main waits and nothing is left to do, until %s",
    async (until) => {
      const script = function* (): Script<void> {
        void createTask(() => undefined);
        yield* wait(sleep(2));
        yield* wait(getRunningLoop().createFuture<void>());
      };
      const result = await start(kind, script, { until });
      expect(result).toMatchObject({ reason: "deadlock", now: 2, pending: ["main"] });
      expect((result.outcome as PromiseRejectedResult).reason).toBeInstanceOf(DeadlockError);
    },
  );

  test("limit: a limit was reached", async () => {
    const script = function* (): Script<void> {
      for (;;) yield* wait(sleep(1));
    };
    const result = await start(kind, script, { maxSteps: 10 });
    expect(result).toMatchObject({ reason: "limit", steps: 10, pending: ["main"] });
    expect((result.outcome as PromiseRejectedResult).reason).toBeInstanceOf(LimitError);
  });

  test("limit: also when main has ended before, until a time", async () => {
    const endless = of(function* () {
      for (;;) yield* wait(sleep(1));
    });
    const script = function* (): Script<string> {
      void createTask(endless);
      yield* wait(sleep(2));
      return "result";
    };
    const result = await start(kind, script, { maxSteps: 10, until: 100 });
    expect(result).toMatchObject({ reason: "limit", steps: 10, pending: ["main/1"] });
    expect(result.outcome?.status).toBe("rejected");
  });

  test("resumes nothing after its end: no cancellation, no finally block", async () => {
    const log: string[] = [];
    const left = of(function* () {
      try {
        yield* wait(sleep(100));
      } finally {
        log.push("resumed");
      }
    });
    await start(kind, function* () {
      void createTask(left);
      yield* wait(sleep(1));
    });
    await realTurn();
    expect(log).toEqual([]);
  });

  test("steps counts what ran: a start and a step for each wait", async () => {
    const { steps } = await start(kind, function* () {
      for (let i = 0; i < 9; i++) yield* wait(sleep(i % 2));
    });
    expect(steps).toBe(10);
  });
});

test("simulateSync and simulate take the same course for a generator main", async () => {
  const main = generatorBodies.of(function* () {
    for (let i = 0; i < 20; i++) void createTask(generatorBodies.of(() => wait(sleep(i % 3))));
    yield* wait(sleep(2));
    return now();
  });
  expect(simulateSync(main)).toEqual(await simulate(main));
});
