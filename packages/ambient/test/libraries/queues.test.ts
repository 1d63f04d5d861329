// Queues and locks as they are on npm, in virtual time. Each has a simulated day or more, twice with equal
// fingerprints, and the timing promises of its README, in our words above each test.
import { Mutex, Semaphore, withTimeout } from "async-mutex";
import Bottleneck from "bottleneck";
import fastq from "fastq";
import pLimit from "p-limit";
import PQueue from "p-queue";
import { describe, expect, test } from "vitest";
import { day, hour, minute, once, pause, second, stopwatch, twice } from "../virtual.ts";

/** The most of these intervals that are open at the same time. */
function mostAtOnce(spans: readonly (readonly [number, number])[]): number {
  return Math.max(
    ...spans.map(([at]) => spans.filter(([from, to]) => from <= at && at < to).length),
  );
}

const steps = (times: readonly number[]): number[] =>
  times.slice(1).map((time, i) => time - (times[i] ?? 0));

/** Some jobs, at random times of a day, of random lengths. */
async function throughTheDay(add: (work: () => Promise<void>) => Promise<unknown>) {
  const elapsed = stopwatch();
  const spans: (readonly [number, number])[] = [];
  const added: Promise<unknown>[] = [];
  while (elapsed() < day) {
    await pause(Math.random() * 3 * minute);
    added.push(
      add(async () => {
        const from = elapsed();
        await pause(second + Math.random() * 5 * minute);
        spans.push([from, elapsed()]);
      }),
    );
  }
  await Promise.all(added);
  return { added: added.length, spans };
}

describe("p-queue", () => {
  test("a day: never more at once than its concurrency, and all are done", async () => {
    const { value, now } = await twice(async () => {
      const queue = new PQueue({ concurrency: 2 });
      const { added, spans } = await throughTheDay((work) => queue.add(work));
      await queue.onIdle();
      return { added, spans, left: queue.size + queue.pending };
    });
    expect(now).toBeGreaterThan(day);
    expect(value.spans.length).toBe(value.added);
    expect(mostAtOnce(value.spans)).toBe(2);
    expect(value.left).toBe(0);
  });

  // intervalCap: at most so many tasks start in an interval
  test("a day of rate limiting: so many starts an interval, and no more", async () => {
    const { value, now } = await twice(async () => {
      const queue = new PQueue({ interval: hour, intervalCap: 10 });
      const elapsed = stopwatch();
      const starts: number[] = [];
      await queue.addAll(Array.from({ length: 250 }, () => () => void starts.push(elapsed())));
      return starts;
    });
    expect(now).toBe(day);
    expect(value).toEqual(Array.from({ length: 250 }, (_, i) => Math.floor(i / 10) * hour));
  });

  // strict: no more than intervalCap starts in any period of that length. Without: up to twice as many
  // may start around the end of an interval.
  test.each([
    { strict: true, most: 2 },
    { strict: false, most: 4 },
  ])("strict $strict: at most $most starts within any second", async ({ strict, most }) => {
    const starts = await once(async () => {
      const queue = new PQueue({ interval: second, intervalCap: 2, strict });
      const elapsed = stopwatch();
      const times: number[] = [];
      const work = (): void => void times.push(elapsed());
      const first = queue.add(work);
      await pause(999);
      await Promise.all([first, queue.add(work), queue.add(work), queue.add(work)]);
      return times;
    });
    const within = starts.map((at) => starts.filter((t) => at <= t && t < at + second).length);
    expect(Math.max(...within)).toBeLessThanOrEqual(most);
    expect(starts.at(-1)).toBeLessThanOrEqual(2 * second);
  });

  // timeout: counted from the start of the task, not from when it is added; the slot is freed
  test("a time-out counts from the start of the task, and frees its slot", async () => {
    const log = await once(async () => {
      const queue = new PQueue({ concurrency: 1, timeout: 5 * second });
      const elapsed = stopwatch();
      const lines: string[] = [];
      const first = queue.add(() => pause(4 * second));
      const late = queue
        .add(() => pause(hour))
        .catch((error: Error) => {
          lines.push(`${error.name} at ${elapsed()}`);
        });
      const next = queue.add(() => lines.push(`next at ${elapsed()}`));
      await Promise.all([first, late, next]);
      return lines.toSorted();
    });
    expect(log).toEqual(["TimeoutError at 9000", "next at 9000"]);
  });

  test("higher priorities first, and equal ones in order", async () => {
    const log = await once(async () => {
      const queue = new PQueue({ concurrency: 1 });
      const order: string[] = [];
      const job = (name: string) => async () => {
        await pause(second);
        order.push(name);
      };
      void queue.add(job("first"));
      for (const priority of [0, 5, 1, 5]) void queue.add(job(`${priority}`), { priority });
      await queue.onIdle();
      return order;
    });
    expect(log).toEqual(["first", "5", "5", "1", "0"]);
  });
});

