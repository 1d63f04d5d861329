// Retries, time-outs, breakers and bulkheads as they are on npm, in virtual time. Each has a simulated day
// or more, twice with equal fingerprints, and the timing promises of its README, in our words above each
// test.
import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  halfJitterGenerator,
  handleAll,
  IterableBackoff,
  noJitterGenerator,
  retry,
  SamplingBreaker,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
  wrap,
} from "cockatiel";
import pRetry from "p-retry";
import pTimeout, { TimeoutError } from "p-timeout";
import { describe, expect, test } from "vitest";
import { day, hour, minute, once, pause, second, stopwatch, twice } from "../virtual.ts";

const steps = (times: readonly number[]): number[] =>
  times.slice(1).map((time, i) => time - (times[i] ?? 0));

/** A server that is down until `upMs`, and then answers after 200 ms. */
function server(upMs: number) {
  const elapsed = stopwatch();
  const calls: number[] = [];
  const call = async (): Promise<string> => {
    calls.push(elapsed());
    await pause(200);
    if (elapsed() < upMs) throw new Error("503");
    return "200";
  };
  return { call, calls };
}

describe("p-retry", () => {
  // minTimeout: ms before the first retry; factor: each wait is so many times the one before
  test("an outage of a day: the waits double", async () => {
    const { value, now } = await twice(async () => {
      const { call, calls } = server(day);
      const answer = await pRetry(call, { retries: 20 });
      return { answer, waits: steps(calls).map((wait) => wait - 200) };
    });
    expect(now).toBeGreaterThan(day);
    expect(value.answer).toBe("200");
    expect(value.waits).toEqual(value.waits.map((_, i) => second * 2 ** i));
  });

  // maxTimeout: the most ms between two retries; randomize: times a number between 1 and 2
  test("random waits stay between once and twice, and below maxTimeout", async () => {
    const { value } = await twice(async () => {
      const { call, calls } = server(day);
      await pRetry(call, { retries: Infinity, maxTimeout: 10 * minute, randomize: true });
      return steps(calls).map((wait) => wait - 200);
    });
    value.forEach((wait, i) => {
      expect(wait).toBeGreaterThanOrEqual(Math.min(10 * minute, second * 2 ** i));
      expect(wait).toBeLessThanOrEqual(Math.min(10 * minute, 2 * second * 2 ** i));
    });
    expect(new Set(value.slice(0, 8)).size).toBe(8);
  });

  // maxRetryTime, by performance.now(): the wait is cut to what is left of it
  test("maxRetryTime ends it, and cuts the last wait", async () => {
    const value = await once(async () => {
      const { call, calls } = server(day);
      const elapsed = stopwatch();
      const message = await pRetry(call, { retries: 100, maxRetryTime: 10 * second }).catch(
        (error: Error) => error.message,
      );
      return { message, calls, end: elapsed() };
    });
    expect(value).toEqual({ message: "503", calls: [0, 1200, 3400, 7600, 10_000], end: 10_200 });
  });

  // signal: aborts also while it waits
  test("a signal ends the wait at once", async () => {
    const value = await once(async () => {
      const { call, calls } = server(day);
      const elapsed = stopwatch();
      const signal = AbortSignal.timeout(5 * second);
      const name = await pRetry(call, { retries: 100, signal }).catch((error: Error) => error.name);
      return { name, calls: calls.length, end: elapsed() };
    });
    expect(value).toEqual({ name: "TimeoutError", calls: 3, end: 5 * second });
  });
});

describe("p-timeout", () => {
  // milliseconds: how long until it times out
  test("a day of calls: those that take longer than a minute time out then, and not before", async () => {
    const { value, now } = await twice(async () => {
      const lines: { length: number; took: number; late: boolean }[] = [];
      for (const elapsed = stopwatch(); elapsed() < day;) {
        const length = Math.floor(Math.random() * 2 * minute);
        const start = elapsed();
        const late = await pTimeout(pause(length), { milliseconds: minute }).then(
          () => false,
          (error: unknown) => error instanceof TimeoutError,
        );
        lines.push({ length, took: elapsed() - start, late });
      }
      return lines;
    });
    expect(now).toBeGreaterThanOrEqual(day);
    for (const { length, took, late } of value) {
      expect(took).toBe(Math.max(1, Math.min(length, minute)));
      expect(late).toBe(length > minute);
    }
    expect(new Set(value.map(({ late }) => late)).size).toBe(2);
  });

  // more ms than a timer can hold: never; fallback: called instead
  test("an endless limit never times out, and a fallback answers instead of the error", async () => {
    const value = await once(async () => {
      const month = pause(24 * day).then(() => "month");
      const endless = pTimeout(month, { milliseconds: Infinity });
      const fallback = () => "fallback";
      const short = pTimeout(pause(hour), { milliseconds: 50, fallback });
      return [await short, await endless];
    });
    expect(value).toEqual(["fallback", "month"]);
  });
});

