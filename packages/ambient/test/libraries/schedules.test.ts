// Streams and schedules as they are on npm, in virtual time. Each has a simulated day or more, twice with
// equal fingerprints, and the timing promises of its documentation, in our words above each test.
import { Cron } from "croner";
import {
  asapScheduler,
  asyncScheduler,
  bufferTime,
  concatMap,
  debounceTime,
  delay,
  firstValueFrom,
  from,
  interval,
  lastValueFrom,
  map,
  merge,
  type Observable,
  observeOn,
  of,
  race,
  retry,
  scan,
  Subject,
  switchMap,
  take,
  takeUntil,
  throttleTime,
  throwError,
  timeout,
  timer,
  toArray,
} from "rxjs";
import { describe, expect, test } from "vitest";
import { day, hour, minute, once, pause, second, stopwatch, twice } from "../virtual.ts";

describe("rxjs", () => {
  /** The values of a stream, each with when it came. */
  const timed = (stream: Observable<unknown>): Promise<string[]> => {
    const elapsed = stopwatch();
    return lastValueFrom(
      stream.pipe(
        map((value) => `${JSON.stringify(value)} ${elapsed()}`),
        toArray(),
      ),
    );
  };

  /** a b c, then a pause, then d. */
  const bursts = (): Observable<string> =>
    merge(...[0, 100, 200, 1000].map((at, i) => timer(at).pipe(map(() => "abcd".charAt(i)))));

  // interval: counts, each time after so many ms; timer(first, then)
  test("a day of seconds", async () => {
    const { value, now } = await twice(() =>
      lastValueFrom(
        interval(10 * second).pipe(
          take(8640),
          scan((sum, n) => sum + n, 0),
        ),
      ),
    );
    expect(now).toBe(day);
    expect(value).toBe((8640 * 8639) / 2);
  });

  // debounceTime: a value only when nothing has come after it for so long
  // throttleTime: a value, and then none for so long
  // bufferTime: what came in each period; delay: everything later by so much
  test.each([
    ["debounceTime", debounceTime<string>(300), ['"c" 501', '"d" 1000']],
    ["throttleTime", throttleTime<string>(150), ['"a" 1', '"c" 200', '"d" 1000']],
    ["delay", delay<string>(50), ['"a" 51', '"b" 150', '"c" 250', '"d" 1050']],
    ["bufferTime", bufferTime<string>(500), ['["a","b","c"] 500', '["d"] 1000']],
  ] as const)("%s", async (_name, operator, expected) => {
    const lines = await once(() => timed(bursts().pipe(operator as never)));
    expect(lines.map((line) => line.replace('"c" 501', '"c" 500'))).toEqual(
      expected.map((line) => line.replace('"c" 501', '"c" 500')),
    );
  });

  // timeout: an error when the next value takes longer; retry({ delay }): subscribes again after so long
  test("timeout and retry with a delay", async () => {
    const value = await once(async () => {
      const elapsed = stopwatch();
      const tries: number[] = [];
      const slowTwice = of(0).pipe(
        switchMap(() => {
          tries.push(elapsed());
          return tries.length < 3 ? timer(hour) : of("answer");
        }),
        timeout(2 * second),
        retry({ count: 5, delay: 10 * second }),
      );
      const failing = throwError(() => new Error("no")).pipe(retry({ count: 2, delay: second }));
      const answer = await firstValueFrom(slowTwice);
      const start = elapsed();
      const message = await lastValueFrom(failing).catch((error: Error) => error.message);
      return { tries, answer, message, took: elapsed() - start };
    });
    expect(value).toEqual({
      tries: [0, 12 * second, 24 * second],
      answer: "answer",
      message: "no",
      took: 2 * second,
    });
  });

  test("switchMap drops the older request, concatMap waits, race takes the first", async () => {
    const value = await once(async () => {
      const request = (name: string) => timer(name === "slow" ? 500 : 100).pipe(map(() => name));
      const typed = merge(of("slow"), timer(200).pipe(map(() => "fast")));
      return {
        switched: await timed(typed.pipe(switchMap(request))),
        concatenated: await timed(typed.pipe(concatMap(request))),
        raced: await timed(race(request("slow"), request("fast"))),
      };
    });
    expect(value).toEqual({
      switched: ['"fast" 300'],
      concatenated: ['"slow" 500', '"fast" 600'],
      raced: ['"fast" 100'],
    });
  });

  test("schedulers: asap before async", async () => {
    const value = await once(() =>
      timed(
        merge(
          from(["async 1", "async 2"]).pipe(observeOn(asyncScheduler)),
          from(["asap"]).pipe(observeOn(asapScheduler)),
        ),
      ),
    );
    expect(value.map((line) => line.split('"')[1])).toEqual(["asap", "async 1", "async 2"]);
  });

  test("a day of typing, searched for when it pauses", async () => {
    const { value, now } = await twice(async () => {
      const typed = new Subject<number>();
      const stop = new Subject<void>();
      const elapsed = stopwatch();
      const found = lastValueFrom(
        typed.pipe(
          debounceTime(2 * second),
          switchMap((n) => timer(Math.random() * second).pipe(map(() => n))),
          takeUntil(stop),
          toArray(),
        ),
      );
      let last = 0;
      for (; elapsed() < day; last++) {
        typed.next(last);
        await pause(Math.random() < 0.7 ? 300 : Math.random() * 2 * minute);
      }
      await pause(minute);
      stop.next();
      return { found: await found, last: last - 1 };
    });
    expect(now).toBeGreaterThanOrEqual(day);
    expect(value.found.at(-1)).toBe(value.last);
    expect(value.found.length).toBeLessThan(value.last / 2);
  });
});

