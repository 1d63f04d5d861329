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
  sleep,
  type Task,
} from "@tickless/core";
import { describe, expect, test } from "vitest";
import { kinds, type Script, wait } from "./kinds.ts";

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
      const listeners = new Set<() => void>();
      const signal: AbortSignalLike = {
        aborted: false,
        reason: undefined,
        addEventListener: (_, listener) => void listeners.add(listener),
        removeEventListener: (_, listener) => void listeners.delete(listener),
      };
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
    setImmediate(() => controller.abort());
    await expect(ended).rejects.toSatisfy(isCancelled);
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
