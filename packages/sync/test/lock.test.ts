import { createTask, now, run, sleep, UsageError } from "@tickless/core";
import { Lock } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import { kinds, wait } from "../../core/test/kinds.ts";

// What all lock-like classes have in common is in lock-like.test.ts.

describe.each(kinds)("with $kind bodies", ({ of }) => {
  test("LOCK-04: from release until the first waiter goes on, locked() is false", () =>
    run(
      of(function* () {
        const lock = new Lock();
        yield* wait(lock.acquire());
        const waiting = createTask(of(() => wait(lock.acquire())));
        yield* wait(sleep(0));
        lock.release();
        expect(lock.locked()).toBe(false);
        yield* wait(waiting);
        expect(lock.locked()).toBe(true);
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

test("S6: `held` says who has it, and since when", () =>
  run(async () => {
    const lock = new Lock();
    expect(lock.held).toEqual([]);
    const holder = createTask(() => lock.withLock(() => sleep(10)), { name: "holder" });
    await sleep(5);
    const holders = lock.held.map(({ task, since }) => `${task.path} since ${since}`);
    expect(holders).toEqual(["main/holder since 0"]);
    await holder;
    expect(lock.held).toEqual([]);
  }));

test("what the body of withLock has thrown is the cause of the error of a lock that is free by then", () =>
  run(async () => {
    const lock = new Lock();
    const mine = new Error("the body's own");
    const body = async (): Promise<never> => {
      lock.release();
      throw mine;
    };
    await expect(lock.withLock(body).toPromise()).rejects.toMatchObject({
      code: "ERR_LOCK_NOT_HELD",
      cause: mine,
    });
    await expect(lock.withLock(() => lock.release()).toPromise()).rejects.toThrow(UsageError);
  }));