describe("cockatiel", () => {
  // ExponentialBackoff: begins at initialDelay (128 ms), doubles, and ends at maxDelay (30 s)
  test("a day's outage: exponential waits to the greatest one", async () => {
    const { value, now } = await twice(async () => {
      const { call, calls } = server(day);
      const backoff = new ExponentialBackoff({ generator: noJitterGenerator });
      const answer = await retry(handleAll, { maxAttempts: 1e6, backoff }).execute(call);
      return { answer, waits: steps(calls).map((wait) => wait - 200) };
    });
    expect(now).toBeGreaterThan(day);
    expect(value.waits.slice(0, 10)).toEqual([
      128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 30_000, 30_000,
    ]);
    expect(new Set(value.waits.slice(8))).toEqual(new Set([30_000]));
  });

  // halfJitterGenerator: between half of the wait and all of it
  test("half jitter stays between half and whole", async () => {
    const { value } = await twice(async () => {
      const { call, calls } = server(hour);
      const backoff = new ExponentialBackoff({ generator: halfJitterGenerator });
      await retry(handleAll, { maxAttempts: 1e6, backoff }).execute(call);
      return steps(calls).map((wait) => wait - 200);
    });
    value.forEach((wait, i) => {
      const whole = Math.min(30_000, 128 * 2 ** i);
      expect(wait).toBeGreaterThanOrEqual(whole / 2);
      expect(wait).toBeLessThanOrEqual(whole);
    });
  });

  // IterableBackoff: the list, and then its last one again and again
  test("a list of waits, the last one repeated", async () => {
    const waits = await once(async () => {
      const { call, calls } = server(5 * second);
      const backoff = new IterableBackoff([100, 200, 500]);
      await retry(handleAll, { maxAttempts: 100, backoff }).execute(call);
      return steps(calls).map((wait) => wait - 200);
    });
    expect(waits.slice(0, 5)).toEqual([100, 200, 500, 500, 500]);
  });

  // ConsecutiveBreaker(n): opens after n failures in a row; halfOpenAfter: for so many ms calls fail at
  // once, then one is let through; a success closes it
  test("a circuit breaker through a day with an outage", async () => {
    const { value, now } = await twice(async () => {
      const { call, calls } = server(hour);
      const elapsed = stopwatch();
      const breaker = circuitBreaker(handleAll, {
        halfOpenAfter: 10 * second,
        breaker: new ConsecutiveBreaker(5),
      });
      const states: string[] = [];
      breaker.onStateChange((state) => void states.push(`${CircuitState[state]} ${elapsed()}`));
      let refused = 0;
      while (elapsed() < day) {
        await breaker.execute(call).catch((error: unknown) => {
          if (error instanceof BrokenCircuitError) refused++;
        });
        await pause(elapsed() < 2 * hour ? second : 5 * minute);
      }
      return { calls, states, refused };
    });
    expect(now).toBeGreaterThanOrEqual(day);
    // five calls of 200 ms, each with a second after it but the last
    expect(value.states[0]).toBe("Open 5000");
    expect(value.calls.slice(0, 6)).toEqual([0, 1200, 2400, 3600, 4800, 15_000]);
    expect(value.states.at(-1)).toMatch(/^Closed 36\d{5}$/);
    expect(value.refused).toBeGreaterThan(3000);
  });

  // SamplingBreaker: opens when more than this share of the calls in so many ms fails
  test("a sampling breaker opens by the share of failures in its window", async () => {
    const opened = await once(async () => {
      const elapsed = stopwatch();
      const breaker = circuitBreaker(handleAll, {
        halfOpenAfter: 10 * second,
        breaker: new SamplingBreaker({ threshold: 0.2, duration: 30 * second, minimumRps: 1 }),
      });
      const times: number[] = [];
      breaker.onBreak(() => void times.push(elapsed()));
      for (let i = 0; i < 1200; i++) {
        const share = elapsed() < minute ? 10 : 3;
        await breaker
          .execute(() => {
            if (i % share === 0) throw new Error("now and then");
          })
          .catch(() => undefined);
        await pause(100);
      }
      return times;
    });
    expect(opened[0]).toBeGreaterThan(minute);
    expect(opened[0]).toBeLessThan(minute + 30 * second);
  });

  // timeout: after so many ms the signal aborts; Aggressive throws TaskCancelledError at once, Cooperative
  // waits for the function
  test.each([
    { strategy: TimeoutStrategy.Aggressive, end: 2 * second, name: "TaskCancelledError" },
    { strategy: TimeoutStrategy.Cooperative, end: 3 * second, name: "answer" },
  ])("a time-out, $strategy", async ({ strategy, end, name }) => {
    const value = await once(async () => {
      const elapsed = stopwatch();
      let aborted = -1;
      const outcome = await timeout(2 * second, strategy)
        .execute(async ({ signal }) => {
          signal.addEventListener("abort", () => void (aborted = elapsed()), { once: true });
          await pause(3 * second);
          return "answer";
        })
        .catch((error: unknown) =>
          error instanceof TaskCancelledError ? "TaskCancelledError" : String(error),
        );
      return { outcome, at: elapsed(), aborted };
    });
    expect(value).toEqual({ outcome: name, at: end, aborted: 2 * second });
  });

  // bulkhead(limit, queue): so many at once, so many waiting, the others are rejected
  test("a bulkhead lets in, holds and rejects", async () => {
    const value = await once(async () => {
      const elapsed = stopwatch();
      const wall = bulkhead(2, 3);
      const call = (i: number) =>
        wall
          .execute(async () => {
            const start = elapsed();
            await pause(second);
            return `${i} from ${start}`;
          })
          .catch((error: unknown) => `${i} ${error instanceof BulkheadRejectedError}`);
      return Promise.all(Array.from({ length: 7 }, (_, i) => call(i)));
    });
    expect(value).toEqual([
      "0 from 0",
      "1 from 0",
      "2 from 1000",
      "3 from 1000",
      "4 from 2000",
      "5 true",
      "6 true",
    ]);
  });

  test("all of them together, through a day", async () => {
    const { value, now } = await twice(async () => {
      const elapsed = stopwatch();
      const counts = { answered: 0, failed: 0 };
      const policy = wrap(
        retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
        circuitBreaker(handleAll, { halfOpenAfter: minute, breaker: new ConsecutiveBreaker(4) }),
        timeout(2 * second, TimeoutStrategy.Aggressive),
        bulkhead(3, 10),
      );
      const request = async (): Promise<void> => {
        await pause(Math.random() * 3 * second);
        if (Math.random() < 0.2) throw new Error("500");
      };
      const client = async (): Promise<void> => {
        while (elapsed() < day) {
          await policy.execute(request).then(
            () => counts.answered++,
            () => counts.failed++,
          );
          await pause(Math.random() * 4 * minute);
        }
      };
      await Promise.all([client(), client(), client()]);
      return counts;
    });
    expect(now).toBeGreaterThanOrEqual(day);
    expect(value.answered).toBeGreaterThan(500);
    expect(value.failed).toBeGreaterThan(10);
  });
});

