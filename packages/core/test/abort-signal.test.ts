import {
  type AbortSignalLike,
  CancelledError,
  createTask,
  currentTask,
  external,
  getRunningLoop,
  isCancelled,
  now,
  run,
  simulate,
  sleep,
  type Task,
  timeout,
  TimeoutError,
} from "@tickless/core";
import { describe, expect, test } from "vitest";
import { kinds, type Script, wait } from "./kinds.ts";
import { inRealTurn, onNode, realTurn } from "./host.ts";

interface Listened {
  readonly signal: AbortSignalLike;
  readonly listeners: Set<() => void>;
  readonly abort: () => void;
}

/** A signal that shows who listens. */
function listened(): Listened {
  const listeners = new Set<() => void>();
  let aborted = false;
  const signal: AbortSignalLike = {
    get aborted() {
      return aborted;
    },
    reason: undefined,
    addEventListener: (_, listener) => void listeners.add(listener),
    removeEventListener: (_, listener) => void listeners.delete(listener),
  };
  const abort = (): void => {
    aborted = true;
    for (const listener of listeners) listener();
  };
  return { signal, listeners, abort };
}

/** Until `task` has ended, however it does. */
function* end(task: Task<unknown>): Script<void> {
  while (!task.done()) yield* wait(sleep(0));
}

describe("AbortSignal in", () => {
  test.each(kinds)("createTask({signal}): abort cancels the task ($kind)", ({ of }) =>
    run(
      of(function* () {
        const controller = new AbortController();
        const task = createTask(
          of(() => wait(sleep(10))),
          { signal: controller.signal },
        );
        yield* wait(sleep(2));
        controller.abort(new Error("user left"));
        yield* end(task);
        expect(() => task.result()).toThrow("user left");
        expect([task.cancelled(), task.cancelling(), now()]).toEqual([true, 1, 2]);
      }),
    ),
  );

  test("createTask({signal}): with an aborted signal the body never runs", () =>
    run(async () => {
      let ran = false;
      const task = createTask(
        async () => {
          ran = true;
        },
        { signal: AbortSignal.abort() },
      );
      await sleep(1);
      expect([task.cancelled(), ran]).toEqual([true, false]);
    }));

  test("createTask({signal}): a task that has ended no longer listens", () =>
    run(async () => {
      const { signal, listeners } = listened();
      const task = createTask(async () => sleep(1, "done"), { signal });
      expect(listeners.size).toBe(1);
      expect(await task).toBe("done");
      expect(listeners.size).toBe(0);
    }));

  test("run({signal}): abort cancels main, whose finally blocks run, and run rejects with a CancelledError", async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const ended = run(
      async () => {
        getRunningLoop().callLater(3, () => controller.abort());
        try {
          await sleep(10);
        } finally {
          await sleep(1);
          log.push(`cleaned up at ${now()}`);
        }
      },
      { signal: controller.signal },
    );
    await expect(ended).rejects.toBeInstanceOf(CancelledError);
    expect(log).toEqual(["cleaned up at 4"]);
  });

  test("run({signal}): with an aborted signal main never begins", async () => {
    let ran = false;
    const main = async (): Promise<void> => {
      ran = true;
    };
    await expect(run(main, { signal: AbortSignal.abort() })).rejects.toSatisfy(isCancelled);
    expect(ran).toBe(false);
  });

  test("run({signal}): an abort from outside the run reaches a run that waits for something real", async () => {
    const controller = new AbortController();
    const ended = run(
      () =>
        external(
          (signal) =>
            new Promise((_, reject) => {
              signal.addEventListener("abort", () => reject(new Error("aborted too")));
            }),
        ),
      { signal: controller.signal },
    );
    inRealTurn(() => controller.abort());
    await expect(ended).rejects.toSatisfy(isCancelled);
  });
});

