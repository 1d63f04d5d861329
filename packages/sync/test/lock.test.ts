import {
  createTask,
  now,
  run,
  sleep,
  type Task,
  timeout,
  TimeoutError,
  UsageError,
} from "@tickless/core";
import { Lock } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import { kinds, type Script, wait } from "../../core/test/kinds.ts";

describe.each(kinds)("with $kind bodies", ({ of }) => {
  const start = <T>(script: () => Script<T>): Task<T> => createTask(of(script));
  const nap = (delay: number): Script<void> => wait(sleep(delay));

  test("LOCK-01: one at a time, in the order in which they came", () =>
    run(
      of(function* () {
        const lock = new Lock();
        const log: string[] = [];
        const user = (name: string) =>
          function* (): Script<void> {
            yield* wait(lock.acquire());
            log.push(`${name} from ${now()}`);
            yield* nap(2);
            log.push(`${name} to ${now()}`);
            lock.release();
          };
        const users = ["a", "b", "c"].map((name) => start(user(name)));
        for (const task of users) yield* wait(task);
        expect(log).toEqual(["a from 0", "a to 2", "b from 2", "b to 4", "c from 4", "c to 6"]);
        expect(lock.locked()).toBe(false);
      }),
    ));

  test("LOCK-02: a free lock is taken without suspending, and acquire answers true", () =>
    run(
      of(function* () {
        const lock = new Lock();
        let other = false;
        void start(function* () {
          other = true;
          yield* nap(0);
        });
        expect(yield* wait(lock.acquire())).toBe(true);
        expect([lock.locked(), other]).toEqual([true, false]);
      }),
    ));

  test("LOCK-04: release unlocks and wakes the first; a newcomer queues behind it", () =>
    run(
      of(function* () {
        const lock = new Lock();
        const order: string[] = [];
        yield* wait(lock.acquire());
        const user = (name: string) =>
          function* (): Script<void> {
            yield* wait(lock.acquire());
            order.push(name);
            yield* nap(0);
            lock.release();
          };
        const waiting = start(user("waiting"));
        yield* nap(0);
        lock.release();
        expect(lock.locked()).toBe(false);
        yield* user("newcomer")();
        yield* wait(waiting);
        expect(order).toEqual(["waiting", "newcomer"]);
      }),
    ));

  test("LOCK-05: a waiter cancelled after it was woken hands the lock to the next", () =>
    run(
      of(function* () {
        const lock = new Lock();
        yield* wait(lock.acquire());
        const first = start(() => wait(lock.acquire()));
        const second = start(() => wait(lock.acquire()));
        yield* nap(0);
        lock.release();
        first.cancel();
        expect(yield* wait(second)).toBe(true);
        expect([first.cancelled(), lock.locked()]).toEqual([true, true]);
      }),
    ));

  test("LOCK-05: a waiter cancelled before the release is passed over", () =>
    run(
      of(function* () {
        const lock = new Lock();
        yield* wait(lock.acquire());
        const first = start(() => wait(lock.acquire()));
        const second = start(() => wait(lock.acquire()));
        yield* nap(0);
        first.cancel();
        lock.release();
        expect(yield* wait(second)).toBe(true);
      }),
    ));

  test("LOCK-05: if all who wait were cancelled, a newcomer takes the lock at once", () =>
    run(
      of(function* () {
        const lock = new Lock();
        yield* wait(lock.acquire());
        const waiters = [start(() => wait(lock.acquire())), start(() => wait(lock.acquire()))];
        yield* nap(0);
        for (const waiter of waiters) waiter.cancel();
        lock.release();
        yield* wait(lock.acquire());
        expect(waiters.map((waiter) => waiter.done())).toEqual([false, false]);
        yield* nap(1);
        expect([lock.locked(), ...waiters.map((waiter) => waiter.cancelled())]).toEqual([
          true,
          true,
          true,
        ]);
      }),
    ));

  test("LOCK-06: any task may release it", () =>
    run(
      of(function* () {
        const lock = new Lock();
        yield* wait(lock.acquire());
        yield* wait(
          start(function* () {
            lock.release();
            yield* nap(0);
          }),
        );
        expect(lock.locked()).toBe(false);
      }),
    ));

  test("LOCK-07: withLock gives what its body gives, and holds the lock as long as that", () =>
    run(
      of(function* () {
        const lock = new Lock();
        const task = start(() =>
          wait(
            lock.withLock(
              of(function* () {
                yield* nap(3);
                return "result";
              }),
            ),
          ),
        );
        yield* nap(1);
        expect(lock.locked()).toBe(true);
        expect(yield* wait(task)).toBe("result");
        expect([lock.locked(), now()]).toEqual([false, 3]);
      }),
    ));

  test("LOCK-07: withLock releases when its body throws, and the very error comes out", () =>
    run(
      of(function* () {
        const lock = new Lock();
        const thrown = new Error("inside");
        const task = start(() =>
          wait(
            lock.withLock(
              of(function* () {
                yield* nap(1);
                throw thrown;
              }),
            ),
          ),
        );
        yield* nap(2);
        expect([lock.locked(), task.exception()]).toEqual([false, thrown]);
      }),
    ));

  test("LOCK-07: withLock releases when its task is cancelled", () =>
    run(
      of(function* () {
        const lock = new Lock();
        const task = start(() => wait(lock.withLock(of(() => nap(10)))));
        yield* nap(1);
        task.cancel();
        yield* nap(1);
        expect([task.cancelled(), lock.locked()]).toEqual([true, false]);
      }),
    ));

  test("LOCK-07: withLock releases when a time-out ends its body", () =>
    run(
      of(function* () {
        const lock = new Lock();
        const body = of(() => wait(lock.withLock(of(() => nap(10)))));
        const task = start(() => wait(timeout(2, body)));
        yield* nap(3);
        expect(() => task.result()).toThrow(TimeoutError);
        expect(lock.locked()).toBe(false);
      }),
    ));

  test("LOCK-07: withLock that is cancelled while it waits runs no body and takes no lock", () =>
    run(
      of(function* () {
        const lock = new Lock();
        let ran = false;
        yield* wait(lock.acquire());
        const task = start(() =>
          wait(
            lock.withLock(
              of(function* () {
                ran = true;
                yield* nap(0);
              }),
            ),
          ),
        );
        yield* nap(1);
        task.cancel();
        yield* nap(1);
        lock.release();
        yield* nap(1);
        expect([task.cancelled(), ran, lock.locked()]).toEqual([true, false, false]);
      }),
    ));

  test("LOCK-08: a lock is not re-entrant: its holder waits for itself", () =>
    run(
      of(function* () {
        const lock = new Lock();
        const task = start(function* () {
          yield* wait(lock.acquire());
          yield* wait(lock.acquire());
        });
        yield* nap(5);
        expect(task.done()).toBe(false);
        lock.release();
        yield* wait(task);
      }),
    ));

  test("hold gives an object whose disposal releases the lock", () =>
    run(
      of(function* () {
        const lock = new Lock();
        const held = yield* wait(lock.hold());
        expect(lock.locked()).toBe(true);
        held[Symbol.dispose]();
        expect(lock.locked()).toBe(false);
      }),
    ));

  test("acquire, hold and withLock alone take nothing", () =>
    run(
      of(function* () {
        const lock = new Lock();
        void lock.acquire();
        void lock.hold();
        void lock.withLock(() => undefined);
        yield* nap(1);
        expect(lock.locked()).toBe(false);
      }),
    ));
});