describe("p-limit", () => {
  // so many promises at once, and no more
  test("a day of jobs, three at a time, in order", async () => {
    const { value, now } = await twice(async () => {
      const limit = pLimit(3);
      const elapsed = stopwatch();
      const spans: (readonly [number, number])[] = [];
      const job = async (i: number): Promise<number> => {
        const from = elapsed();
        await pause(minute);
        spans.push([from, elapsed()]);
        return i;
      };
      const results = await Promise.all(Array.from({ length: 4320 }, (_, i) => limit(job, i)));
      return { inOrder: results.every((result, i) => result === i), spans: spans.slice(0, 300) };
    });
    expect(now).toBe(day);
    expect(value.inOrder).toBe(true);
    expect(mostAtOnce(value.spans)).toBe(3);
  });
});

describe("bottleneck", () => {
  // minTime: how long to wait after launching a job before launching another one
  // (Bottleneck yields by setTimeout(0) here and there, which is 1 ms each, in Node as here.)
  test("a day of jobs, a minute apart", async () => {
    const { value, now } = await twice(async () => {
      const limiter = new Bottleneck({ minTime: minute });
      const elapsed = stopwatch();
      const job = async (): Promise<number> => elapsed();
      return Promise.all(Array.from({ length: 1441 }, () => limiter.schedule(job)));
    });
    expect(now - day).toBeLessThan(20);
    for (const step of steps(value)) expect(Math.abs(step - minute)).toBeLessThan(5);
  });

  test("maxConcurrent at random times of a day", async () => {
    const { value } = await twice(async () => {
      const limiter = new Bottleneck({ maxConcurrent: 2 });
      return throughTheDay((work) => limiter.schedule(work));
    });
    expect(value.spans.length).toBe(value.added);
    expect(mostAtOnce(value.spans)).toBe(2);
  });

  // reservoir: so many jobs, and every reservoirRefreshInterval the number is set again, counted from when
  // the limiter is made
  test("a reservoir is refreshed by the interval, counted from when the limiter is made", async () => {
    const times = await once(async () => {
      const elapsed = stopwatch();
      const limiter = new Bottleneck({
        reservoir: 5,
        reservoirRefreshAmount: 5,
        reservoirRefreshInterval: minute,
      });
      await pause(59 * second);
      const job = async (): Promise<number> => elapsed();
      const all = await Promise.all(Array.from({ length: 12 }, () => limiter.schedule(job)));
      await limiter.disconnect();
      return all;
    });
    const s = times.map((time) => Math.floor(time / second));
    expect(s).toEqual([59, 59, 59, 59, 59, 60, 60, 60, 60, 60, 120, 120]);
  });

  // expiration: a job that runs for longer fails with a BottleneckError
  // an integer from "failed" is how many ms to wait before the job is tried again
  test("a job expires; a failed job is tried again after what the handler says", async () => {
    const log = await once(async () => {
      const elapsed = stopwatch();
      const seconds = (): number => Math.floor(elapsed() / second);
      const lines: string[] = [];
      const limiter = new Bottleneck({ maxConcurrent: 1 });
      const slow = limiter.schedule({ expiration: 3 * second }, () => pause(hour));
      await slow.catch((error: Error) =>
        lines.push(`${error instanceof Bottleneck.BottleneckError} ${seconds()}`),
      );
      limiter.on("failed", (_error, { retryCount }) =>
        retryCount < 2 ? (retryCount + 1) * second : undefined,
      );
      let calls = 0;
      await limiter.schedule(async () => {
        lines.push(`call ${++calls} ${seconds()}`);
        if (calls < 3) throw new Error("not yet");
      });
      return lines;
    });
    expect(log).toEqual(["true 3", "call 1 3", "call 2 4", "call 3 6"]);
  });
});