describe("an AbortSignal that outlives the run", () => {
  test("S12: of simulate({until}) is listened to no longer; to abort it does nothing", async () => {
    const log: string[] = [];
    const ofMain = listened();
    const ofTask = listened();
    const result = await simulate(
      async () => {
        void createTask(
          async () => {
            try {
              await sleep(200);
            } finally {
              log.push("resumed");
            }
          },
          { signal: ofTask.signal },
        );
        expect([ofMain.listeners.size, ofTask.listeners.size]).toEqual([1, 1]);
        await sleep(100);
      },
      { until: 5, signal: ofMain.signal },
    );
    expect(result).toMatchObject({ reason: "until", pending: ["main", "main/1"] });
    expect([ofMain.listeners.size, ofTask.listeners.size]).toEqual([0, 0]);
    ofMain.abort();
    ofTask.abort();
    await realTurn();
    expect(log).toEqual([]);
  });

  test.runIf(onNode)(
    "S12: an AbortController's abort() after simulate({until}) throws nothing anywhere",
    async () => {
      const controller = new AbortController();
      const errors: unknown[] = [];
      const note = (error: unknown): void => void errors.push(error);
      const result = await simulate(() => sleep(100), { until: 5, signal: controller.signal });
      // Node hands what an abort listener throws to the process, in place of whoever aborts.
      const before = process.rawListeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      process.on("uncaughtException", note);
      try {
        controller.abort();
        await realTurn();
      } finally {
        process.off("uncaughtException", note);
        for (const listener of before) process.on("uncaughtException", listener as () => void);
      }
      expect([result.reason, errors]).toEqual(["until", []]);
    },
  );

  test("S7: of run, whose task waits for ever, is listened to no longer", async () => {
    const { signal, listeners } = listened();
    const stuck = async (): Promise<void> => {
      await sleep(9)
        .toPromise()
        .catch(() => undefined);
      await new Promise(() => undefined);
    };
    const value = await run(async () => {
      void createTask(stuck, { signal });
      await sleep(1);
      return "result";
    });
    expect([value, listeners.size]).toEqual(["result", 0]);
  });

  test("CANCEL-01: cancel() of a task whose loop is closed answers false and changes nothing", async () => {
    const left: Task<unknown>[] = [];
    await simulate(
      async () => {
        left.push(createTask(() => sleep(100)));
        await left[0];
      },
      { until: 5 },
    );
    expect(left[0]?.cancel()).toBe(false);
    expect([left[0]?.done(), left[0]?.cancelling(), left[0]?.signal.aborted]).toEqual([
      false,
      0,
      false,
    ]);
  });

  test("S8: an abort that a probe answers with an error fails the run, not whoever aborts", async () => {
    const broken = new Error("the disk is full");
    const { signal, abort } = listened();
    const cancel = (): void => {
      throw broken;
    };
    let begin!: () => void;
    const started = new Promise<void>((resolve) => (begin = resolve));
    const running = run(
      () =>
        external(() => {
          begin();
          return new Promise(() => undefined);
        }),
      { signal, probes: [{ cancel }] },
    );
    await started;
    expect(abort).not.toThrow();
    await expect(running).rejects.toBe(broken);
  });
});

describe("the reason of an AbortSignal", () => {
  test.each<[string, unknown, string]>([
    ["an error gives its message", new Error("user left"), "user left"],
    ["a string is the message", "user said so", "user said so"],
    ["anything else gives none", { why: "user left" }, ""],
  ])("CANCEL-08: %s", async (_, reason, message) => {
    const controller = new AbortController();
    const running = run(
      async () => {
        getRunningLoop().callLater(3, () => controller.abort(reason));
        await sleep(10);
      },
      { signal: controller.signal },
    );
    await expect(running).rejects.toMatchObject({ code: "ERR_CANCELLED", message });
  });
});

describe("AbortSignal out", () => {
  test.each(kinds)(
    "currentTask().signal aborts at once when the task is asked to cancel ($kind)",
    ({ of }) =>
      run(
        of(function* () {
          let signal: AbortSignal | undefined;
          const task = createTask(
            of(function* () {
              signal = currentTask()?.signal;
              yield* wait(sleep(10));
            }),
          );
          yield* wait(sleep(1));
          expect(signal?.aborted).toBe(false);
          task.cancel("stop");
          expect(signal?.aborted).toBe(true);
          expect(isCancelled(signal?.reason)).toBe(true);
          expect(signal?.reason).toMatchObject({ message: "stop" });
          yield* end(task);
        }),
      ),
  );

  test("a signal first asked for after the cancel is aborted already", () =>
    run(async () => {
      const task = createTask(async () => {
        currentTask()?.cancel();
        return currentTask()?.signal.aborted;
      });
      task.addDoneCallback(() => undefined);
      await sleep(1);
      expect(task.signal.aborted).toBe(true);
    }));

  test.each(["before", "in the cleanup"])(
    "TIMEOUT-02: a timeout inside the task does not abort it, asked for %s",
    (when) =>
      run(async () => {
        const task = createTask(async () => {
          const before = when === "before" ? currentTask()?.signal : undefined;
          const seen: unknown[] = [];
          const block = timeout(1, async () => {
            try {
              await sleep(10);
            } finally {
              seen.push((before ?? currentTask()?.signal)?.aborted);
            }
          });
          await expect(block.toPromise()).rejects.toBeInstanceOf(TimeoutError);
          seen.push(currentTask()?.signal.aborted);
          await sleep(10);
          return seen;
        });
        expect(await task).toEqual([false, false]);
        expect(task.signal.aborted).toBe(false);
      }),
  );

  test.each(["before", "after"])(
    "CANCEL-08: cancel aborts it with its message inside a timeout too, asked for %s",
    (when) =>
      run(async () => {
        const task = createTask(() => timeout(50, () => sleep(100)));
        await sleep(1);
        const before = when === "before" ? task.signal : undefined;
        task.cancel("enough");
        const signal = before ?? task.signal;
        expect(signal.aborted).toBe(true);
        expect(signal.reason).toMatchObject({ code: "ERR_CANCELLED", message: "enough" });
        await sleep(1);
        expect(task.cancelled()).toBe(true);
      }),
  );

  test("the signal of a task that ends by itself never aborts", () =>
    run(async () => {
      const task = createTask(async () => currentTask()?.signal);
      const signal = await task;
      task.cancel();
      expect(signal?.aborted).toBe(false);
    }));

  test("one task's signal can be another task's signal", () =>
    run(async () => {
      const parent = createTask(async () => {
        const child = createTask(async () => sleep(50), { signal: currentTask()?.signal });
        try {
          await sleep(50);
        } finally {
          await sleep(1);
          expect(child.cancelled()).toBe(true);
        }
      });
      await sleep(1);
      parent.cancel();
      await expect(parent.toPromise()).rejects.toSatisfy(isCancelled);
    }));
});
