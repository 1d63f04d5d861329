import {
  createTask,
  now,
  run,
  runSync,
  sleep,
  type Task,
  timeout,
  TimeoutError,
} from "@tickless/core";
import { Barrier, BrokenBarrierError } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import { kinds, type Script, wait } from "../../core/test/kinds.ts";

const broken = (how: string): unknown =>
  expect.objectContaining({
    constructor: BrokenBarrierError,
    code: "ERR_BROKEN_BARRIER",
    message: expect.stringMatching(how),
  });

describe.each(kinds)("with $kind bodies", ({ of }) => {
  const start = <T>(script: () => Script<T>, name?: string): Task<T> =>
    createTask(of(script), { name });
  const nap = (delay: number): Script<void> => wait(sleep(delay));
  const comers = (barrier: Barrier, log: string[], ...names: string[]): Task<number>[] =>
    names.map((name) =>
      start(function* () {
        const index = yield* wait(barrier.wait());
        log.push(`${name}${index} at ${now()}`);
        return index;
      }, name),
    );

  test("BARRIER-01: the last one does not suspend and goes first, the others follow in order", () =>
    run(
      of(function* () {
        const barrier = new Barrier(3);
        const log: string[] = [];
        void comers(barrier, log, "a", "b");
        yield* nap(2);
        expect([log, barrier.nWaiting, barrier.parties]).toEqual([[], 2, 3]);
        log.push(`last${yield* wait(barrier.wait())}`);
        expect([log, barrier.nWaiting]).toEqual([["last2"], 0]);
        yield* nap(0);
        expect(log).toEqual(["last2", "a0 at 2", "b1 at 2"]);
      }),
    ));

  test("BARRIER-01: a barrier for one lets everybody through", () =>
    run(
      of(function* () {
        const barrier = new Barrier(1);
        for (let i = 0; i < 3; i++) expect(yield* wait(barrier.wait())).toBe(0);
      }),
    ));

  test("BARRIER-02: it serves round after round", () =>
    run(
      of(function* () {
        const barrier = new Barrier(2);
        const rounds: string[] = [];
        const runner = (name: string, pace: number): Task<void> =>
          start(function* () {
            for (let round = 0; round < 3; round++) {
              yield* nap(pace);
              yield* wait(barrier.wait());
              rounds.push(`${name}${round} at ${now()}`);
            }
          });
        const tasks = [runner("a", 1), runner("b", 5)];
        for (const task of tasks) yield* wait(task);
        expect(rounds.toSorted()).toEqual([
          "a0 at 5",
          "a1 at 10",
          "a2 at 15",
          "b0 at 5",
          "b1 at 10",
          "b2 at 15",
        ]);
      }),
    ));

  test("BARRIER-06: who comes while the last round is leaving waits for the next", () =>
    run(
      of(function* () {
        const barrier = new Barrier(2);
        const log: string[] = [];
        void comers(barrier, log, "a");
        yield* nap(1);
        yield* wait(barrier.wait());
        const late = start(() => wait(barrier.wait()));
        yield* nap(1);
        expect([log, late.done(), barrier.nWaiting]).toEqual([["a0 at 1"], false, 1]);
        expect(yield* wait(barrier.wait())).toBe(1);
        expect(yield* wait(late)).toBe(0);
      }),
    ));

  test("BARRIER-03: abort sends away who waits and who comes, until a reset", () =>
    run(
      of(function* () {
        const barrier = new Barrier(3);
        const waiting = comers(barrier, [], "a", "b");
        yield* nap(1);
        yield* wait(barrier.abort());
        expect([barrier.broken, barrier.nWaiting]).toEqual([true, 0]);
        yield* nap(0);
        const late = start(() => wait(barrier.wait()));
        yield* nap(0);
        expect([...waiting, late].map((task) => task.exception())).toEqual([
          broken("was aborted"),
          broken("was aborted"),
          broken("was aborted"),
        ]);
        yield* wait(barrier.reset());
        expect(barrier.broken).toBe(false);
      }),
    ));

  test("BARRIER-03: abort reaches also those of a complete round who have not gone on", () =>
    run(
      of(function* () {
        const barrier = new Barrier(2);
        const [a] = comers(barrier, [], "a");
        yield* nap(1);
        expect(yield* wait(barrier.wait())).toBe(1);
        yield* wait(barrier.abort());
        yield* nap(0);
        expect(a?.exception()).toEqual(broken("was aborted"));
      }),
    ));

  test("BARRIER-04: reset sends away who waits, and the barrier works at once", () =>
    run(
      of(function* () {
        const barrier = new Barrier(2);
        const log: string[] = [];
        const [first] = comers(barrier, log, "first");
        yield* nap(1);
        yield* wait(barrier.reset());
        const next = comers(barrier, log, "a", "b");
        for (const task of next) yield* wait(task);
        expect(first?.exception()).toEqual(broken("was reset"));
        expect(log).toEqual(["b1 at 1", "a0 at 1"]);
      }),
    ));

  test("BARRIER-04: reset of an empty barrier, and after abort, makes it new", () =>
    run(
      of(function* () {
        const barrier = new Barrier(2);
        yield* wait(barrier.reset());
        yield* wait(barrier.abort());
        yield* wait(barrier.reset());
        void comers(barrier, [], "a");
        expect([yield* wait(barrier.wait()), barrier.broken]).toEqual([0, false]);
      }),
    ));

  test("BARRIER-05: a cancelled waiter leaves the round, and nothing breaks", () =>
    run(
      of(function* () {
        const barrier = new Barrier(3);
        const log: string[] = [];
        const [a] = comers(barrier, log, "a", "b");
        yield* nap(1);
        a?.cancel();
        yield* nap(0);
        expect([barrier.nWaiting, barrier.broken, a?.cancelled()]).toEqual([1, false, true]);
        void comers(barrier, log, "c", "d");
        yield* nap(1);
        expect(log).toEqual(["d2 at 1", "b1 at 1", "c1 at 1"]);
      }),
    ));

  test("BARRIER-05: so does one whose time is out", () =>
    run(
      of(function* () {
        const barrier = new Barrier(2);
        const task = start(() => wait(timeout(3, barrier.wait())));
        yield* nap(4);
        expect(task.exception()).toBeInstanceOf(TimeoutError);
        expect(barrier.nWaiting).toBe(0);
      }),
    ));
});

