import {
  type Coroutine,
  createTask,
  type FlowOf,
  now,
  run,
  runSync,
  sleep,
  type Task,
  timeout,
  TimeoutError,
} from "@tickless/core";
import type { Policy } from "@tickless/core/kit";
import { BoundedSemaphore, Condition, type Held, Lock, Semaphore } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import { kinds, type Script, wait } from "../../core/test/kinds.ts";
import { lastInFirstOut, randomPolicy } from "../../core/test/policies.ts";

// What is true of everything that one task at a time can hold. asyncio's rules have a name for each class
// (LOCK-01, SEM-02 …); here they are told once.

interface LockLike {
  readonly path: string;
  acquire(): Coroutine<true>;
  hold(): Coroutine<Held>;
  release(): void;
  locked(): boolean;
  within<R>(body: () => FlowOf<R>): Coroutine<R>;
}

const withLock = (object: Lock | Condition): LockLike => ({
  path: object.path,
  acquire: () => object.acquire(),
  hold: () => object.hold(),
  release: () => object.release(),
  locked: () => object.locked(),
  within: (body) => object.withLock(body),
});

const withPermit = (object: Semaphore): LockLike => ({
  path: object.path,
  acquire: () => object.acquire(),
  hold: () => object.hold(),
  release: () => object.release(),
  locked: () => object.locked(),
  within: (body) => object.withPermit(body),
});

const classes: Record<string, () => LockLike> = {
  Lock: () => withLock(new Lock()),
  Condition: () => withLock(new Condition()),
  "Semaphore(1)": () => withPermit(new Semaphore()),
  "BoundedSemaphore(1)": () => withPermit(new BoundedSemaphore()),
};

