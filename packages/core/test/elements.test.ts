import { expect, expectTypeOf, test } from "vitest";

import {
  asCompleted,
  type Coroutine,
  createTask,
  type FlowOf,
  type Future,
  gather,
  now,
  race,
  runSync,
  sleep,
  timeout,
  timeoutAt,
  TimeoutError,
  waitFor,
} from "../src/index.ts";

/** As a Python coroutine, it is called where it is handed on: `gather([slow(3), slow(5)])`. */
function* slow(delay: number): FlowOf<number> {
  yield* sleep(delay);
  return delay;
}

test("S5: a generator stands for a coroutine in gather, asCompleted and race", () => {
  runSync(function* () {
    expect(yield* gather([slow(5), slow(3)])).toEqual([5, 3]);
    const ended: number[] = [];
    for (const next of asCompleted([slow(5), slow(3)])) ended.push(yield* next);
    expect(ended).toEqual([3, 5]);
    expect(yield* race([slow(5), slow(3)])).toBe(3);
    expect(now()).toBe(13);
  });
});

test("S5: a generator stands for a coroutine in waitFor, timeout and timeoutAt", () => {
  runSync(function* () {
    expect(yield* waitFor(slow(3), 5)).toBe(3);
    expect(yield* timeout(5, slow(3))).toBe(3);
    for (const late of [waitFor(slow(9), 2), timeout(2, slow(9)), timeoutAt(10, slow(9))]) {
      const caught = yield* (function* () {
        try {
          return yield* late;
        } catch (error) {
          return error;
        }
      })();
      expect(caught).toBeInstanceOf(TimeoutError);
    }
    expect(now()).toBe(10);
  });
});

test("what generators give is inferred", () => {
  const check = (): void => {
    expectTypeOf(gather([slow(1), () => "text", createTask(slow(2))])).toEqualTypeOf<
      Future<[number, string, number]>
    >();
    expectTypeOf(race([slow(1), sleep(1, "late")])).toEqualTypeOf<Coroutine<number | string>>();
    expectTypeOf(waitFor(slow(1), 5)).toEqualTypeOf<Coroutine<number>>();
    expectTypeOf(timeout(5, slow(1))).toEqualTypeOf<Coroutine<number>>();
  };
  expect(check).toBeTypeOf("function");
});
