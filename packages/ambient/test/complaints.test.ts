/* oxlint-disable typescript/no-misused-promises -- that is what people write */
// What people complain of in fake timers, each as a test that passes here. Programs are written as their
// authors write them: with globals, with imports from before the run, and with libraries.
import { external, run, simulate } from "@tickless/core";
import { createRequire } from "node:module";
import defaultTimers, {
  setInterval as namedInterval,
  setTimeout as namedTimeout,
} from "node:timers";
import { setTimeout as namedPromise } from "node:timers/promises";
import * as namespace from "node:timers/promises";
import pQueueModule from "p-queue";
import pRetry from "p-retry";
import { describe, expect, test, vi } from "vitest";
import { virtualize } from "../src/index.ts";
import { day, hour, minute, once, pause, second, stopwatch } from "./virtual.ts";

const require = createRequire(import.meta.url);
const library = require("./programs/before-the-run.cjs") as {
  byProperty(done: () => void, delayMs: number): void;
  byGlobal(done: () => void, delayMs: number): void;
  byPromise(delayMs: number): Promise<void>;
  taken(done: () => void, delayMs: number): void;
};

describe("await of a promise that needs a timer", () => {
  // With fake timers the await waits for an advance that stands below it, and the test hangs.
  test("A1: is an await", async () => {
    const took = await once(async () => {
      const elapsed = stopwatch();
      await pause(hour);
      await Promise.all([pause(minute), pause(2 * minute)]);
      return elapsed();
    });
    expect(took).toBe(hour + 2 * minute);
  });

  test("A1: one that never ends is told at once, and is not a time-out of the test", async () => {
    const result = await simulate(
      virtualize(async () => {
        await pause(hour);
        await new Promise(() => undefined);
      }),
    );
    expect([result.reason, result.now]).toEqual(["deadlock", hour]);
  });
});

describe("nested timers inside one advance", () => {
  const nested = (log: (label: string) => void): void => {
    setTimeout(() => {
      log("first");
      void Promise.resolve().then(() =>
        setTimeout(async () => {
          log("second");
          await Promise.resolve();
          await Promise.resolve();
          setTimeout(() => log("third"), 100);
        }, 100),
      );
    }, 100);
  };

  test("with fake timers one advance of long enough runs one of three", () => {
    const labels: string[] = [];
    vi.useFakeTimers();
    try {
      nested((label) => labels.push(label));
      vi.advanceTimersByTime(1000);
    } finally {
      vi.useRealTimers();
    }
    expect(labels).toEqual(["first"]);
  });

  test("A1: run each at its time", async () => {
    const lines = await once(async () => {
      const elapsed = stopwatch();
      const all: string[] = [];
      nested((label) => all.push(`${label} ${elapsed()}`));
      await pause(1000);
      return all;
    });
    expect(lines).toEqual(["first 100", "second 200", "third 300"]);
  });
});

// Test code does not know when and how often a library waits.
describe("libraries that wait on timers", () => {
  test("A2: a retry in a queue with a rate, awaited as in production", async () => {
    const value = await once(async () => {
      const elapsed = stopwatch();
      const queue = new pQueueModule({ concurrency: 1, interval: minute, intervalCap: 2 });
      const flaky = () =>
        pRetry(
          (attempt) => {
            if (attempt < 4) throw new Error("not yet");
            return elapsed();
          },
          { retries: 5 },
        );
      return queue.addAll([flaky, flaky, flaky]);
    });
    expect(value).toEqual([7 * second, 14 * second, minute + 7 * second]);
  });
});

