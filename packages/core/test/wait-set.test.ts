import { describe, expect, expectTypeOf, test } from "vitest";

import {
  type Coroutine,
  coroutine,
  createTask,
  type ExceptionContext,
  type Future,
  getRunningLoop,
  isCancelled,
  Loop,
  now,
  type ReturnWhen,
  run,
  runSync,
  sleep,
  type Task,
  wait,
  type WaitResult,
} from "../src/index.ts";
import { journal } from "./journal.ts";
import { kinds, wait as on } from "./kinds.ts";
import { lastInFirstOut } from "./policies.ts";

const error = new Error("failed");

describe.each(kinds)("wait with $kind bodies", ({ of }) => {
  const after = (delay: number): Task<number> =>
    createTask(
      of(function* () {
        yield* on(sleep(delay));
        return delay;
      }),
    );
  const failsAfter = (delay: number): Task<never> =>
    createTask(
      of(function* () {
        yield* on(sleep(delay));
        throw error;
      }),
    );
  const paths = ({ done, pending }: WaitResult<Future<unknown>>) => [
    done.map(({ path }) => path),
    pending.map(({ path }) => path),
  ];

  test("WAIT-01: ALL_COMPLETED waits for all; what failed or was cancelled is done, and nothing is thrown", () =>
    run(
      of(function* () {
        const cancelled = after(100);
        getRunningLoop().callLater(3, () => void cancelled.cancel());
        const tasks = [failsAfter(2), cancelled, after(5)];
        const result = yield* on(wait(tasks));
        expect([paths(result), now()]).toEqual([[["main/2", "main/1", "main/3"], []], 5]);
        expect(tasks[0]?.exception()).toBe(error);
      }),
    ));

  test("WAIT-02: FIRST_COMPLETED ends with the first that is done, however it ended", () =>
    run(
      of(function* () {
        const tasks = [after(5), failsAfter(2), after(9)];
        const result = yield* on(wait(tasks, { returnWhen: "FIRST_COMPLETED" }));
        expect([paths(result), now()]).toEqual([[["main/2"], ["main/1", "main/3"]], 2]);
        expect(tasks[1]?.exception()).toBe(error);
      }),
    ));

  test("WAIT-10: done is all that is done when the waiting task goes on, in the order of the list", () =>
    run(
      of(function* () {
        const [a, b, c, d] = [after(9), after(2), after(2), after(2)];
        const result = yield* on(wait([c, a, b, d], { returnWhen: "FIRST_COMPLETED" }));
        expect(paths(result)).toEqual([["main/3", "main/2", "main/4"], ["main/1"]]);
      }),
    ));

  test("WAIT-03: FIRST_EXCEPTION goes on after a result and a cancelled one", () =>
    run(
      of(function* () {
        const cancelled = after(100);
        getRunningLoop().callLater(2, () => void cancelled.cancel());
        const tasks = [after(1), cancelled, failsAfter(3), after(9)];
        const result = yield* on(wait(tasks, { returnWhen: "FIRST_EXCEPTION" }));
        expect([paths(result), now()]).toEqual([[["main/2", "main/1", "main/3"], ["main/4"]], 3]);
      }),
    ));

  test("WAIT-03: FIRST_EXCEPTION without one waits for all", () =>
    run(
      of(function* () {
        yield* on(wait([after(1), after(4)], { returnWhen: "FIRST_EXCEPTION" }));
        expect(now()).toBe(4);
      }),
    ));

  test("WAIT-04: after its timeout it gives what there is, throws nothing and cancels nothing", () =>
    run(
      of(function* () {
        const [slow, quick] = [after(5), after(2)];
        const result = yield* on(wait([slow, quick], { timeout: 3 }));
        expect([paths(result), now()]).toEqual([[["main/2"], ["main/1"]], 3]);
        expect(yield* on(slow)).toBe(5);
      }),
    ));

  test("WAIT-04: a timeout that is not needed leaves no timer behind", async () => {
    const loop = new Loop();
    void loop.createTask(
      of(function* () {
        yield* on(wait([after(5)], { timeout: 50 }));
      }),
    );
    await loop.run();
    expect(loop.time()).toBe(5);
  });

  test("WAIT-04: what is done at the instant of the timeout counts, if it ends before the waiter goes on", () =>
    run(
      of(function* () {
        const sooner = after(3);
        yield* on(sleep(0));
        const result = yield* on(wait([sooner], { timeout: 3 }));
        expect(paths(result)).toEqual([["main/1"], []]);
      }),
    ));

  test("WAIT-09: a timeout of 0 polls, and a negative one comes before it", () =>
    run(
      of(function* () {
        const log: number[] = [];
        const never = getRunningLoop().createFuture();
        const polling = (timeout: number): Task<void> =>
          createTask(
            of(function* () {
              yield* on(wait([never], { timeout }));
              log.push(timeout);
            }),
          );
        yield* on(wait([polling(0), polling(-1), polling(-2), polling(0)]));
        expect([log, now()]).toEqual([[-2, -1, 0, 0], 0]);
      }),
    ));

  test("WAIT-08: cancelled, it leaves the futures alone", () =>
    run(
      of(function* () {
        const task = after(5);
        const waiter = createTask(
          of(function* () {
            yield* on(wait([task], { timeout: 50 }));
          }),
        );
        yield* on(sleep(2));
        waiter.cancel();
        yield* on(sleep(0));
        expect([waiter.cancelled(), task.done()]).toEqual([true, false]);
        expect(yield* on(task)).toBe(5);
      }),
    ));

  test("WAIT-11: a future that stands in the list twice counts once, and stands in the result once", () =>
    run(
      of(function* () {
        const [a, b] = [after(2), after(1)];
        expect(paths(yield* on(wait([b, a, b])))).toEqual([["main/2", "main/1"], []]);
      }),
    ));

  test("WAIT-12: FIRST_EXCEPTION has seen the exceptions, but not that of the last to complete, nor later ones", async () => {
    const contexts: ExceptionContext[] = [];
    await run(
      of(function* () {
        yield* on(wait([failsAfter(1), failsAfter(2)], { returnWhen: "FIRST_EXCEPTION" }));
        yield* on(wait([failsAfter(1)], { returnWhen: "FIRST_EXCEPTION" }));
        yield* on(wait([failsAfter(1), after(2)], { returnWhen: "FIRST_COMPLETED" }));
        const late = [failsAfter(1), failsAfter(2), after(9)];
        yield* on(wait(late, { returnWhen: "FIRST_EXCEPTION" }));
        yield* on(sleep(5));
      }),
      { exceptionHandler: (_, context) => void contexts.push(context) },
    );
    expect(contexts.map(({ future }) => future?.path)).toEqual([
      "main/2",
      "main/3",
      "main/4",
      "main/7",
    ]);
  });

  test("S8: with a probe and without, and twice, it takes the same course", async () => {
    const main = of(function* () {
      const tasks = [after(3), after(2), after(2)];
      yield* on(wait(tasks, { returnWhen: "FIRST_COMPLETED", timeout: 2 }));
      yield* on(wait(tasks, { timeout: 5 }));
      return now();
    });
    const runs = [journal(), journal()];
    for (const { probe } of runs) expect(await run(main, { probes: [probe] })).toBe(3);
    expect(runs[0]?.lines).toEqual(runs[1]?.lines);
    expect(await run(main)).toBe(3);
    expect(runs[0]?.lines.filter((line) => / wait -1 /.test(line))).toHaveLength(2);
  });

  test("S10: under a policy too it ends when it should", () =>
    run(
      of(function* () {
        const tasks = [after(3), after(2)];
        const result = yield* on(wait(tasks, { returnWhen: "FIRST_COMPLETED" }));
        expect(paths(result)).toEqual([["main/2"], ["main/1"]]);
        yield* on(wait(tasks));
        expect(now()).toBe(3);
      }),
      { policy: lastInFirstOut() },
    ));

  test("S7: a deadlock report says how many it waits for, and for whom", async () => {
    const end = run(
      of(function* () {
        const never = getRunningLoop().createFuture();
        const stuck = createTask(() => never, { name: "stuck" });
        yield* on(wait([after(1), stuck, never], { returnWhen: "FIRST_EXCEPTION" }));
      }),
    );
    await expect(end).rejects.toMatchObject({
      code: "ERR_DEADLOCK",
      message: expect.stringContaining(
        "`main` waits in wait, for all, or the first exception, of which 2 of 3 are not done: `",
      ),
      blocked: [
        { task: "main", waits: [{ kind: "wait", blockedBy: ["main/stuck"] }] },
        { task: "main/stuck" },
      ],
    });
  });

  test("S13: a wait that was left behind is taken back when its task ends", async () => {
    const loop = new Loop();
    const future = loop.createFuture<number>();
    void loop.createTask(
      of(function* () {
        void wait([future], { timeout: 50 }).toPromise();
        yield* on(sleep(0));
      }),
    );
    await loop.run();
    expect(loop.time()).toBe(0);
  });
});