test("LOCK-03: release of a free lock is an error that says what to do", () => {
  const release = (): void => new Lock({ name: "door" }).release();
  expect(release).toThrow(
    expect.objectContaining({
      constructor: UsageError,
      code: "ERR_LOCK_NOT_HELD",
      message: expect.stringMatching(/`door` is free.*withLock/s),
    }),
  );
});

test("`using` releases at the end of the block, on the way out of an error too", () =>
  run(async () => {
    const lock = new Lock();
    const thrown = new Error("inside");
    const failing = async (): Promise<void> => {
      using held = await lock.hold();
      expect(held[Symbol.dispose]).toBeTypeOf("function");
      await sleep(1);
      expect(lock.locked()).toBe(true);
      throw thrown;
    };
    await expect(failing()).rejects.toBe(thrown);
    expect([lock.locked(), now()]).toEqual([false, 1]);
    {
      using held = await lock.hold();
      expect(held[Symbol.dispose]).toBeTypeOf("function");
      expect(lock.locked()).toBe(true);
    }
    expect(lock.locked()).toBe(false);
  }));

test("`using` releases when the task is cancelled", () =>
  run(async () => {
    const lock = new Lock();
    const task = createTask(async () => {
      using held = await lock.hold();
      expect(held[Symbol.dispose]).toBeTypeOf("function");
      await sleep(10);
    });
    await sleep(1);
    task.cancel();
    await sleep(1);
    expect([task.cancelled(), lock.locked()]).toEqual([true, false]);
  }));

test("withLock takes a plain function too", () =>
  run(async () => {
    const lock = new Lock();
    expect(await lock.withLock(() => lock.locked())).toBe(true);
    expect(lock.locked()).toBe(false);
  }));

test("an object from hold that is disposed of twice does not release somebody else's lock", () =>
  run(async () => {
    const lock = new Lock();
    const held = await lock.hold();
    held[Symbol.dispose]();
    await lock.acquire();
    held[Symbol.dispose]();
    expect(lock.locked()).toBe(true);
  }));

test("S6: an object from hold does nothing once the lock was released by hand and taken by another", () =>
  run(async () => {
    const lock = new Lock();
    const held = await lock.hold();
    lock.release();
    const other = createTask(() => lock.withLock(() => sleep(10)));
    await sleep(1);
    held[Symbol.dispose]();
    expect(lock.locked()).toBe(true);
    await other;
    expect([lock.locked(), now()]).toEqual([false, 10]);
  }));

test("S6: an object from hold does nothing once its own task has released by hand and acquired again", () =>
  run(async () => {
    const lock = new Lock();
    const held = await lock.hold();
    lock.release();
    const again = await lock.hold();
    held[Symbol.dispose]();
    expect(lock.locked()).toBe(true);
    again[Symbol.dispose]();
    expect(lock.locked()).toBe(false);
    again[Symbol.dispose]();
    held[Symbol.dispose]();
    await lock.acquire();
    again[Symbol.dispose]();
    expect(lock.locked()).toBe(true);
  }));

test("S6: released by hand inside a `using` block the lock stays free at the end of it", () =>
  run(async () => {
    const lock = new Lock();
    {
      using held = await lock.hold();
      expect(held[Symbol.dispose]).toBeTypeOf("function");
      lock.release();
    }
    expect(lock.locked()).toBe(false);
  }));