describe("the timers module imported before the run", () => {
  type Done = () => void;
  const inCallbacks: [string, (done: Done, delayMs: number) => unknown][] = [
    ["import { setTimeout }", (done, delayMs) => namedTimeout(done, delayMs)],
    ["import timers", (done, delayMs) => defaultTimers.setTimeout(done, delayMs)],
    ["require, by property", (done, delayMs) => library.byProperty(done, delayMs)],
    ["a global in another module", (done, delayMs) => library.byGlobal(done, delayMs)],
  ];
  const inPromises: [string, (delayMs: number) => Promise<unknown>][] = [
    ["import promises", (delayMs) => namedPromise(delayMs)],
    ["import * as", (delayMs) => namespace.setTimeout(delayMs)],
    ["scheduler.wait", (delayMs) => namespace.scheduler.wait(delayMs)],
    ["require of timers/promises", (delayMs) => library.byPromise(delayMs)],
  ];

  test.each(inCallbacks)("A2: %s", async (_name, arm) => {
    const took = await once(async () => {
      const elapsed = stopwatch();
      await new Promise<void>((resolve) => void arm(resolve, hour));
      return elapsed();
    });
    expect(took).toBe(hour);
  });

  test.each(inPromises)("A2: %s", async (_name, wait) => {
    const took = await once(async () => {
      const elapsed = stopwatch();
      await wait(hour);
      return elapsed();
    });
    expect(took).toBe(hour);
  });

  test("A2: intervals too", async () => {
    const turns = await once(async () => {
      let count = 0;
      const timer = namedInterval(() => void count++, minute);
      await pause(hour + 1);
      clearInterval(timer);
      return count;
    });
    expect(turns).toBe(60);
  });

  // The limit: a real timer fires, whose callback belongs to nobody. Main does not go on in silence.
  test("what has been taken out of a module before the run is real, and is not silent", async () => {
    const main = virtualize(async () => {
      await new Promise<void>((resolve) => library.taken(resolve, 1));
    });
    await expect(run(main)).rejects.toThrow(/deadlock|outside/i);
  });
});

describe("a debounce with an async callback", () => {
  function debounced<T>(save: (value: T) => Promise<void>, waitMs: number): (value: T) => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    return (value) => {
      clearTimeout(timer);
      timer = setTimeout(async () => save(value), waitMs);
    };
  }

  test("A1: saves once, and the test sees it saved", async () => {
    const saved = await once(async () => {
      const elapsed = stopwatch();
      const lines: string[] = [];
      const save = debounced(async (value: string) => {
        await pause(200);
        await Promise.resolve();
        lines.push(`${value} ${elapsed()}`);
      }, 500);
      for (const value of ["a", "ab", "abc"]) {
        save(value);
        await pause(100);
      }
      await pause(2000);
      save("abcd");
      await pause(2000);
      return lines;
    });
    expect(saved).toEqual(["abc 900", "abcd 3000"]);
  });
});

describe("an interval cleared from a promise", () => {
  test("A1: does not fire again, also at the same instant", async () => {
    const value = await once(async () => {
      let turns = 0;
      const timer = setInterval(() => void turns++, 10);
      await pause(35).then(() => clearInterval(timer));
      const first = turns;
      // Armed before the interval, so its continuation comes first where both are due.
      const stop = pause(30);
      const other = setInterval(() => void turns++, 10);
      void stop.then(() => clearInterval(other));
      await pause(day);
      return [first, turns - first];
    });
    expect(value).toEqual([3, 2]);
  });

  test("A1: a poll that clears itself when its promise says so", async () => {
    const value = await once(async () => {
      const elapsed = stopwatch();
      const ready = async (): Promise<boolean> => {
        await pause(30);
        return elapsed() > 500;
      };
      return new Promise<number>((resolve) => {
        const timer = setInterval(async () => {
          if (!(await ready())) return;
          clearInterval(timer);
          resolve(elapsed());
        }, 100);
      });
    });
    expect(value).toBe(530);
  });
});

// Virtual time stands still while something real is going on: however slow this machine is, the real work
// is not late, and what is really too slow is told by virtual time alone.
describe("a time-out racing real work", () => {
  const timeOut = (delayMs: number): Promise<string> => pause(delayMs).then(() => "too late");
  /** I/O or a worker: it takes real time, and has the real globals. */
  const realWork = async (): Promise<string> => {
    await new Promise((resolve) => void setTimeout(resolve, 3));
    return `answer of ${new Date().getFullYear() > 2020 ? "now" : "then"}`;
  };

  test("A2: real work is in time, however short the time-out", async () => {
    const value = await once(() => Promise.race([external(realWork) as unknown, timeOut(1)]));
    expect(value).toBe("answer of now");
  });

  test("A2: the time-out comes after the answer, if one waits on", async () => {
    const value = await once(async () => {
      const elapsed = stopwatch();
      const late = timeOut(10);
      const answer = await external(realWork);
      const at = elapsed();
      return [answer, at, await late, elapsed()];
    });
    expect(value).toEqual(["answer of now", 0, "too late", 10]);
  });

  test("A2: work that takes virtual time is cut off to the millisecond", async () => {
    const value = await once(async () => {
      const work = async (): Promise<string> => {
        await pause(50);
        const answer = await external(realWork);
        return answer;
      };
      return [await Promise.race([work(), timeOut(49)]), await Promise.race([work(), timeOut(51)])];
    });
    expect(value).toEqual(["too late", "answer of now"]);
  });
});
