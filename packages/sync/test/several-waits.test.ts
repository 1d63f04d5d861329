import {
  type Coroutine,
  createTask,
  now,
  run,
  sleep,
  type Task,
  timeout,
  TimeoutError,
} from "@tickless/core";
import { Barrier, Condition, Event, Lock, Queue, Semaphore } from "@tickless/sync";
import { expect, test } from "vitest";
import { followsAwaits } from "../../core/test/host.ts";

// S13: one task waits for several things, of every kind that there is. Async functions alone can.

interface Place {
  /** A wait that does not end by itself. */
  readonly wait: () => Coroutine<unknown>;
  /** Lets one of those who wait go on. */
  readonly open: () => unknown;
  /** How many more could go on at once: what a wait that was left behind must not have taken. */
  readonly free: () => boolean;
}

const places: Record<string, () => Place> = {
  "queue.get": () => {
    const queue = new Queue<number>();
    return {
      wait: () => queue.get(),
      open: () => queue.putNowait(1),
      free: () => queue.qsize() === 1,
    };
  },
  "queue.put": () => {
    const queue = new Queue<number>({ maxsize: 1 });
    queue.putNowait(0);
    return {
      wait: () => queue.put(1),
      open: () => queue.getNowait(),
      free: () => queue.qsize() === 0,
    };
  },
  "lock.acquire": () => {
    const lock = new Lock();
    createTask(() => lock.acquire()).addDoneCallback(() => undefined);
    return { wait: () => lock.acquire(), open: () => lock.release(), free: () => !lock.locked() };
  },
  "semaphore.acquire": () => {
    const semaphore = new Semaphore(0);
    return {
      wait: () => semaphore.acquire(),
      open: () => semaphore.release(),
      free: () => !semaphore.locked(),
    };
  },
  "event.wait": () => {
    const event = new Event();
    return { wait: () => event.wait(), open: () => event.set(), free: () => event.isSet() };
  },
  "barrier.wait": () => {
    const barrier = new Barrier(2);
    return {
      wait: () => barrier.wait(),
      open: () => createTask(() => barrier.wait()),
      // Whoever came to open it waits alone.
      free: () => barrier.nWaiting === 1,
    };
  },
  // Begins its last wait a little later than the others.
  "condition.waitFor": () => {
    const condition = new Condition();
    let tokens = 0;
    return {
      wait: () =>
        condition.withLock(async () => {
          await condition.waitFor(() => tokens > 0);
          tokens--;
        }),
      open: () =>
        createTask(() =>
          condition.withLock(() => {
            tokens++;
            condition.notify();
          }),
        ),
      free: () => tokens === 1 && !condition.locked(),
    };
  },
};

const all = Object.entries(places);
/** A barrier for two lets two waits through by themselves. */
const lonely = all.filter(([name]) => name !== "barrier.wait");

test.runIf(followsAwaits).each(all)(
  "S13.10: of two time-outs side by side around %s, at 5 only one's wait ends",
  (_, make) =>
    run(async () => {
      const [a, b] = [make(), make()];
      await sleep(0);
      const start = now();
      const ends: string[] = [];
      const limited = async (name: string, delay: number, place: Place): Promise<void> => {
        try {
          await timeout(delay, () => place.wait());
          ends.push(`${name} went on at ${now() - start}`);
        } catch (error) {
          ends.push(`${name} ${(error as TimeoutError).code} at ${now() - start}`);
        }
      };
      const both = Promise.all([limited("a", 5, a), limited("b", 50, b)]);
      createTask(async () => {
        await sleep(20);
        a.open();
        b.open();
      }).addDoneCallback(() => undefined);
      await both;
      expect(ends).toEqual(["a ERR_TIMEOUT at 5", "b went on at 20"]);
      await sleep(1);
      expect([a.free(), b.free()]).toEqual([true, expect.any(Boolean)]);
    }),
);

test.each(all)(
  "S13.10: Promise.all of two time-outs around %s fails at 5, and the other wait is withdrawn with the task",
  (_, make) =>
    run(async () => {
      const [a, b] = [make(), make()];
      const task: Task<unknown> = createTask(async () =>
        Promise.all([timeout(5, () => a.wait()), timeout(50, () => b.wait())]),
      );
      await sleep(10);
      expect(task.exception()).toBeInstanceOf(TimeoutError);
      b.open();
      await sleep(1);
      expect(b.free()).toBe(true);
    }),
);

test.each(all)(
  "S13.15: a %s that Promise.race has left behind takes nothing after its task",
  (_, make) =>
    run(async () => {
      const place = make();
      await createTask(async () => {
        await Promise.race([place.wait(), sleep(1)]);
      });
      place.open();
      await sleep(1);
      expect([place.free(), now()]).toEqual([true, 2]);
    }),
);

test.each(lonely)(
  "S13.15: woken and left behind in one step, a %s passes its wake-up on",
  (_, make) =>
    run(async () => {
      const place = make();
      const leaving = createTask(async () => {
        await Promise.race([place.wait(), sleep(5)]);
      });
      await sleep(1);
      const next = createTask(async () => {
        await place.wait();
        return now();
      });
      await sleep(4);
      // Both are due at 5: the sleep was armed first, so its task ends before the wait has its turn.
      place.open();
      await leaving;
      await sleep(1);
      if (!next.done()) place.open();
      expect(await next).toBeGreaterThanOrEqual(5);
    }),
);

test("S13.15: as long as its task lives a getter that was left behind does take an item", () =>
  run(async () => {
    const queue = new Queue<string>();
    const task = createTask(async () => {
      await Promise.race([queue.get(), sleep(1)]);
      await sleep(10);
    });
    await sleep(2);
    queue.putNowait("eaten");
    await sleep(1);
    expect([queue.qsize(), task.done()]).toEqual([0, false]);
  }));

test("S13.2: cancel ends all of them, in the order in which they began, and counts once", () =>
  run(async () => {
    const ends: string[] = [];
    const waits = all.map(([name, make]) => [name, make()] as const);
    const task = createTask(async () => {
      const results = await Promise.allSettled(
        waits.map(async ([name, place]) => {
          try {
            await place.wait();
          } finally {
            ends.push(name);
          }
        }),
      );
      for (const result of results) if (result.status === "rejected") throw result.reason;
    });
    await sleep(1);
    task.cancel();
    await sleep(1);
    expect([ends, task.cancelled(), task.cancelling()]).toEqual([Object.keys(places), true, 1]);
  }));
