import type { Probe } from "@tickless/core/kit";
import { createTask, run, sleep } from "@tickless/core";
import { PriorityQueue } from "@tickless/sync";
import fc from "fast-check";
import { expect, test } from "vitest";

function drained<T>(queue: PriorityQueue<T>): T[] {
  const items: T[] = [];
  while (!queue.empty()) items.push(queue.getNowait());
  return items;
}

test("QUEUE-01: the smallest item leaves first", () => {
  const queue = new PriorityQueue<number>();
  for (const item of [3, -1, 2, 10, 0.5]) queue.putNowait(item);
  expect(drained(queue)).toEqual([-1, 0.5, 2, 3, 10]);
});

test.each<[string, readonly (string | bigint | Date)[]]>([
  ["strings, by code unit", ["b", "a", "ab", "B"]],
  ["bigints", [30n, -1n, 2n]],
  ["dates", [new Date(30), new Date(-1), new Date(2)]],
])("items may be %s", (_, items) => {
  const queue = new PriorityQueue<string | bigint | Date>();
  for (const item of items) queue.putNowait(item);
  expect(drained(queue)).toEqual(items.toSorted((one, other) => (one < other ? -1 : 1)));
});

test("compare decides, and -0 from it is a tie like 0", () => {
  const queue = new PriorityQueue<{ due: number; name: string }>({
    compare: (one, other) => (one.due === other.due ? -0 : one.due - other.due),
  });
  for (const [name, due] of [
    ["b", 2],
    ["a", 1],
    ["c", 2],
  ] as const)
    queue.putNowait({ name, due });
  expect(drained(queue).map(({ name }) => name)).toEqual(["a", "b", "c"]);
});

const operations = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.nat({ max: 4 }) },
    { weight: 2, arbitrary: fc.constant("get") },
  ),
  { maxLength: 200 },
);

test("equal priorities leave in the order in which they came, whatever is put and got between", () => {
  fc.assert(
    fc.property(operations, (steps) => {
      const queue = new PriorityQueue<{ rank: number; order: number }>({
        compare: (one, other) => one.rank - other.rank,
      });
      const model: { rank: number; order: number }[] = [];
      const next = (): unknown => {
        const best = model.toSorted((a, b) => a.rank - b.rank || a.order - b.order)[0];
        if (best !== undefined) model.splice(model.indexOf(best), 1);
        return best;
      };
      const [got, expected]: [unknown[], unknown[]] = [[], []];
      const get = (): void => {
        if (queue.empty()) return;
        got.push(queue.getNowait());
        expected.push(next());
      };
      for (const [order, step] of steps.entries()) {
        if (typeof step !== "number") {
          get();
          continue;
        }
        queue.putNowait({ rank: step, order });
        model.push({ rank: step, order });
      }
      while (!queue.empty()) get();
      expect(got).toEqual(expected);
      expect(model).toEqual([]);
    }),
    { seed: 7, numRuns: 500 },
  );
});

test("QUEUE-01: a getter that was woken gets the smallest item of when it goes on", () =>
  run(async () => {
    const queue = new PriorityQueue<number>();
    const getter = createTask(() => queue.get());
    await sleep(0);
    queue.putNowait(5);
    queue.putNowait(1);
    expect(await getter).toBe(1);
    expect(queue.qsize()).toBe(1);
  }));

test("put waits while it is full", () =>
  run(async () => {
    const queue = new PriorityQueue<number>({ maxsize: 1 });
    await queue.put(2);
    const putter = createTask(() => queue.put(1));
    await sleep(1);
    expect([putter.done(), await queue.get()]).toEqual([false, 2]);
    await putter;
    expect(await queue.get()).toBe(1);
  }));

test.each([
  ["an object", { due: 1 }],
  ["an array", [1, 2]],
  ["a symbol", Symbol("s")],
  ["a function", () => 1],
  ["null", null],
  ["undefined", undefined],
  ["true", true],
])("without compare %s is refused, and the message says to give one", (_, item) => {
  const queue = new PriorityQueue<unknown>();
  expect(() => queue.putNowait(item)).toThrow(
    expect.objectContaining({
      name: "TypeError",
      code: "ERR_INVALID_ARG_TYPE",
      message: expect.stringContaining("new PriorityQueue({ compare: "),
    }),
  );
  expect(queue.qsize()).toBe(0);
});