test("S6, S13: a wait that its task's end leaves behind leaves the round", () =>
  run(async () => {
    const barrier = new Barrier(2);
    const leaving = createTask(async () => {
      await Promise.race([barrier.wait(), sleep(1)]);
    });
    await leaving;
    expect([barrier.nWaiting, now()]).toEqual([0, 1]);
    const both = [createTask(() => barrier.wait()), createTask(() => barrier.wait())];
    expect(await Promise.all(both)).toEqual([0, 1]);
  }));

test("BARRIER-07: fewer than one party are refused", () => {
  for (const parties of [0, -1, 1.5, NaN, Infinity]) {
    expect(() => new Barrier(parties)).toThrow(
      expect.objectContaining({
        constructor: RangeError,
        code: "ERR_OUT_OF_RANGE",
        message: expect.stringContaining("Expected `parties` to be an integer ≥ 1"),
      }),
    );
  }
  expect(() => new Barrier("2" as never)).toThrow(TypeError);
});

test("S5: wait, reset and abort alone do nothing", () =>
  run(async () => {
    const barrier = new Barrier(2);
    void barrier.wait();
    void barrier.abort();
    await sleep(1);
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
    const waiting = createTask(() => barrier.wait());
    await sleep(1);
    void barrier.reset();
    await sleep(1);
    expect(waiting.done()).toBe(false);
    await barrier.wait();
  }));

test("it works under runSync", () => {
  const indices = runSync(function* () {
    const barrier = new Barrier(3);
    const tasks = [1, 2, 3].map(() => createTask(() => barrier.wait()));
    const found: number[] = [];
    for (const task of tasks) found.push(yield* task);
    return found;
  });
  expect(indices).toEqual([0, 1, 2]);
});
