import { createTask, now, run, runSync, sleep, type Task } from "@tickless/core";
import { LifoQueue, PriorityQueue, Queue, QueueShutDownError } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import { kinds, type Script, wait } from "../../core/test/kinds.ts";

// Queue.shutdown and QueueShutDown of CPython 3.13, and iteration, which is ours.

const shutDown = expect.objectContaining({
  constructor: QueueShutDownError,
  code: "ERR_QUEUE_SHUT_DOWN",
  message: expect.stringMatching(/`main\/jobs` was shut down/),
});

const classes = { Queue, LifoQueue, PriorityQueue };

describe.each(Object.entries(classes))("%s", (_name, Class) => {
  describe.each(kinds)("with $kind bodies", ({ of }) => {
    const start = <T>(script: () => Script<T>): Task<T> => createTask(of(script));
    const nap = (delay: number): Script<void> => wait(sleep(delay));
    const errorOf = (task: Task<unknown>): unknown => task.exception();
    const jobs = (maxsize = 0): Queue<number> => new Class<number>({ name: "jobs", maxsize });

    test("QUEUE-11: after shutdown put throws, and get gives what is left and throws then", () =>
      run(
        of(function* () {
          const queue = jobs();
          yield* wait(queue.put(1));
          queue.shutdown();
          expect(() => queue.putNowait(2)).toThrow(shutDown);
          const putter = start(() => wait(queue.put(2)));
          expect(yield* wait(queue.get())).toBe(1);
          expect(() => queue.getNowait()).toThrow(shutDown);
          const getter = start(() => wait(queue.get()));
          yield* nap(1);
          expect([errorOf(putter), errorOf(getter)]).toEqual([shutDown, shutDown]);
        }),
      ));

    test("QUEUE-11: shutdown wakes all who wait, in order, one pass later", () =>
      run(
        of(function* () {
          const order: string[] = [];
          const failing = (name: string, script: () => Script<unknown>) =>
            start(function* () {
              try {
                yield* script();
              } catch (error) {
                order.push(`${name} ${(error as QueueShutDownError).code} at ${now()}`);
              }
            });
          const empty = jobs();
          const full = new Class<number>({ maxsize: 1 });
          full.putNowait(0);
          for (const name of ["a", "b"]) void failing(name, () => wait(empty.get()));
          yield* nap(1);
          empty.shutdown();
          expect(order).toEqual([]);
          yield* nap(0);
          expect(order).toEqual(["a ERR_QUEUE_SHUT_DOWN at 1", "b ERR_QUEUE_SHUT_DOWN at 1"]);
          const putter = start(() => wait(full.put(1)));
          yield* nap(0);
          full.shutdown();
          yield* nap(0);
          expect(putter.exception()).toBeInstanceOf(QueueShutDownError);
          expect(full.qsize()).toBe(1);
        }),
      ));

    test("QUEUE-11: immediate drops what is left and counts it as done; a taskDone too many is an error", () =>
      run(
        of(function* () {
          const queue = jobs();
          for (const item of [1, 2, 3]) queue.putNowait(item);
          yield* wait(queue.get());
          const joiner = start(() => wait(queue.join()));
          yield* nap(0);
          queue.shutdown({ immediate: true });
          expect(queue.qsize()).toBe(0);
          yield* nap(0);
          expect(joiner.done()).toBe(false);
          queue.taskDone();
          yield* wait(joiner);
          expect(() => queue.taskDone()).toThrow(RangeError);
          expect(() => queue.getNowait()).toThrow(shutDown);
        }),
      ));

    test("QUEUE-11: immediate wakes who joins if nothing else is unfinished", () =>
      run(
        of(function* () {
          const queue = jobs();
          queue.putNowait(1);
          const joiner = start(() => wait(queue.join()));
          yield* nap(0);
          queue.shutdown({ immediate: true });
          yield* nap(0);
          expect(joiner.done()).toBe(true);
        }),
      ));

    test("QUEUE-11: shutdown may be repeated, first orderly, then immediate", () =>
      run(
        of(function* () {
          const queue = jobs();
          queue.putNowait(1);
          queue.shutdown();
          queue.shutdown();
          expect(queue.qsize()).toBe(1);
          queue.shutdown({ immediate: true });
          expect(queue.qsize()).toBe(0);
          yield* wait(queue.join());
        }),
      ));

    test("QUEUE-06, QUEUE-11: a getter woken by shutdown may be cancelled, the others still learn", () =>
      run(
        of(function* () {
          const queue = jobs();
          const [first, second] = [start(() => wait(queue.get())), start(() => wait(queue.get()))];
          yield* nap(0);
          queue.shutdown();
          first.cancel();
          yield* nap(1);
          expect([first.cancelled(), errorOf(second)]).toEqual([true, shutDown]);
        }),
      ));
  });
});