describe("what wait refuses", () => {
  test("WAIT-05: no futures", () => {
    expect(() => wait([])).toThrow(RangeError);
  });

  test("WAIT-06: coroutines, functions and promises, and says to make tasks of them", () => {
    for (const element of [sleep(1), coroutine(() => 1)(), () => 1, Promise.resolve(1)]) {
      expect(() => wait([element as never])).toThrow(
        /`futures\[0\]` to be a future or a task.*createTask/,
      );
    }
    expect(() => wait(1 as never)).toThrow(TypeError);
  });

  test("what is no time, and no way to end", () =>
    run(async () => {
      const future = getRunningLoop().createFuture();
      expect(() => wait([future], { timeout: NaN })).toThrow(TypeError);
      expect(() => wait([future], { timeout: Infinity })).toThrow(RangeError);
      for (const returnWhen of ["all", "toString", 1]) {
        expect(() => wait([future], { returnWhen: returnWhen as ReturnWhen })).toThrow(
          /`returnWhen` to be one of ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION/,
        );
      }
    }));

  test("S12: futures of another loop", () =>
    run(async () => {
      const foreign = new Loop().createFuture();
      await expect(wait([foreign]).toPromise()).rejects.toMatchObject({ code: "ERR_OTHER_LOOP" });
    }));
});

