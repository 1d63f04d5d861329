import { createTask, type FlowOf, run, runSync, simulate, sleep, UsageError } from "@tickless/core";
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
} from "@tickless/sync";
import { describe, expect, test } from "vitest";

// S11: names, and objects that are made outside a run.

const otherLoop = expect.objectContaining({
  constructor: UsageError,
  code: "ERR_OTHER_LOOP",
  message: expect.stringContaining("inside the main that uses it"),
});

test("S11: objects are named by kind and ordinal below the task that makes them, or by name", () =>
  run(async () => {
    const paths = (): string[] => [
      new Queue().path,
      new Queue().path,
      new PriorityQueue().path,
      new Lock().path,
      new Event().path,
      new Condition().path,
      new Semaphore().path,
      new BoundedSemaphore().path,
      new Barrier(2).path,
      new Queue({ name: "jobs" }).path,
      new Queue({ name: "jobs" }).path,
    ];
    expect(paths()).toEqual([
      "main/queue-1",
      "main/queue-2",
      "main/queue-3",
      "main/lock-1",
      "main/event-1",
      "main/condition-1",
      "main/semaphore-1",
      "main/semaphore-2",
      "main/barrier-1",
      "main/jobs",
      "main/jobs#2",
    ]);
    const child = createTask(async () => new Lock().path, { name: "child" });
    expect(await child).toBe("main/child/lock-1");
  }));

describe("an object made outside a run", () => {
  test("S11: belongs to the first loop that uses it, and can be read afterwards", async () => {
    const queue = new Queue<number>({ name: "outside" });
    queue.putNowait(1);
    await run(async () => {
      expect(await queue.get()).toBe(1);
      await queue.put(2);
    });
    expect([queue.qsize(), queue.empty(), queue.full()]).toEqual([1, false, false]);
  });

  /** A main that begins to use `object`, and throws what that throws. */
  const using = <T>(object: T, use: (object: T) => unknown): (() => FlowOf<void>) =>
    function* main() {
      const user = createTask(() => use(object));
      yield* sleep(0);
      if (user.done()) user.result();
    };

  const uses: [string, () => () => FlowOf<void>][] = [
    ["queue.put", () => using(new Queue<number>(), (queue) => queue.put(1))],
    ["queue.get", () => using(new Queue<number>(), (queue) => queue.get())],
    ["queue.putNowait", () => using(new Queue<number>(), (queue) => queue.putNowait(1))],
    ["queue.join", () => using(new Queue<number>(), (queue) => queue.join())],
    ["priority queue.put", () => using(new PriorityQueue<number>(), (queue) => queue.put(1))],
    ["lock.acquire", () => using(new Lock(), (lock) => lock.acquire())],
    ["lock.hold", () => using(new Lock(), (lock) => lock.hold())],
    ["event.wait", () => using(new Event(), (event) => event.wait())],
    ["event.set", () => using(new Event(), (event) => event.set())],
    ["event.clear", () => using(new Event(), (event) => event.clear())],
    ["queue.shutdown", () => using(new Queue(), (queue) => queue.shutdown())],
    ["semaphore.acquire", () => using(new Semaphore(), (semaphore) => semaphore.acquire())],
    ["semaphore.release", () => using(new Semaphore(), (semaphore) => semaphore.release())],
    ["condition.acquire", () => using(new Condition(), (condition) => condition.acquire())],
    ["condition.withLock", () => using(new Condition(), (it) => it.withLock(() => it.notify()))],
    ["barrier.wait", () => using(new Barrier(1), (barrier) => barrier.wait())],
    ["barrier.reset", () => using(new Barrier(1), (barrier) => barrier.reset())],
  ];
  test.each(uses)("S11: %s in a second loop is an error", (_, make) => {
    const use = make();
    runSync(use);
    expect(() => runSync(use)).toThrow(otherLoop);
  });

  test("S11: an object made in a run does not serve another", async () => {
    let lock: Lock | undefined;
    await run(async () => {
      lock = new Lock();
      await sleep(1);
    });
    const second = await simulate(async () => {
      await lock?.acquire();
    });
    expect(second.outcome).toEqual({ status: "rejected", reason: otherLoop });
  });
});
