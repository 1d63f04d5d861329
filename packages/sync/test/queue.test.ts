import { createTask, external, now, run, runSync, sleep, type Task } from "@tickless/core";
import { LifoQueue, Queue, QueueEmptyError, QueueFullError } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import { kinds, type Script, wait } from "../../core/test/kinds.ts";

describe.each(kinds)("with $kind bodies", ({ of }) => {
  const start = <T>(script: () => Script<T>, name?: string): Task<T> =>
    createTask(of(script), { name });
  const nap = (delay: number): Script<void> => wait(sleep(delay));

  test("QUEUE-01: items leave in the order in which they came", () =>
    run(
      of(function* () {
        const queue = new Queue<string>();
        for (const item of ["a", "b", "c"]) yield* wait(queue.put(item));
        const got = [];
        while (!queue.empty()) got.push(yield* wait(queue.get()));
        expect(got).toEqual(["a", "b", "c"]);
      }),
    ));

  test("QUEUE-01: what a getter gets is chosen when it goes on, not when it is woken", () =>
    run(
      of(function* () {
        const queue = new Queue<string>();
        const getter = start(() => wait(queue.get()));
        yield* nap(0);
        queue.putNowait("first");
        expect(queue.qsize()).toBe(1);
        expect(queue.getNowait()).toBe("first");
        queue.putNowait("second");
        expect(yield* wait(getter)).toBe("second");
      }),
    ));

  test("QUEUE-02: getters are served in the order in which they came", () =>
    run(
      of(function* () {
        const queue = new Queue<number>();
        const got: string[] = [];
        const getter = (name: string) =>
          function* (): Script<void> {
            got.push(`${name} ${yield* wait(queue.get())}`);
          };
        const getters = ["a", "b", "c"].map((name) => start(getter(name)));
        yield* nap(0);
        for (const item of [1, 2, 3]) queue.putNowait(item);
        for (const task of getters) yield* wait(task);
        expect(got).toEqual(["a 1", "b 2", "c 3"]);
      }),
    ));

  test("QUEUE-03: put waits while the queue is full; putters are served in the order in which they came", () =>
    run(
      of(function* () {
        const queue = new Queue<string>({ maxsize: 1 });
        const log: string[] = [];
        const putter = (item: string) =>
          function* (): Script<void> {
            yield* wait(queue.put(item));
            log.push(`${item} at ${now()}`);
          };
        for (const item of ["a", "b", "c"]) void start(putter(item));
        yield* nap(5);
        expect([log, queue.qsize(), queue.full()]).toEqual([["a at 0"], 1, true]);
        expect(yield* wait(queue.get())).toBe("a");
        yield* nap(5);
        expect(yield* wait(queue.get())).toBe("b");
        expect(yield* wait(queue.get())).toBe("c");
        expect(log).toEqual(["a at 0", "b at 5", "c at 10"]);
      }),
    ));

  test("QUEUE-06: a getter cancelled after it was woken passes the wake-up on", () =>
    run(
      of(function* () {
        const queue = new Queue<string>();
        const first = start(() => wait(queue.get()));
        const second = start(() => wait(queue.get()));
        yield* nap(0);
        queue.putNowait("item");
        first.cancel();
        expect(yield* wait(second)).toBe("item");
        expect([first.cancelled(), queue.qsize()]).toEqual([true, 0]);
      }),
    ));

  test("QUEUE-06: without another getter the item stays in the queue", () =>
    run(
      of(function* () {
        const queue = new Queue<string>();
        const getter = start(() => wait(queue.get()));
        yield* nap(0);
        queue.putNowait("item");
        getter.cancel();
        yield* nap(1);
        expect([getter.cancelled(), queue.getNowait()]).toEqual([true, "item"]);
      }),
    ));

  test("QUEUE-07: a newcomer may take the item; who was woken for it waits again, at the back", () =>
    run(
      of(function* () {
        const queue = new Queue<number>();
        const got: string[] = [];
        const getter = (name: string) =>
          function* (): Script<void> {
            got.push(`${name} ${yield* wait(queue.get())}`);
          };
        void start(getter("first"));
        void start(getter("second"));
        yield* nap(0);
        queue.putNowait(1);
        expect(queue.getNowait()).toBe(1);
        yield* nap(0);
        queue.putNowait(2);
        queue.putNowait(3);
        yield* nap(0);
        expect(got).toEqual(["second 2", "first 3"]);
      }),
    ));

  test("QUEUE-08: a putter cancelled after it was woken passes the place on", () =>
    run(
      of(function* () {
        const queue = new Queue<string>({ maxsize: 1 });
        queue.putNowait("there");
        const first = start(() => wait(queue.put("never")));
        const second = start(() => wait(queue.put("instead")));
        yield* nap(0);
        expect(queue.getNowait()).toBe("there");
        first.cancel();
        yield* wait(second);
        expect([first.cancelled(), queue.getNowait(), queue.qsize()]).toEqual([true, "instead", 0]);
      }),
    ));

  test("QUEUE-09: join waits until taskDone was called for every item that was put", () =>
    run(
      of(function* () {
        const queue = new Queue<number>();
        const log: string[] = [];
        for (const item of [1, 2]) queue.putNowait(item);
        void start(function* () {
          while (true) {
            yield* wait(queue.get());
            yield* nap(3);
            queue.taskDone();
          }
        });
        expect(yield* wait(queue.join())).toBe(undefined);
        log.push(`joined at ${now()}`);
        expect(log).toEqual(["joined at 6"]);
      }),
    ));

  test("QUEUE-09: join does not suspend when nothing is unfinished", () =>
    run(
      of(function* () {
        const queue = new Queue<number>();
        let other = false;
        void start(function* () {
          other = true;
          yield* nap(0);
        });
        yield* wait(queue.join());
        expect(other).toBe(false);
      }),
    ));

  test("QUEUE-10: all joiners wake when the count reaches 0, even if it rises again at once", () =>
    run(
      of(function* () {
        const queue = new Queue<number>();
        queue.putNowait(1);
        const joiners = [start(() => wait(queue.join())), start(() => wait(queue.join()))];
        yield* nap(0);
        queue.getNowait();
        queue.taskDone();
        queue.putNowait(2);
        yield* nap(0);
        yield* nap(0);
        expect(joiners.map((joiner) => joiner.done())).toEqual([true, true]);
      }),
    ));

  test("QUEUE-12: put on a queue with room and get on one with items do not suspend", () =>
    run(
      of(function* () {
        const queue = new Queue<number>({ maxsize: 2 });
        let other = false;
        void start(function* () {
          other = true;
          yield* nap(0);
        });
        yield* wait(queue.put(1));
        yield* wait(queue.put(2));
        expect([yield* wait(queue.get()), yield* wait(queue.get())]).toEqual([1, 2]);
        expect(other).toBe(false);
        yield* nap(0);
        expect(other).toBe(true);
      }),
    ));

  test("put alone puts nothing; made a task it puts when the task runs", () =>
    run(
      of(function* () {
        const queue = new Queue<number>();
        const put = queue.put(1);
        yield* nap(1);
        expect(queue.qsize()).toBe(0);
        const task = createTask(put);
        expect(queue.qsize()).toBe(0);
        yield* wait(task);
        expect(queue.qsize()).toBe(1);
      }),
    ));

  test("get alone takes nothing", () =>
    run(
      of(function* () {
        const queue = new Queue<number>();
        queue.putNowait(1);
        void queue.get();
        yield* nap(1);
        expect(queue.qsize()).toBe(1);
      }),
    ));

  test("a waiting getter that times out leaves the queue: the item stays", () =>
    run(
      of(function* () {
        const queue = new Queue<string>();
        const getter = start(() => wait(queue.get()));
        yield* nap(1);
        getter.cancel();
        yield* nap(1);
        queue.putNowait("late");
        yield* nap(1);
        expect(queue.qsize()).toBe(1);
      }),
    ));
});