describe("for await", () => {
  test("gives the items in order, waits for them, and ends at shutdown", () =>
    run(async () => {
      const queue = new Queue<string>({ maxsize: 1 });
      void createTask(async () => {
        for (const item of ["a", "b", "c"]) {
          await sleep(5);
          await queue.put(item);
        }
        queue.shutdown();
      });
      const seen: string[] = [];
      for await (const item of queue) seen.push(`${item} at ${now()}`);
      expect(seen).toEqual(["a at 5", "b at 10", "c at 15"]);
    }));

  test("takes what is left after shutdown, in the order of the queue", () =>
    run(async () => {
      const queue = new PriorityQueue<number>();
      for (const item of [3, 1, 2]) queue.putNowait(item);
      queue.shutdown();
      const seen: number[] = [];
      for await (const item of queue) seen.push(item);
      expect(seen).toEqual([1, 2, 3]);
    }));

  test("ends at once if it waits while the queue is shut down, and with immediate", () =>
    run(async () => {
      const queue = new Queue<number>();
      const counting = async (): Promise<number> => {
        let count = 0;
        for await (const _ of queue) count++;
        return count;
      };
      const [one, other] = [createTask(counting), createTask(counting)];
      await sleep(0);
      queue.putNowait(1);
      queue.shutdown({ immediate: true });
      expect([await one, await other]).toEqual([0, 0]);
    }));

  test("S6: break takes no item that the loop has not seen; several loops share the items", () =>
    run(async () => {
      const queue = new Queue<number>();
      for (const item of [1, 2, 3, 4]) queue.putNowait(item);
      for await (const item of queue) if (item === 2) break;
      expect(queue.qsize()).toBe(2);
      queue.shutdown();
      const seen: number[] = [];
      const reading = async (): Promise<void> => {
        for await (const item of queue) {
          seen.push(item);
          await sleep(1);
        }
      };
      await Promise.all([createTask(reading), createTask(reading)]);
      expect([seen, now()]).toEqual([[3, 4], 1]);
    }));

  test("S6: cancelled inside for await, the item stays in the queue", () =>
    run(async () => {
      const queue = new Queue<number>();
      const seen: number[] = [];
      const reader = createTask(async () => {
        for await (const item of queue) seen.push(item);
      });
      await sleep(0);
      queue.putNowait(1);
      reader.cancel();
      await sleep(1);
      expect([seen, queue.qsize(), reader.cancelled()]).toEqual([[], 1, true]);
    }));

  test("an iterator that was left is over, and one item costs one pass, as get does", () =>
    run(async () => {
      const queue = new Queue<number>();
      const items = queue[Symbol.asyncIterator]();
      queue.putNowait(1);
      expect(await items.next()).toEqual({ done: false, value: 1 });
      expect(items[Symbol.asyncIterator]()).toBe(items);
      await items.return?.();
      queue.putNowait(2);
      expect(await items.next()).toEqual({ done: true, value: undefined });
      expect(queue.qsize()).toBe(1);
    }));
});

test("QUEUE-11: under runSync a generator sees the end as an error", () => {
  const got = runSync(function* () {
    const queue = new Queue<number>();
    const reader = createTask(function* () {
      const items: number[] = [];
      try {
        for (;;) items.push(yield* queue.get());
      } catch (error) {
        if (!(error instanceof QueueShutDownError)) throw error;
      }
      return items;
    });
    for (const item of [1, 2]) yield* queue.put(item);
    queue.shutdown();
    return yield* reader;
  });
  expect(got).toEqual([1, 2]);
});

test("an error of a queue that was shut down carries time and task; bad options are refused", () =>
  run(
    async () => {
      const queue = new Queue<number>({ name: "jobs" });
      expect(() => queue.shutdown({ immediate: 1 as never })).toThrow(
        expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }),
      );
      expect(() => queue.shutdown(true as never)).toThrow("`queue.shutdown({ immediate: true })`");
      expect(() => queue.shutdown({ Immediate: true } as never)).toThrow(
        "Did you mean `immediate`?",
      );
      queue.putNowait(1);
      queue.shutdown();
      await expect(queue.put(1).toPromise()).rejects.toMatchObject({ time: 3, task: "main" });
    },
    { start: 3 },
  ));

test("the error says what cannot be done any more: whoever puts need not hear of `for await`", () =>
  run(async () => {
    const queue = new Queue<number>({ name: "jobs" });
    queue.putNowait(1);
    queue.shutdown();
    const refused = "Queue `main/jobs` was shut down, so nothing can be put into it any more.";
    await expect(queue.put(2).toPromise()).rejects.toThrow(refused);
    expect(() => queue.putNowait(2)).toThrow(refused);
    await queue.get();
    const over = "Queue `main/jobs` was shut down, and has no item left. `for await";
    await expect(queue.get().toPromise()).rejects.toThrow(over);
    expect(() => queue.getNowait()).toThrow(over);
  }));
