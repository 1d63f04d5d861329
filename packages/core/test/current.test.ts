import { afterEach, describe, expect, test } from "vitest";

import {
  allTasks,
  createTask,
  currentTask,
  ensureFuture,
  getEventLoop,
  getRunningLoop,
  Loop,
  newEventLoop,
  now,
  random,
  run,
  setEventLoop,
  sleep,
} from "../src/index.ts";

afterEach(() => setEventLoop(null));

describe("the default loop", () => {
  test("is made when first asked for and then stays the same", () => {
    const loop = getEventLoop();
    expect(loop).toBeInstanceOf(Loop);
    expect(getEventLoop()).toBe(loop);
  });

  test("is the one that was set, and a new one once that is closed", () => {
    const loop = newEventLoop({ start: 5 });
    setEventLoop(loop);
    expect(getEventLoop()).toBe(loop);
    expect(getEventLoop().time()).toBe(5);
    loop.close();
    expect(getEventLoop()).not.toBe(loop);
    expect(getEventLoop().isClosed()).toBe(false);
  });

  test("is not touched by newEventLoop", () => {
    const loop = getEventLoop();
    expect(newEventLoop()).not.toBe(loop);
    expect(getEventLoop()).toBe(loop);
  });

  test("takes the tasks that ensureFuture makes outside a run, and runs them when it is run", async () => {
    const log: string[] = [];
    const futures = ["a", "b"].map((name) => ensureFuture(async () => void log.push(name)));
    expect(log).toEqual([]);
    for (const future of futures) await getEventLoop().runUntilComplete(future);
    expect(log).toEqual(["a", "b"]);
  });

  test("gives way to the running loop inside a run", async () => {
    const outside = getEventLoop();
    const loop = new Loop();
    await loop.runUntilComplete(async () => {
      expect(getEventLoop()).toBe(loop);
      expect(getRunningLoop()).toBe(loop);
      await sleep(1);
      expect(getEventLoop()).toBe(loop);
      expect(ensureFuture(() => 1).loop).toBe(loop);
    });
    expect(getEventLoop()).toBe(outside);
  });
});

test.each<[string, () => unknown]>([
  ["getRunningLoop", getRunningLoop],
  ["now", now],
  ["random", () => random("any")],
  ["allTasks", allTasks],
  ["createTask", () => createTask(() => undefined)],
])("%s needs a running loop, and says how to have one", (_, use) => {
  expect(use).toThrow(expect.objectContaining({ code: "ERR_NO_RUNNING_LOOP" }));
  expect(use).toThrow(/run\(async/);
});

test("ensureFuture answers a future as it is and makes a task of anything else", async () => {
  await run(async () => {
    const future = getRunningLoop().createFuture<number>();
    expect(ensureFuture(future)).toBe(future);
    const task = createTask(() => sleep(1));
    expect(ensureFuture(task)).toBe(task);
    expect(await ensureFuture(sleep(1, "coroutine"))).toBe("coroutine");
    expect(await ensureFuture(async () => "async")).toBe("async");
    expect(
      await ensureFuture(function* () {
        return yield* sleep(1, "generator");
      }),
    ).toBe("generator");
    future.setResult(1);
  });
});

test("TASK-10: currentTask is the task whose code runs; null in callbacks and outside", async () => {
  const seen: unknown[] = [currentTask()];
  const loop = new Loop();
  loop.callSoon(() => seen.push(currentTask()));
  loop.callLater(1, () => seen.push(currentTask()));
  await loop.run();
  expect(seen).toEqual([null, null, null]);
  await loop.runUntilComplete(async () => {
    const child = createTask(async () => currentTask()?.path);
    expect(await child).toBe(child.path);
    expect(currentTask()?.path).toBe("1");
  });
  expect(currentTask()).toBeNull();
});

test("TASK-10: allTasks of a loop can be asked from outside, and of nothing but a loop", async () => {
  const loop = new Loop();
  const task = loop.createTask(async () => sleep(5));
  expect(allTasks(loop).map(({ path }) => path)).toEqual(["1"]);
  await loop.runUntilComplete(task);
  expect(allTasks(loop)).toHaveLength(0);
  expect(() => allTasks({} as Loop)).toThrow("Expected `loop` to be a Loop, got");
});

test("TASK-10: allTasks are the tasks of the running loop that are not done, oldest first", async () => {
  await run(async () => {
    void createTask(() => sleep(10));
    const quick = createTask(() => sleep(1));
    expect(allTasks().map(({ path }) => path)).toEqual(["main", "main/1", "main/2"]);
    await quick;
    void createTask(() => sleep(1));
    expect(allTasks().map(({ path }) => path)).toEqual(["main", "main/1", "main/3"]);
  });
});