test("a refused item leaves nothing unfinished behind", () =>
  run(async () => {
    const queue = new PriorityQueue<unknown>();
    expect(() => queue.putNowait({})).toThrow(TypeError);
    await queue.join();
  }));

test("an awaited put of a refused item rejects", () =>
  run(async () => {
    const queue = new PriorityQueue<unknown>();
    await expect(queue.put({}).toPromise()).rejects.toMatchObject({ code: "ERR_INVALID_ARG_TYPE" });
  }));

test.each([
  ["NaN", [NaN]],
  ["an invalid date", [new Date(NaN)]],
  ["a string beside a number", [1, "2"]],
  ["a number beside a string", ["1", 2]],
  ["a date beside a number", [1, new Date(2)]],
])("without compare %s is refused: it could be neither before nor after", (_, items) => {
  const queue = new PriorityQueue<unknown>();
  const [last, ...first] = items.toReversed();
  for (const item of first) queue.putNowait(item);
  expect(() => queue.putNowait(last)).toThrow(
    expect.objectContaining({ name: "TypeError", code: "ERR_INVALID_ARG_TYPE" }),
  );
  expect(queue.qsize()).toBe(first.length);
});

test("numbers and bigints compare with each other", () => {
  const queue = new PriorityQueue<number | bigint>();
  for (const item of [3, 2n, 1]) queue.putNowait(item);
  expect(drained(queue)).toEqual([1, 2n, 3]);
});

test("what compare throws comes out of putNowait, and the item is not in the queue", () => {
  let fails = false;
  const thrown = new Error("cannot compare");
  const queue = new PriorityQueue<number>({
    compare: (one, other) => {
      if (fails) throw thrown;
      return one - other;
    },
  });
  for (const item of [5, 1, 3]) queue.putNowait(item);
  fails = true;
  expect(() => queue.putNowait(2)).toThrow(thrown);
  fails = false;
  expect(drained(queue)).toEqual([1, 3, 5]);
});

test.each([NaN, undefined, "1", true])("a compare that answers %s is refused", (answer) => {
  const queue = new PriorityQueue<number>({ compare: () => answer as never });
  queue.putNowait(1);
  expect(() => queue.putNowait(2)).toThrow(
    expect.objectContaining({
      name: "TypeError",
      code: "ERR_INVALID_ARG_TYPE",
      message: expect.stringContaining("`compare`"),
    }),
  );
  expect(queue.qsize()).toBe(1);
});

test("a probe hears nothing of an item that is refused (S8)", async () => {
  const heard: string[] = [];
  const probe: Probe = {
    operation: (_event, _cause, _task, _object, name, state) => void heard.push(`${name} ${state}`),
  };
  await run(
    async () => {
      const queue = new PriorityQueue<unknown>();
      queue.putNowait(1);
      expect(() => queue.putNowait({})).toThrow(TypeError);
    },
    { probes: [probe] },
  );
  expect(heard).toEqual(["put 1"]);
});

test("S6: a getter at which compare throws gets the error, the item stays, and others go on", () =>
  run(async () => {
    const throws = [false];
    const queue = new PriorityQueue<number>({
      compare: (one, other) => {
        if (throws.shift() === true) throw new Error("cannot compare");
        return one - other;
      },
    });
    const unlucky = createTask(() => queue.get());
    const next = createTask(() => queue.get());
    await sleep(1);
    for (const item of [1, 2, 3, 4]) queue.putNowait(item);
    expect(queue.getNowait()).toBe(1);
    throws.splice(0, throws.length, true);
    await sleep(1);
    expect(() => unlucky.result()).toThrow("cannot compare");
    expect([next.done(), queue.qsize()]).toEqual([true, 2]);
  }));

test("S6: a putter whose item is refused passes its place on", () =>
  run(async () => {
    const queue = new PriorityQueue<unknown>({ maxsize: 1 });
    queue.putNowait(1);
    const refused = createTask(() => queue.put({}));
    const patient = createTask(() => queue.put(2));
    await sleep(1);
    expect(await queue.get()).toBe(1);
    await sleep(1);
    expect(() => refused.result()).toThrow(TypeError);
    expect([patient.done(), queue.qsize()]).toEqual([true, 1]);
  }));
