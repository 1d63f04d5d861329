import {
  CancelledError,
  createTask,
  isCancelled,
  now,
  run,
  runSync,
  sleep,
  type Task,
  timeout,
  type TimeoutError,
  UsageError,
} from "@tickless/core";
import { Condition, Event, Lock } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import { kinds, type Script, wait } from "../../core/test/kinds.ts";

const notHeld = (what: string): unknown =>
  expect.objectContaining({
    constructor: UsageError,
    code: "ERR_LOCK_NOT_HELD",
    message: expect.stringMatching(
      new RegExp(`To ${what} condition \`main/ready\`.*\`main/ready-lock\` is free.*withLock`, "s"),
    ),
  });

describe.each(kinds)("with $kind bodies", ({ of }) => {
  const start = <T>(script: () => Script<T>, name?: string): Task<T> =>
    createTask(of(script), { name });
  const nap = (delay: number): Script<void> => wait(sleep(delay));
  const waiter = (condition: Condition, log: string[], name: string, delay = 0): Task<void> =>
    start(function* () {
      const body = of(function* () {
        yield* wait(condition.wait());
        log.push(name);
        yield* nap(delay);
      });
      yield* wait(condition.withLock(body));
    }, name);
  function* notify(condition: Condition, n?: number): Script<void> {
    yield* wait(condition.acquire());
    condition.notify(n);
    condition.release();
  }

  test("COND-01: wait, notify and notifyAll need the lock to be held", () =>
    run(
      of(function* () {
        const condition = new Condition({ name: "ready" });
        expect(() => condition.notify()).toThrow(notHeld("notify"));
        expect(() => condition.notifyAll()).toThrow(notHeld("notify"));
        const task = start(() => wait(condition.wait()));
        yield* nap(0);
        expect(task.exception()).toEqual(notHeld("wait for"));
      }),
    ));

  test("COND-01: it is enough that anybody holds it", () =>
    run(
      of(function* () {
        const condition = new Condition();
        yield* wait(condition.acquire());
        const task = start(() => wait(condition.wait()));
        yield* nap(1);
        expect(condition.locked()).toBe(false);
        yield* notify(condition);
        expect(yield* wait(task)).toBe(true);
        expect(condition.locked()).toBe(true);
      }),
    ));

  test("COND-02: wait releases the lock, has it again when it ends, and answers true", () =>
    run(
      of(function* () {
        const condition = new Condition();
        const states: boolean[] = [];
        const task = start(function* () {
          yield* wait(condition.acquire());
          const answer = yield* wait(condition.wait());
          states.push(answer, condition.locked());
          condition.release();
        });
        yield* nap(1);
        states.push(condition.locked());
        yield* notify(condition);
        yield* wait(task);
        expect([states, condition.locked()]).toEqual([[false, true, true], false]);
      }),
    ));

  test("COND-02: notify and release in one step: the waiter goes on one pass later", () =>
    run(
      of(function* () {
        const condition = new Condition();
        const log: string[] = [];
        void waiter(condition, log, "a");
        yield* nap(1);
        yield* notify(condition);
        expect(log).toEqual([]);
        yield* nap(0);
        expect(log).toEqual(["a"]);
      }),
    ));

  test("COND-03: notify wakes the longest waiters, and does not release the lock", () =>
    run(
      of(function* () {
        const condition = new Condition();
        const log: string[] = [];
        for (const name of ["a", "b", "c", "d"]) void waiter(condition, log, name);
        yield* nap(1);
        yield* wait(condition.acquire());
        condition.notify(2);
        yield* nap(1);
        expect(log).toEqual([]);
        condition.release();
        yield* nap(1);
        expect(log).toEqual(["a", "b"]);
        yield* notify(condition, 0);
        yield* nap(1);
        expect(log).toEqual(["a", "b"]);
        yield* notify(condition, Infinity);
        yield* nap(1);
        expect(log).toEqual(["a", "b", "c", "d"]);
        yield* notify(condition);
      }),
    ));

  test("COND-04: they have the lock in order, behind tasks that queue for it already", () =>
    run(
      of(function* () {
        const condition = new Condition();
        const log: string[] = [];
        for (const name of ["a", "b"]) void waiter(condition, log, name, 1);
        yield* nap(1);
        yield* wait(condition.acquire());
        void start(function* () {
          yield* wait(condition.acquire());
          log.push("queued");
          condition.release();
        });
        yield* nap(0);
        condition.notifyAll();
        condition.release();
        yield* nap(5);
        expect(log).toEqual(["queued", "a", "b"]);
      }),
    ));

  test("COND-05: cancelled while it waits it has the lock before it throws", () =>
    run(
      of(function* () {
        const condition = new Condition();
        const log: string[] = [];
        const task = start(function* () {
          yield* wait(condition.acquire());
          try {
            yield* wait(condition.wait());
          } catch (error) {
            log.push(`${isCancelled(error)} ${condition.locked()} at ${now()}`);
          }
          condition.release();
        });
        yield* nap(1);
        yield* wait(condition.acquire());
        task.cancel();
        yield* nap(4);
        expect(log).toEqual([]);
        condition.release();
        yield* wait(task);
        expect([log, condition.locked()]).toEqual([["true true at 5"], false]);
      }),
    ));

  test("COND-06: cancelled again while it waits for the lock it goes on waiting; the last message counts", () =>
    run(
      of(function* () {
        const condition = new Condition();
        let caught: unknown;
        const task = start(function* () {
          yield* wait(condition.acquire());
          try {
            yield* wait(condition.wait());
          } catch (error) {
            caught = error;
          }
          condition.release();
        });
        yield* nap(1);
        yield* wait(condition.acquire());
        task.cancel("first");
        yield* nap(1);
        task.cancel("second");
        yield* nap(1);
        expect(task.done()).toBe(false);
        condition.release();
        yield* wait(task);
        expect(caught).toBeInstanceOf(CancelledError);
        expect((caught as Error).message).toBe("second");
      }),
    ));

  test("COND-07: notified and cancelled before it has the lock, another one is notified", () =>
    run(
      of(function* () {
        const condition = new Condition();
        const log: string[] = [];
        const first = waiter(condition, log, "first");
        void waiter(condition, log, "second");
        yield* nap(1);
        yield* notify(condition);
        first.cancel();
        yield* nap(1);
        expect([first.cancelled(), log, condition.locked()]).toEqual([true, ["second"], false]);
      }),
    ));

  test("COND-07: cancelled while it queues for the lock again, another one is notified", () =>
    run(
      of(function* () {
        const condition = new Condition();
        const log: string[] = [];
        const first = waiter(condition, log, "first");
        void waiter(condition, log, "second");
        yield* nap(1);
        yield* wait(condition.acquire());
        condition.notify();
        yield* nap(1);
        first.cancel();
        yield* nap(1);
        condition.release();
        yield* nap(1);
        expect([first.cancelled(), log, condition.locked()]).toEqual([true, ["second"], false]);
      }),
    ));

  test("COND-08: waitFor asks with the lock held, at once and after each notification", () =>
    run(
      of(function* () {
        const condition = new Condition();
        let level = 0;
        const asked: string[] = [];
        const task = start(function* () {
          const body = of(() =>
            wait(
              condition.waitFor(() => {
                asked.push(`${level} ${condition.locked()}`);
                return level >= 2 ? `level ${level}` : "";
              }),
            ),
          );
          return yield* wait(condition.withLock(body));
        });
        for (let i = 0; i < 2; i++) {
          yield* nap(1);
          level++;
          yield* notify(condition);
        }
        expect(yield* wait(task)).toBe("level 2");
        expect(asked).toEqual(["0 true", "1 true", "2 true"]);
      }),
    ));

  test("COND-08: waitFor of what is so already does not suspend, and needs no lock", () =>
    run(
      of(function* () {
        const condition = new Condition();
        let other = false;
        void start(function* () {
          other = true;
          yield* nap(0);
        });
        expect(yield* wait(condition.waitFor(() => 5))).toBe(5);
        expect(other).toBe(false);
      }),
    ));

  test("COND-09: several conditions share one lock", () =>
    run(
      of(function* () {
        const lock = new Lock({ name: "shared" });
        const [full, empty] = [new Condition({ lock }), new Condition({ lock })];
        expect([full.lock, empty.lock]).toEqual([lock, lock]);
        const log: string[] = [];
        void waiter(full, log, "full");
        void waiter(empty, log, "empty");
        yield* nap(1);
        yield* notify(empty);
        yield* nap(1);
        expect(log).toEqual(["empty"]);
        yield* notify(full);
        yield* nap(1);
        expect(log).toEqual(["empty", "full"]);
      }),
    ));

  test("a time-out ends wait with the lock held", () =>
    run(
      of(function* () {
        const condition = new Condition();
        const task = start(function* () {
          yield* wait(condition.acquire());
          try {
            yield* wait(timeout(5, condition.wait()));
          } catch (error) {
            const locked = condition.locked();
            condition.release();
            return `${(error as TimeoutError).code} ${locked} at ${now()}`;
          }
          return "no time-out";
        });
        expect(yield* wait(task)).toBe("ERR_TIMEOUT true at 5");
      }),
    ));

  test("S6: the hold of a block outlives a wait in it, and releases at its end", () =>
    run(
      of(function* () {
        const condition = new Condition();
        const task = start(function* () {
          const held = yield* wait(condition.hold());
          yield* wait(condition.wait());
          held[Symbol.dispose]();
        });
        yield* nap(1);
        yield* notify(condition);
        yield* wait(task);
        expect(condition.locked()).toBe(false);
      }),
    ));
});

