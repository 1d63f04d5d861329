// How many passes each wait for a primitive takes: asyncio's numbers (3.13, 3.14).
import { type Coroutine, createTask, sleep, type Task } from "@tickless/core";
import { Barrier, Condition, Event, Lock, Queue, Semaphore } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import { kinds, wait } from "../../core/test/kinds.ts";
import { passesFrom, passesOf } from "../../core/test/pass-counter.ts";

/** A wait that does not end at once, and what ends it. */
interface Blocked {
  readonly wait: () => Coroutine<unknown>;
  readonly end: () => void;
}

function heldLock(): Blocked {
  const lock = new Lock();
  void lock.acquire().toPromise();
  return { wait: () => lock.acquire(), end: () => lock.release() };
}

function takenSemaphore(): Blocked {
  const semaphore = new Semaphore(0);
  return { wait: () => semaphore.acquire(), end: () => semaphore.release() };
}

function clearEvent(): Blocked {
  const event = new Event();
  return { wait: () => event.wait(), end: () => event.set() };
}

function emptyQueue(): Blocked {
  const queue = new Queue<number>();
  return { wait: () => queue.get(), end: () => queue.putNowait(1) };
}

function fullQueue(): Blocked {
  const queue = new Queue<number>({ maxsize: 1 });
  queue.putNowait(1);
  return { wait: () => queue.put(2), end: () => void queue.getNowait() };
}

function unfinishedQueue(): Blocked {
  const queue = new Queue<number>();
  queue.putNowait(1);
  return { wait: () => queue.join(), end: () => queue.taskDone() };
}

const blocked: readonly [string, () => Blocked][] = [
  ["lock.release() to who waits for the lock", heldLock],
  ["semaphore.release() to who waits for a permit", takenSemaphore],
  ["event.set() to who waits for it", clearEvent],
  ["queue.putNowait() to who gets", emptyQueue],
  ["queue.getNowait() to who puts", fullQueue],
  ["queue.taskDone() to who joins", unfinishedQueue],
];

describe.each(kinds)("passes of primitives with $kind bodies", (kind) => {
  const { of } = kind;

  test.each<[string, () => Coroutine<unknown>]>([
    ["lock.acquire() of a free lock", () => new Lock().acquire()],
    ["semaphore.acquire() of a free permit", () => new Semaphore(1).acquire()],
    ["queue.put() where there is a place", () => new Queue().put(1)],
    ["queue.join() of a queue without work", () => new Queue().join()],
    ["barrier.wait() of the last to arrive", () => new Barrier(1).wait()],
  ])("%s takes 0", async (_, make) => {
    expect(await passesOf(kind, make)).toBe(0);
  });

  test("event.wait() of a set event and queue.get() of an item take 0", async () => {
    const set = (): Coroutine<unknown> => {
      const event = new Event();
      event.set();
      return event.wait();
    };
    const filled = (): Coroutine<unknown> => {
      const queue = new Queue<number>();
      queue.putNowait(1);
      return queue.get();
    };
    expect([await passesOf(kind, set), await passesOf(kind, filled)]).toEqual([0, 0]);
  });

  test.each(blocked)("%s takes 1", async (_, make) => {
    let end = (): void => undefined;
    const begin = (): Coroutine<unknown> => {
      const made = make();
      end = made.end;
      return made.wait();
    };
    expect(await passesFrom(kind, begin, () => end())).toBe(1);
  });

  test.each(blocked)("of a wait that ends by %s, cancel() takes 1", async (_, make) => {
    const cancel = (task: Task<number>): void => void task.cancel();
    expect(await passesFrom(kind, () => make().wait(), cancel)).toBe(1);
  });

  test("notify() and release() in one step take 1 to who waits for the condition", async () => {
    const condition = { made: null as Condition | null };
    const begin = (): Coroutine<unknown> => {
      const made = new Condition();
      condition.made = made;
      return made.withLock(of(() => wait(made.wait())));
    };
    const act = (): void => {
      const { made } = condition;
      void made?.acquire().toPromise();
      made?.notify();
      made?.release();
    };
    const acting = (): void => void createTask(async () => act());
    // the task that acts begins a pass later
    expect(await passesFrom(kind, begin, acting)).toBe(2);
  });

  test("the last to arrive at a barrier takes 1 to the others", async () => {
    let barrier: Barrier | undefined;
    const begin = (): Coroutine<unknown> => (barrier = new Barrier(2)).wait();
    const arrive = (): void => void createTask(() => (barrier as Barrier).wait());
    // the task that arrives begins a pass later
    expect(await passesFrom(kind, begin, arrive)).toBe(2);
  });

  test("sleep(0) takes 1, to measure against", async () => {
    expect(await passesOf(kind, () => sleep(0))).toBe(1);
  });
});
