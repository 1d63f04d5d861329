import { createTask, run, sleep, type Task } from "@tickless/core";
import { BoundedSemaphore, Semaphore } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import { kinds, type Script, wait } from "../../core/test/kinds.ts";

// What semaphores have in common with locks is in lock-like.test.ts.

const classes = { Semaphore, BoundedSemaphore };

describe.each(Object.entries(classes))("%s", (_name, Class) => {
  describe.each(kinds)("with $kind bodies", ({ of }) => {
    const start = <T>(script: () => Script<T>): Task<T> => createTask(of(script));
    const nap = (delay: number): Script<void> => wait(sleep(delay));
    /** Tasks that acquire once and write down when they have a permit. */
    const acquirers = (semaphore: Semaphore, log: string[], ...names: string[]): Task<void>[] =>
      names.map((name) =>
        start(function* () {
          yield* wait(semaphore.acquire());
          log.push(name);
        }),
      );

    test("SEM-01: at most as many as it has permits, in the order in which they came", () =>
      run(
        of(function* () {
          const semaphore = new Class(2);
          const log: string[] = [];
          let [inside, most] = [0, 0];
          const tasks = ["a", "b", "c", "d", "e"].map((name) =>
            start(function* () {
              yield* wait(semaphore.acquire());
              log.push(name);
              most = Math.max(most, ++inside);
              yield* nap(1);
              inside--;
              semaphore.release();
            }),
          );
          for (const task of tasks) yield* wait(task);
          expect([log.join(""), most, semaphore.locked()]).toEqual(["abcde", 2, false]);
        }),
      ));

    test("SEM-03: locked is true without a permit, and while somebody who was woken has not gone on", () =>
      run(
        of(function* () {
          const semaphore = new Class(1);
          expect(semaphore.locked()).toBe(false);
          yield* wait(semaphore.acquire());
          expect(semaphore.locked()).toBe(true);
          const log: string[] = [];
          void acquirers(semaphore, log, "a");
          yield* nap(0);
          semaphore.release();
          expect([semaphore.locked(), log]).toEqual([true, []]);
          yield* nap(0);
          semaphore.release();
          expect([semaphore.locked(), log]).toEqual([false, ["a"]]);
        }),
      ));

    test("SEM-04: a newcomer does not overtake, even if a permit is free", () =>
      run(
        of(function* () {
          const semaphore = new Class(2);
          yield* wait(semaphore.acquire());
          yield* wait(semaphore.acquire());
          const log: string[] = [];
          void acquirers(semaphore, log, "waiting");
          yield* nap(0);
          semaphore.release();
          semaphore.release();
          // One permit is promised, one is free: a newcomer has to queue all the same.
          yield* wait(semaphore.acquire());
          log.push("newcomer");
          expect(log).toEqual(["waiting", "newcomer"]);
        }),
      ));

    test("SEM-05: cancelled after it was woken, the permit goes back and to the next", () =>
      run(
        of(function* () {
          const semaphore = new Class(1);
          yield* wait(semaphore.acquire());
          const log: string[] = [];
          const [a] = acquirers(semaphore, log, "a", "b");
          yield* nap(0);
          semaphore.release();
          a?.cancel();
          yield* nap(1);
          expect([log, semaphore.locked()]).toEqual([["b"], true]);
          semaphore.release();
          expect(semaphore.locked()).toBe(false);
        }),
      ));

    test("SEM-05: all who were woken are cancelled: all permits are back", () =>
      run(
        of(function* () {
          const semaphore = new Class(2);
          yield* wait(semaphore.acquire());
          yield* wait(semaphore.acquire());
          const tasks = acquirers(semaphore, [], "a", "b");
          yield* nap(0);
          semaphore.release();
          semaphore.release();
          for (const task of tasks) task.cancel();
          yield* nap(1);
          yield* wait(semaphore.acquire());
          expect(semaphore.locked()).toBe(false);
          yield* wait(semaphore.acquire());
          expect(semaphore.locked()).toBe(true);
        }),
      ));

    test("SEM-09: so many releases in one step wake so many, in order, in one pass", () =>
      run(
        of(function* () {
          const semaphore = new Class(3);
          for (let i = 0; i < 3; i++) yield* wait(semaphore.acquire());
          const log: string[] = [];
          void acquirers(semaphore, log, "a", "b", "c", "d");
          yield* nap(0);
          for (let i = 0; i < 3; i++) semaphore.release();
          yield* nap(0);
          expect(log).toEqual(["a", "b", "c"]);
        }),
      ));

    test("SEM-09: who goes on wakes those who came while permits were free but promised", () =>
      run(
        of(function* () {
          const semaphore = new Class(3);
          for (let i = 0; i < 3; i++) yield* wait(semaphore.acquire());
          const log: string[] = [];
          void acquirers(semaphore, log, "a");
          yield* nap(0);
          for (let i = 0; i < 3; i++) semaphore.release();
          void acquirers(semaphore, log, "b", "c");
          yield* nap(0);
          // b and c began in the pass in which a went on: b and c saw a gone, or were woken by it.
          yield* nap(0);
          expect(log).toEqual(["a", "b", "c"]);
        }),
      ));

    test("SEM-08, S5: begins with no permit if told so, and is then a signal", () =>
      run(
        of(function* () {
          const semaphore = new Semaphore(0);
          const log: string[] = [];
          void acquirers(semaphore, log, "a", "b");
          yield* nap(1);
          semaphore.release();
          yield* nap(0);
          expect(log).toEqual(["a"]);
          semaphore.release();
          yield* nap(0);
          expect(log).toEqual(["a", "b"]);
        }),
      ));
  });

  test.each([-1, 1.5, NaN, Infinity])("SEM-08: the value %s is refused", (value) => {
    expect(() => new Class(value)).toThrow(
      expect.objectContaining({
        constructor: RangeError,
        code: "ERR_OUT_OF_RANGE",
        message: expect.stringContaining("Expected `value` to be an integer ≥ 0"),
      }),
    );
  });

  test("S6: `held` says who has permits, how many, and since when", () =>
    run(async () => {
      const semaphore = new Class(3);
      const shown = (): string[] =>
        semaphore.held.map(({ task, since, what }) => `${task.path} ${what} since ${since}`);
      expect(shown()).toEqual([]);
      await sleep(1);
      await semaphore.acquire();
      const greedy = createTask(
        async () => {
          await sleep(1);
          for (let i = 0; i < 2; i++) await semaphore.acquire();
          await sleep(1);
          semaphore.release();
          await sleep(1);
        },
        { name: "greedy" },
      );
      await sleep(1);
      await sleep(0);
      expect(shown()).toEqual(["main a permit since 1", "main/greedy 2 permits since 2"]);
      await greedy;
      expect(shown()).toEqual(["main a permit since 1", "main/greedy a permit since 2"]);
    }));
});