test("S6, S13: a notified wait that its task's end leaves behind notifies another", () =>
  run(async () => {
    const condition = new Condition();
    const go = new Event();
    const leaving = createTask(async () => {
      await condition.acquire();
      await Promise.race([condition.wait(), go.wait()]);
    });
    const log: string[] = [];
    const next = createTask(() =>
      condition.withLock(async () => {
        await condition.wait();
        log.push("next");
      }),
    );
    await sleep(1);
    await condition.acquire();
    go.set();
    condition.notify();
    condition.release();
    await leaving;
    await next;
    expect(log).toEqual(["next"]);
  }));

test("S6, S13: so does one that waits for the lock when its task ends", () =>
  run(async () => {
    const condition = new Condition();
    const leaving = createTask(async () => {
      await condition.acquire();
      await Promise.race([condition.wait(), sleep(5)]);
    });
    const next = createTask(() => condition.withLock(() => condition.wait()));
    await sleep(1);
    await condition.acquire();
    condition.notify();
    await leaving;
    expect(now()).toBe(5);
    condition.release();
    expect(await next).toBe(true);
    expect(condition.locked()).toBe(false);
  }));

test("it works under runSync", () => {
  const log = runSync(function* () {
    const condition = new Condition();
    const seen: number[] = [];
    let level = 0;
    const task = createTask(function* () {
      yield* condition.withLock(function* () {
        seen.push(yield* condition.waitFor(() => level));
      });
    });
    yield* sleep(1);
    yield* condition.withLock(() => {
      level = 3;
      condition.notifyAll();
    });
    yield* task;
    return seen;
  });
  expect(log).toEqual([3]);
});

test("S11: its own lock is named after it, and is none of the numbered ones", () =>
  run(async () => {
    const paths = [
      new Condition(),
      new Condition({ name: "ready" }),
      new Condition({ name: "ready" }),
    ];
    expect(paths.map(({ path, lock }) => [path, lock.path])).toEqual([
      ["main/condition-1", "main/condition-1-lock"],
      ["main/ready", "main/ready-lock"],
      ["main/ready#2", "main/ready-2-lock"],
    ]);
    expect(new Lock().path).toBe("main/lock-1");
  }));

test("bad arguments are refused", () =>
  run(async () => {
    const condition = new Condition();
    const badType = expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" });
    expect(() => new Condition({ lock: {} as never })).toThrow(badType);
    expect(() => condition.waitFor(5 as never)).toThrow(badType);
    expect(() => condition.withLock(5 as never)).toThrow(badType);
    await condition.acquire();
    expect(() => condition.notify(-1)).toThrow(RangeError);
    expect(() => condition.notify("1" as never)).toThrow(badType);
    await expect(condition.waitFor(async () => true).toPromise()).rejects.toEqual(
      expect.objectContaining({ message: expect.stringContaining("answers at once") }),
    );
  }));