test("wait works under runSync", () => {
  const result = runSync(function* () {
    const tasks = [createTask(() => sleep(5)), createTask(() => sleep(3))];
    const { done } = yield* wait(tasks, { returnWhen: "FIRST_COMPLETED" });
    return [done.length, now()];
  });
  expect(result).toEqual([1, 3]);
});

test("a cancellation that comes when the wait was woken wins (CANCEL-06)", () =>
  run(async () => {
    const future = getRunningLoop().createFuture();
    const waiter = createTask(() => wait([future], { timeout: 9 }));
    await sleep(1);
    future.setResult(undefined);
    getRunningLoop().callSoon(() => void waiter.cancel());
    await expect(waiter.toPromise()).rejects.toSatisfy(isCancelled);
    expect(now()).toBe(1);
  }));

test("the types of the elements come through", () =>
  run(async () => {
    const number = createTask(() => sleep(1, 1));
    const text = createTask(async () => "x");
    const result = wait([number, text]);
    expectTypeOf(result).toEqualTypeOf<Coroutine<WaitResult<Task<number> | Task<string>>>>();
    const { done, pending } = await result;
    expectTypeOf(done).toEqualTypeOf<(Task<number> | Task<string>)[]>();
    expectTypeOf(pending).toEqualTypeOf<(Task<number> | Task<string>)[]>();
    const loose: Future<unknown>[] = done;
    expectTypeOf(await wait(loose)).toEqualTypeOf<WaitResult<Future<unknown>>>();
    // @ts-expect-error: a function is no task
    expect(() => wait([async () => 1])).toThrow(TypeError);
  }));