// What people write themselves: attempts with a time-out each, waits that grow, a Retry-After header.
describe("retry logic over a fake transport", () => {
  interface Answer {
    readonly status: number;
    readonly retryAfterS?: number;
  }
  type Fetch = (url: string, options: { signal: AbortSignal }) => Promise<Answer>;

  async function fetchWithRetry(fetch: Fetch, url: string, attempts: number): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const waitMs = Math.random() * 500 * 2 ** attempt;
      try {
        const answer = await fetch(url, { signal: AbortSignal.timeout(5 * second) });
        if (answer.status < 500 || attempt === attempts) return answer;
        await pause((answer.retryAfterS ?? 0) * second || waitMs);
      } catch (error) {
        if (attempt === attempts) throw error;
        await pause(waitMs);
      }
    }
  }

  /** Answers after `delayMs`, unless it is aborted before. */
  const transport = (
    next: (call: number) => { readonly delayMs: number; readonly answer: Answer },
  ): Fetch =>
    (() => {
      let calls = 0;
      return (_url, { signal }) =>
        new Promise((resolve, reject) => {
          const { delayMs, answer } = next(calls++);
          const timer = setTimeout(() => resolve(answer), delayMs);
          signal.addEventListener("abort", () => {
            clearTimeout(timer);
            reject(signal.reason as Error);
          });
        });
    })();

  test("a slow answer is given up after its 5 s, Retry-After is obeyed", async () => {
    const value = await once(async () => {
      const elapsed = stopwatch();
      const times: number[] = [];
      const answers: { delayMs: number; answer: Answer }[] = [
        { delayMs: 100, answer: { status: 503, retryAfterS: 120 } },
        { delayMs: hour, answer: { status: 200 } },
        { delayMs: 100, answer: { status: 200 } },
      ];
      const fetch = transport((call) => {
        times.push(elapsed());
        return answers[call] ?? { delayMs: 0, answer: { status: 404 } };
      });
      const { status } = await fetchWithRetry(fetch, "/", 5);
      return { status, times };
    });
    const [first, second_, third] = value.times as [number, number, number];
    expect(value.status).toBe(200);
    expect([first, second_]).toEqual([0, 120_100]);
    expect(third).toBeGreaterThanOrEqual(125_100);
    expect(third).toBeLessThanOrEqual(127_100);
  });

  test("a week of requests", async () => {
    const { value, now } = await twice(async () => {
      const elapsed = stopwatch();
      const counts = new Map<string, number>();
      const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
      const fetch = transport(() => ({
        delayMs: Math.random() * 6 * second,
        answer: { status: Math.random() < 0.3 ? 500 : 200 },
      }));
      while (elapsed() < 7 * day) {
        await fetchWithRetry(fetch, "/", 3).then(
          ({ status }) => count(`${status}`),
          (error: Error) => count(error.name),
        );
        await pause(5 * minute);
      }
      return Object.fromEntries(counts);
    });
    expect(now).toBeGreaterThanOrEqual(7 * day);
    expect(Object.keys(value).toSorted()).toEqual(["200", "500", "TimeoutError"]);
  });
});