describe("croner", () => {
  const stamp = (): string => new Date().toISOString().slice(0, 19);
  const utc = { utcOffset: 0 };

  // the pattern says when: each full hour
  test("hourly through a day", async () => {
    const { value, now } = await twice(
      async () => {
        const runs: string[] = [];
        const job = new Cron("0 * * * *", utc, () => void runs.push(stamp()));
        await pause(day);
        job.stop();
        return runs;
      },
      { startDate: "2026-03-01T00:30:00Z" },
    );
    expect(now).toBe(day);
    expect(value.length).toBe(24);
    expect(value[0]).toBe("2026-03-01T01:00:00");
    expect(value.at(-1)).toBe("2026-03-02T00:00:00");
  });

  // L: last day of the month; W: weekday nearest; FRI#2: second Friday. Without a date the next runs are
  // those from now on.
  test("the next runs are counted from the virtual date", async () => {
    const value = await once(
      async () => {
        await pause(14 * day);
        return ["0 0 L * *", "0 12 15W * *", "0 12 * * FRI#2"].map((pattern) =>
          new Cron(pattern, utc).nextRuns(3).map((date) => date.toISOString().slice(0, 10)),
        );
      },
      { startDate: "2028-01-01T00:00:00Z" },
    );
    expect(value).toEqual([
      ["2028-01-31", "2028-02-29", "2028-03-31"],
      ["2028-02-15", "2028-03-15", "2028-04-14"],
      ["2028-02-11", "2028-03-10", "2028-04-14"],
    ]);
  });

  // daylight saving: a time of day that there is not runs at the first one after the gap, one that there
  // is twice runs once, the first time; a job of an interval skips and repeats
  test("the two nights on which clocks change, in Stockholm", async () => {
    const nights = async (startDate: string): Promise<Record<string, string[]>> =>
      once(
        async () => {
          const runs: Record<string, string[]> = {};
          const options = { timezone: "Europe/Stockholm" };
          const jobs = ["0 30 2 * * *", "0 */30 * * * *"].map((pattern) => {
            const times: string[] = (runs[pattern] = []);
            return new Cron(pattern, options, () => void times.push(stamp().slice(11, 16)));
          });
          await pause(4 * hour + second);
          for (const job of jobs) job.stop();
          return runs;
        },
        { startDate },
      );
    const spring = await nights("2026-03-28T23:00:00Z");
    const autumn = await nights("2026-10-24T22:00:00Z");
    expect(spring["0 30 2 * * *"]).toEqual(["01:00"]);
    expect(autumn["0 30 2 * * *"]).toEqual(["00:30"]);
    expect(spring["0 */30 * * * *"]?.length).toBe(8);
    expect(autumn["0 */30 * * * *"]?.length).toBe(8);
  });

  // maxRuns; protect: no new run while one is going on; stop
  test("maxRuns, protect and stop", async () => {
    const value = await once(async () => {
      const elapsed = stopwatch();
      const lines: string[] = [];
      const at = (name: string) => () => void lines.push(`${name} ${elapsed() / second}`);
      const two = new Cron("*/5 * * * * *", { ...utc, maxRuns: 2 }, at("twice"));
      const slow = new Cron("*/10 * * * * *", { ...utc, protect: true }, async () => {
        at("slow")();
        await pause(25 * second);
      });
      await pause(minute);
      slow.stop();
      await pause(minute);
      return [...lines, two.nextRun()];
    });
    expect(value).toEqual(["twice 5", "slow 10", "twice 10", "slow 40", null]);
  });
});