test("QUEUE-04: putNowait on a full queue throws QueueFullError, and nothing is put", () => {
  const queue = new Queue<number>({ maxsize: 1, name: "jobs" });
  queue.putNowait(1);
  expect(() => queue.putNowait(2)).toThrow(
    expect.objectContaining({
      constructor: QueueFullError,
      code: "ERR_QUEUE_FULL",
      message: expect.stringContaining("await queue.put(item)"),
    }),
  );
  expect([queue.qsize(), queue.getNowait()]).toEqual([1, 1]);
});

test("QUEUE-04: getNowait on an empty queue throws QueueEmptyError", () => {
  expect(() => new Queue({ name: "jobs" }).getNowait()).toThrow(
    expect.objectContaining({
      constructor: QueueEmptyError,
      code: "ERR_QUEUE_EMPTY",
      message: expect.stringContaining("await queue.get()"),
    }),
  );
});

test.each([0, -1, undefined])("QUEUE-05: with maxsize %s a queue is never full", (maxsize) => {
  const queue = new Queue<number>({ maxsize });
  for (let item = 0; item < 1_000; item++) queue.putNowait(item);
  expect([queue.full(), queue.qsize(), queue.maxsize]).toEqual([false, 1_000, 0]);
});

test("QUEUE-09: taskDone more often than items were put is an error and changes nothing", () =>
  run(async () => {
    const queue = new Queue<number>();
    queue.putNowait(queue.qsize());
    queue.taskDone();
    expect(() => queue.taskDone()).toThrow(
      expect.objectContaining({
        name: "RangeError",
        code: "ERR_OUT_OF_RANGE",
        message: expect.stringContaining("once for each item"),
      }),
    );
    await queue.join();
  }));