describe.each(Object.entries(classes))("%s", (_name, make) => {
  describe.each(kinds)("with $kind bodies", ({ of }) => {
    const start = <T>(script: () => Script<T>, name?: string): Task<T> =>
      createTask(of(script), { name });
    const nap = (delay: number): Script<void> => wait(sleep(delay));
    const user = (lock: LockLike, log: string[], name: string, delay = 2) =>
      start(function* () {
        yield* wait(lock.acquire());
        log.push(`${name} from ${now()}`);
        yield* nap(delay);
        log.push(`${name} to ${now()}`);
        lock.release();
      });

    test("LOCK-01, SEM-01, SEM-02: one at a time, in the order in which they came", () =>
      run(
        of(function* () {
          const lock = make();
          const log: string[] = [];
          for (const task of ["a", "b", "c"].map((name) => user(lock, log, name)))
            yield* wait(task);
          expect(log).toEqual(["a from 0", "a to 2", "b from 2", "b to 4", "c from 4", "c to 6"]);
          expect(lock.locked()).toBe(false);
        }),
      ));

    test("LOCK-02: what is free is taken without suspending, and acquire answers true", () =>
      run(
        of(function* () {
          const lock = make();
          let other = false;
          void start(function* () {
            other = true;
            yield* nap(0);
          });
          expect(yield* wait(lock.acquire())).toBe(true);
          expect([lock.locked(), other]).toEqual([true, false]);
        }),
      ));

    test("LOCK-04, SEM-04: a newcomer queues behind the waiter that was woken", () =>
      run(
        of(function* () {
          const lock = make();
          const log: string[] = [];
          yield* wait(lock.acquire());
          const waiting = user(lock, log, "waiting", 0);
          yield* nap(0);
          lock.release();
          yield* wait(lock.acquire());
          log.push("newcomer");
          yield* wait(waiting);
          expect(log).toEqual(["waiting from 0", "waiting to 0", "newcomer"]);
        }),
      ));

    test("release wakes the first waiter for the next pass", () =>
      run(
        of(function* () {
          const lock = make();
          const log: string[] = [];
          yield* wait(lock.acquire());
          const waiting = user(lock, log, "waiting");
          yield* nap(1);
          lock.release();
          expect(log).toEqual([]);
          yield* nap(0);
          expect(log).toEqual(["waiting from 1"]);
          yield* wait(waiting);
        }),
      ));

    test("LOCK-05, SEM-05: a waiter cancelled after it was woken hands on to the next", () =>
      run(
        of(function* () {
          const lock = make();
          yield* wait(lock.acquire());
          const [first, second] = [
            start(() => wait(lock.acquire())),
            start(() => wait(lock.acquire())),
          ];
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
          const lock = make();
          yield* wait(lock.acquire());
          const [first, second] = [
            start(() => wait(lock.acquire())),
            start(() => wait(lock.acquire())),
          ];
          yield* nap(0);
          first.cancel();
          lock.release();
          expect(yield* wait(second)).toBe(true);
        }),
      ));

    test("LOCK-05: if all who wait were cancelled, a newcomer takes it at once", () =>
      run(
        of(function* () {
          const lock = make();
          yield* wait(lock.acquire());
          const waiters = [start(() => wait(lock.acquire())), start(() => wait(lock.acquire()))];
          yield* nap(0);
          for (const waiter of waiters) waiter.cancel();
          lock.release();
          yield* wait(lock.acquire());
          expect(waiters.map((waiter) => waiter.done())).toEqual([false, false]);
          yield* nap(1);
          expect(waiters.map((waiter) => waiter.cancelled())).toEqual([true, true]);
          expect(lock.locked()).toBe(true);
        }),
      ));

    test("LOCK-06: any task may release it", () =>
      run(
        of(function* () {
          const lock = make();
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

    test("LOCK-07: the callback form gives what its body gives, and holds as long as that", () =>
      run(
        of(function* () {
          const lock = make();
          const body = of(function* () {
            yield* nap(3);
            return "result";
          });
          const task = start(() => wait(lock.within(body)));
          yield* nap(1);
          expect(lock.locked()).toBe(true);
          expect(yield* wait(task)).toBe("result");
          expect([lock.locked(), now()]).toEqual([false, 3]);
        }),
      ));

    test("LOCK-07: it is released when the body throws, and the very error comes out", () =>
      run(
        of(function* () {
          const lock = make();
          const thrown = new Error("inside");
          const body = of(function* () {
            yield* nap(1);
            throw thrown;
          });
          const task = start(() => wait(lock.within(body)));
          yield* nap(2);
          expect([lock.locked(), task.exception()]).toEqual([false, thrown]);
        }),
      ));

    test("LOCK-07: it is released when its task is cancelled, and when a time-out ends its body", () =>
      run(
        of(function* () {
          const lock = make();
          const long = (): Coroutine<void> => lock.within(of(() => nap(10)));
          const task = start(() => wait(long()));
          yield* nap(1);
          task.cancel();
          yield* nap(0);
          expect([task.cancelled(), lock.locked()]).toEqual([true, false]);
          const timed = start(() =>
            wait(
              timeout(
                2,
                of(() => wait(long())),
              ),
            ),
          );
          yield* nap(3);
          expect(timed.exception()).toBeInstanceOf(TimeoutError);
          expect(lock.locked()).toBe(false);
        }),
      ));

    test("LOCK-07: the callback form that is cancelled while it waits runs no body and takes nothing", () =>
      run(
        of(function* () {
          const lock = make();
          let ran = false;
          yield* wait(lock.acquire());
          const body = of(function* () {
            ran = true;
            yield* nap(0);
          });
          const task = start(() => wait(lock.within(body)));
          yield* nap(1);
          task.cancel();
          yield* nap(1);
          lock.release();
          yield* nap(1);
          expect([task.cancelled(), ran, lock.locked()]).toEqual([true, false, false]);
        }),
      ));

    test("LOCK-08: it is not re-entrant: its holder waits for itself", () =>
      run(
        of(function* () {
          const lock = make();
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

    test("TIMEOUT-16: at the instant of the deadline the time-out wins, and the next one has it", () =>
      run(
        of(function* () {
          const lock = make();
          yield* wait(lock.acquire());
          const impatient = start(() => wait(timeout(2, lock.acquire())));
          const patient = start(() => wait(lock.acquire()));
          yield* nap(2);
          lock.release();
          yield* nap(1);
          expect([impatient.exception(), patient.done(), lock.locked()]).toEqual([
            expect.any(TimeoutError),
            true,
            true,
          ]);
        }),
      ));

    test("hold gives an object whose disposal releases it, once", () =>
      run(
        of(function* () {
          const lock = make();
          const held = yield* wait(lock.hold());
          expect(lock.locked()).toBe(true);
          held[Symbol.dispose]();
          expect(lock.locked()).toBe(false);
          yield* wait(lock.acquire());
          held[Symbol.dispose]();
          expect(lock.locked()).toBe(true);
        }),
      ));

    test("S5: acquire, hold and the callback form alone take nothing", () =>
      run(
        of(function* () {
          const lock = make();
          void lock.acquire();
          void lock.hold();
          void lock.within(of(() => nap(0)));
          yield* nap(1);
          expect(lock.locked()).toBe(false);
        }),
      ));

    const policies: Record<string, () => Policy> = {
      "last in, first out": lastInFirstOut,
      "in random order": () => randomPolicy(7),
    };
    test.each(Object.entries(policies))(
      "S6: nobody is let in twice or forgotten, %s",
      (_, policy) =>
        run(
          of(function* () {
            const lock = make();
            let inside = 0;
            let turns = 0;
            const users = Array.from({ length: 6 }, () =>
              start(function* () {
                for (let i = 0; i < 3; i++) {
                  const body = of(function* () {
                    expect(++inside).toBe(1);
                    yield* nap(i % 2);
                    inside--;
                    turns++;
                  });
                  yield* wait(lock.within(body));
                }
              }),
            );
            for (const task of users) yield* wait(task);
            expect([turns, lock.locked()]).toEqual([18, false]);
          }),
          { policy: policy() },
        ),
    );
  });

  test("S13: a wait of Promise.race whose task has ended passes its wake-up on", () =>
    run(async () => {
      const lock = make();
      await lock.acquire();
      void createTask(async () => {
        await Promise.race([lock.acquire(), sleep(3)]);
      });
      await sleep(1);
      const next = createTask(() => lock.acquire());
      await sleep(2);
      lock.release();
      expect(await next).toBe(true);
      expect(now()).toBe(3);
    }));

  test("`using` releases at the end of the block, on the way out of an error and of a cancellation", () =>
    run(async () => {
      const lock = make();
      const thrown = new Error("inside");
      const block = async (end: () => Promise<void>): Promise<void> => {
        using held = await lock.hold();
        expect(held[Symbol.dispose]).toBeTypeOf("function");
        await sleep(1);
        expect(lock.locked()).toBe(true);
        await end();
      };
      await block(async () => undefined);
      expect(lock.locked()).toBe(false);
      await expect(block(() => Promise.reject(thrown))).rejects.toBe(thrown);
      expect(lock.locked()).toBe(false);
      const task = createTask(() => block(async () => sleep(10)));
      await sleep(2);
      task.cancel();
      await sleep(0);
      expect([task.cancelled(), lock.locked()]).toEqual([true, false]);
    }));

  test("the callback form takes a plain function too", () =>
    run(async () => {
      const lock = make();
      expect(await lock.within((() => lock.locked()) as never)).toBe(true);
      expect(lock.locked()).toBe(false);
    }));

  test("it works under runSync", () => {
    const order = runSync(function* () {
      const lock = make();
      const log: number[] = [];
      const tasks = [1, 2, 3].map((name) =>
        createTask(() =>
          lock.within(function* () {
            yield* sleep(1);
            log.push(name);
          }),
        ),
      );
      for (const task of tasks) yield* task;
      return log;
    });
    expect(order).toEqual([1, 2, 3]);
  });
});
