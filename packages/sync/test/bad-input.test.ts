import { run, runSync, simulate, UsageError } from "@tickless/core";
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
} from "@tickless/sync";
import { describe, expect, test } from "vitest";

/** For calls that the types forbid. */
const untyped = (value: unknown): never => value as never;

const badType = (message: string): unknown =>
  expect.objectContaining({
    constructor: TypeError,
    code: "ERR_INVALID_ARG_TYPE",
    message: expect.stringContaining(message),
  });

const badRange = (message: string): unknown =>
  expect.objectContaining({
    constructor: RangeError,
    code: "ERR_OUT_OF_RANGE",
    message: expect.stringContaining(message),
  });

/** Classes whose options come first. */
const plain = { Queue, LifoQueue, PriorityQueue, Lock, Event, Condition };
interface Named {
  readonly name: string;
}
const makers: [string, (options: Named) => unknown][] = [
  ...Object.entries(plain).map(([name, Class]): [string, (options: Named) => unknown] => [
    name,
    (options) => new Class(options),
  ]),
  ["Semaphore", (options) => new Semaphore(1, options)],
  ["BoundedSemaphore", (options) => new BoundedSemaphore(1, options)],
  ["Barrier", (options) => new Barrier(1, options)],
];
const queues = { Queue, LifoQueue, PriorityQueue };

describe.each(Object.entries(queues))("new %s", (_, Class) => {
  test("a number is no options, and `maxSize` is no option", () => {
    expect(() => new Class(untyped(2))).toThrow(
      badType("Expected `options` to be an object, got 2"),
    );
    expect(() => new Class(untyped({ maxSize: 2 }))).toThrow("Did you mean `maxsize`?");
  });

  test.each(["2", true, {}, 2n])("maxsize %s is no number", (maxsize) => {
    expect(() => new Class({ maxsize: untyped(maxsize) })).toThrow(
      badType("Expected `maxsize` to be an integer, got "),
    );
  });

  test.each([1.5, NaN])("maxsize %s is no integer", (maxsize) => {
    expect(() => new Class({ maxsize })).toThrow(
      badRange(`Expected \`maxsize\` to be an integer, got ${maxsize} (number)`),
    );
  });
});

describe.each(makers)("new %s", (_, make) => {
  test.each(["a/b", "#1", "7", ""])("the name %j is refused (S11)", (name) => {
    expect(() => make({ name })).toThrow(badRange("a name without `/` and `#`"));
  });

  test.each([5, null, {}])("the name %s is no string", (name) => {
    expect(() => make({ name: untyped(name) })).toThrow(badType("`name` to be a string"));
  });
});

test.each([null, "due", {}, 1])("compare that is %s", (compare) => {
  expect(() => new PriorityQueue({ compare: untyped(compare) })).toThrow(
    badType("Expected `compare` to be a function"),
  );
});

test.each([undefined, null, Promise.resolve()])("withLock(%s), at the call", (fn) => {
  expect(() => new Lock().withLock(untyped(fn))).toThrow(badType("an async or generator function"));
});

test("an operation awaited twice", () =>
  run(async () => {
    const queue = new Queue<number>();
    const put = queue.put(1);
    await put;
    await expect(put.toPromise()).rejects.toEqual(
      expect.objectContaining({
        constructor: UsageError,
        code: "ERR_COROUTINE_REUSED",
        message: expect.stringContaining("queue.put()"),
      }),
    );
    expect(queue.qsize()).toBe(1);
  }));

test("an operation awaited outside a run begins nothing", async () => {
  const queue = new Queue<number>();
  await expect(queue.put(1).toPromise()).rejects.toMatchObject({ code: "ERR_NO_RUNNING_LOOP" });
  expect(queue.qsize()).toBe(0);
});

test("an error of a queue carries time and task", async () => {
  const { outcome } = await simulate(
    async () => {
      new Queue({ name: "jobs" }).getNowait();
    },
    { start: 4 },
  );
  expect(outcome).toMatchObject({
    status: "rejected",
    reason: { code: "ERR_QUEUE_EMPTY", time: 4, task: "main" },
  });
});

test("a wait used a second time in a generator puts nothing a second time", () => {
  const queue = new Queue<number>();
  expect(() =>
    runSync(function* () {
      const put = queue.put(1);
      yield* put;
      yield* put;
    }),
  ).toThrow(expect.objectContaining({ code: "ERR_COROUTINE_REUSED" }));
  expect(queue.qsize()).toBe(1);
});