test("an item that is undefined or null is an item", () =>
  run(async () => {
    const queue = new Queue<null | undefined>();
    await queue.put(undefined);
    await queue.put(null);
    expect([await queue.get(), await queue.get(), queue.qsize()]).toEqual([undefined, null, 0]);
  }));

test("a queue keeps its order over many items, few at a time", () => {
  const queue = new Queue<number>();
  let put = 0;
  let got = 0;
  for (let round = 0; round < 500; round++) {
    for (let i = 0; i < (round % 7) + 1; i++) queue.putNowait(put++);
    for (let i = 0; i < (round % 5) + 1 && !queue.empty(); i++)
      expect(queue.getNowait()).toBe(got++);
  }
  while (!queue.empty()) expect(queue.getNowait()).toBe(got++);
  expect(got).toBe(put);
});

test("a queue works on the caller's stack too", () => {
  const sum = runSync(function* () {
    const queue = new Queue<number>({ maxsize: 2 });
    void createTask(function* () {
      for (let item = 1; item <= 4; item++) yield* queue.put(item);
    });
    let total = 0;
    for (let i = 0; i < 4; i++) total += yield* queue.get();
    return total;
  });
  expect(sum).toBe(10);
});

test("QUEUE-01: the newest item of a LifoQueue leaves first", () => {
  const queue = new LifoQueue<string>();
  for (const item of ["a", "b", "c"]) queue.putNowait(item);
  expect([queue.getNowait(), queue.getNowait(), queue.getNowait()]).toEqual(["c", "b", "a"]);
});

test.each<[string, (queue: Queue<number>) => unknown]>([
  ["putNowait", (queue) => queue.putNowait(2)],
  ["getNowait", (queue) => queue.getNowait()],
])("S7: %s in a function given to external is refused and fails the run", async (_, touch) => {
  const queue = new Queue<number>();
  const heard: unknown[] = [];
  const end = run(async () => {
    await queue.put(1);
    await external(() => {
      try {
        touch(queue);
      } catch (error) {
        heard.push(error);
      }
      return 1;
    });
    await sleep(1);
  });
  await expect(end).rejects.toMatchObject({ code: "ERR_OUTSIDE_STEP" });
  expect(heard).toEqual([expect.objectContaining({ code: "ERR_OUTSIDE_STEP" })]);
  expect(queue.qsize()).toBe(1);
});