describe("fastq", () => {
  // concurrency: so many tasks in parallel; drained(): resolves when all have been processed
  test("a day of tasks, three at a time", async () => {
    const { value, now } = await twice(async () => {
      const elapsed = stopwatch();
      const spans: (readonly [number, number])[] = [];
      const queue = fastq.promise(async (lengthMs: number) => {
        const from = elapsed();
        await pause(lengthMs);
        spans.push([from, elapsed()]);
      }, 3);
      for (let i = 0; i < 864; i++) void queue.push(5 * minute);
      await queue.drained();
      return { spans, drainedAt: elapsed() };
    });
    expect(now).toBe(day);
    expect(value.drainedAt).toBe(day);
    expect(value.spans.length).toBe(864);
    expect(mostAtOnce(value.spans)).toBe(3);
  });

  test("pause holds what waits, unshift goes first", async () => {
    const log = await once(async () => {
      const elapsed = stopwatch();
      const lines: string[] = [];
      const queue = fastq<unknown, string>((name, done) => {
        lines.push(`${name} ${elapsed()}`);
        setTimeout(done, second, null);
      }, 1);
      for (const name of ["a", "b", "c"]) queue.push(name);
      queue.unshift("first");
      queue.pause();
      await pause(minute);
      queue.resume();
      await new Promise<void>((resolve) => void (queue.drain = resolve));
      return lines;
    });
    expect(log).toEqual(["a 0", "first 60000", "b 61000", "c 62000"]);
  });
});

describe("async-mutex", () => {
  test("a day of transfers: none is lost, and none overlaps another", async () => {
    const { value, now } = await twice(async () => {
      const mutex = new Mutex();
      let balance = 0;
      const { added, spans } = await throughTheDay((work) =>
        mutex.runExclusive(async () => {
          const before = balance;
          await work();
          balance = before + 1;
        }),
      );
      return { added, spans, balance };
    });
    expect(now).toBeGreaterThan(day);
    expect(value.balance).toBe(value.added);
    expect(mostAtOnce(value.spans)).toBe(1);
  });

  test("a semaphore of 5 lets five in", async () => {
    const { value } = await twice(async () => {
      const semaphore = new Semaphore(5);
      return throughTheDay((work) =>
        semaphore.runExclusive(async () => {
          await pause(4 * minute);
          await work();
        }),
      );
    });
    expect(value.spans.length).toBe(value.added);
    expect(mostAtOnce(value.spans)).toBeLessThanOrEqual(5);
  });

  // withTimeout: after so many ms acquire and runExclusive reject, and the callback is not run
  test("withTimeout rejects after its ms, and does not run the callback", async () => {
    const log = await once(async () => {
      const elapsed = stopwatch();
      const mutex = withTimeout(new Mutex(), 100, new Error("too late"));
      const lines: string[] = [];
      const release = await mutex.acquire();
      setTimeout(release, 250);
      await mutex
        .runExclusive(() => lines.push("never"))
        .catch((error: Error) => lines.push(`${error.message} ${elapsed()}`));
      await mutex.acquire().catch(() => lines.push(`again ${elapsed()}`));
      await mutex.runExclusive(() => lines.push(`in ${elapsed()}`));
      return lines;
    });
    expect(log).toEqual(["too late 100", "again 200", "in 250"]);
  });
});