test("SEM-06: a Semaphore may be released more often than it was acquired", () =>
  run(async () => {
    const semaphore = new Semaphore(1);
    semaphore.release();
    await semaphore.acquire();
    await semaphore.acquire();
    expect(semaphore.locked()).toBe(true);
  }));

test("SEM-07: a BoundedSemaphore may not, and says what to do", () =>
  run(async () => {
    const semaphore = new BoundedSemaphore(2, { name: "slots" });
    await semaphore.acquire();
    semaphore.release();
    expect(() => semaphore.release()).toThrow(
      expect.objectContaining({
        constructor: RangeError,
        code: "ERR_OUT_OF_RANGE",
        message: expect.stringMatching(/`main\/slots` has all its 2 permits.*withPermit/s),
      }),
    );
    expect(semaphore.locked()).toBe(false);
    for (let i = 0; i < 2; i++) await semaphore.acquire();
    expect(semaphore.locked()).toBe(true);
  }));

test("a semaphore whose permits change hands says no more who holds them", () =>
  run(async () => {
    const semaphore = new Semaphore(1);
    await createTask(() => semaphore.acquire());
    expect(semaphore.held.length).toBe(1);
    semaphore.release();
    await semaphore.acquire();
    expect(semaphore.held).toEqual([]);
  }));
