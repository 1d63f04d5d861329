import { createTask, run, runSync } from "@tickless/core";
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  type Held,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
} from "@tickless/sync";
import { expect, expectTypeOf, test } from "vitest";

// What the compiler infers; the runs only see to it that the code is not dead.

test("await gives each primitive's own type", () =>
  run(async () => {
    const queue = new Queue<string>();
    expectTypeOf(await queue.put("a")).toEqualTypeOf<void>();
    expectTypeOf(await queue.get()).toEqualTypeOf<string>();
    queue.putNowait("b");
    queue.shutdown();
    for await (const item of queue) expectTypeOf(item).toEqualTypeOf<string>();
    const lock = new Lock();
    expectTypeOf(await lock.acquire()).toEqualTypeOf<true>();
    lock.release();
    expectTypeOf(await lock.withLock(async () => 5)).toEqualTypeOf<number>();
    expectTypeOf(await lock.withLock(() => "plain")).toEqualTypeOf<string>();
    expectTypeOf(await lock.hold()).toEqualTypeOf<Held>();
    const semaphore = new BoundedSemaphore(2);
    expectTypeOf(await semaphore.withPermit(() => [1])).toEqualTypeOf<number[]>();
    expectTypeOf(await semaphore.hold()).toEqualTypeOf<Held>();
    expectTypeOf(await new Barrier(1).wait()).toEqualTypeOf<number>();
    const event = new Event();
    event.set();
    expectTypeOf(await event.wait()).toEqualTypeOf<true>();
    expect(queue.empty()).toBe(true);
  }));

test("yield* gives the same", () => {
  const end = runSync(function* () {
    const queue = new PriorityQueue<number>();
    expectTypeOf(yield* queue.put(1)).toEqualTypeOf<void>();
    expectTypeOf(yield* queue.get()).toEqualTypeOf<number>();
    const semaphore = new Semaphore();
    expectTypeOf(yield* semaphore.acquire()).toEqualTypeOf<true>();
    semaphore.release();
    const permitted = yield* semaphore.withPermit(function* () {
      yield* queue.put(2);
      return "done";
    });
    expectTypeOf(permitted).toEqualTypeOf<string>();
    expectTypeOf(yield* createTask(() => queue.get())).toEqualTypeOf<number>();
    return permitted;
  });
  expectTypeOf(end).toEqualTypeOf<string>();
  expect(end).toBe("done");
});

test("condition.waitFor takes out what it does not stop at", () =>
  run(async () => {
    const condition = new Condition();
    const found = new Map([["key", { deep: 1 }]]);
    const value = await condition.waitFor(() => found.get("key"));
    expectTypeOf(value).toEqualTypeOf<{ deep: number }>();
    expectTypeOf(await condition.waitFor(() => found.size > 0)).toEqualTypeOf<true>();
    expect(value.deep).toBe(1);
  }));

test("a plain yield does not compile in any callback form", () => {
  const lock = new Lock();
  const forms = (): unknown[] => [
    // @ts-expect-error write `yield*`
    lock.withLock(function* () {
      yield lock.acquire();
    }),
    // @ts-expect-error write `yield*`
    new Condition().withLock(function* () {
      yield lock.acquire();
    }),
    // @ts-expect-error write `yield*`
    new Semaphore().withPermit(function* () {
      yield lock.acquire();
    }),
  ];
  expect(forms()).toHaveLength(3);
});
