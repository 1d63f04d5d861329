import { describe, expect, expectTypeOf, test } from "vitest";

import {
  type AsCompleted,
  asCompleted,
  coroutine,
  type Coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  isCancelled,
  Loop,
  now,
  run,
  runSync,
  simulate,
  sleep,
  type Task,
  TimeoutError,
} from "../src/index.ts";
import { journal } from "./journal.ts";
import { kinds, type Script, wait } from "./kinds.ts";
import { lastInFirstOut, randomPolicy } from "./policies.ts";

const error = new Error("failed");

/** What `script` gives or throws, as a word, with the time at which it does. */
function* endOf(script: Script<unknown>): Script<string> {
  try {
    return `${String(yield* script)} at ${now()}`;
  } catch (thrown) {
    if (thrown instanceof TimeoutError) return `timeout at ${now()}`;
    return isCancelled(thrown) ? `cancelled at ${now()}` : `${String(thrown)} at ${now()}`;
  }
}

/** The ends of all that `completed` gives. */
function* endsOf(completed: Iterable<Coroutine<unknown>>): Script<string[]> {
  const ends: string[] = [];
  for (const next of completed) ends.push(yield* endOf(wait(next)));
  return ends;
}

describe.each(kinds)("asCompleted with $kind bodies", ({ of }) => {
  const after = (delay: number, thrown?: unknown, log: string[] = []) =>
    of(function* () {
      log.push(`${delay} ${currentTask()?.path}`);
      yield* wait(sleep(delay));
      if (thrown !== undefined) throw thrown;
      return delay;
    });

  test("ASC-01: in the order of completion; each await throws what its own has thrown", () =>
    run(
      of(function* () {
        const list = [
          after(5),
          after(2),
          after(3, error),
          sleep(4, "coroutine"),
          createTask(after(1)),
        ];
        expect(yield* endsOf(asCompleted(list))).toEqual([
          "1 at 1",
          "2 at 2",
          "Error: failed at 3",
          "coroutine at 4",
          "5 at 5",
        ]);
      }),
    ));

  test("ASC-02: after the timeout each that remains is a TimeoutError, and nothing is cancelled", () =>
    run(
      of(function* () {
        const slow = createTask(after(9));
        const list = [slow, after(2), after(8)];
        const ends = yield* endsOf(asCompleted(list, { timeout: 4 }));
        expect(ends).toEqual(["2 at 2", "timeout at 4", "timeout at 4"]);
        expect(yield* endOf(wait(slow))).toBe("9 at 9");
      }),
    ));

  test("ASC-02: a timeout that is not needed leaves no timer behind, and 0 is a pass", async () => {
    const loop = new Loop();
    void loop.createTask(
      of(function* () {
        expect(yield* endsOf(asCompleted([after(5)], { timeout: 50 }))).toEqual(["5 at 5"]);
        expect(yield* endsOf(asCompleted([after(5)], { timeout: 0 }))).toEqual(["timeout at 5"]);
        expect(yield* endsOf(asCompleted([], { timeout: 50 }))).toEqual([]);
      }),
    );
    await loop.run();
    expect(loop.time()).toBe(10);
  });

  test("ASC-03: of one instant, in the order in which they ended", () =>
    run(
      of(function* () {
        const loop = getRunningLoop();
        const futures = ["a", "b", "c"].map((name) => loop.createFuture<string>({ name }));
        loop.callLater(2, () => {
          for (const i of [1, 2, 0]) futures[i]?.setResult(futures[i].path);
        });
        expect(yield* endsOf(asCompleted(futures))).toEqual([
          "main/b at 2",
          "main/c at 2",
          "main/a at 2",
        ]);
      }),
    ));

  test("ASC-04: they begin in the order of the list; the same task twice runs and comes once", () =>
    run(
      of(function* () {
        const log: string[] = [];
        const a = createTask(after(3, undefined, log));
        const b = createTask(after(2, undefined, log));
        const done = getRunningLoop().createFuture<string>();
        done.setResult("done");
        const ends = yield* endsOf(asCompleted([a, b, done, a, b, done]));
        expect(ends).toEqual(["done at 0", "2 at 2", "3 at 3"]);
        expect(log).toEqual(["3 main/1", "2 main/2"]);
      }),
    ));

  test("ASC-04: they begin when asCompleted is called, not when something is awaited", () =>
    run(
      of(function* () {
        const completed = asCompleted([after(3), after(2)]);
        yield* wait(sleep(2.5));
        expect(yield* endsOf(completed)).toEqual(["2 at 2.5", "3 at 3"]);
      }),
    ));

  test("ASC-05: a cancelled child is a CancelledError, and the loop over them goes on", () =>
    run(
      of(function* () {
        const cancelled = createTask(after(50));
        getRunningLoop().callLater(1, () => void cancelled.cancel());
        const ends = yield* endsOf(asCompleted([after(2), cancelled]));
        expect(ends).toEqual(["cancelled at 1", "2 at 2"]);
        expect(currentTask()?.cancelling()).toBe(0);
      }),
    ));

  test("ASC-06: entries() gives the futures themselves, done, for generator bodies", () => {
    const paths = runSync(function* () {
      const tasks = [createTask(() => sleep(5, "a")), createTask(() => sleep(3, "b"))];
      const found: unknown[] = [];
      for (const next of asCompleted(tasks).entries()) {
        const { future } = yield* next;
        found.push([tasks.indexOf(future), future.result(), now()]);
      }
      return found;
    });
    expect(paths).toEqual([
      [1, "b", 3],
      [0, "a", 5],
    ]);
  });

  test("a loop may be left and taken up again; each future comes once", () =>
    run(
      of(function* () {
        const completed = asCompleted([after(3), after(1), after(2)]);
        for (const next of completed) {
          expect(yield* endOf(wait(next))).toBe("1 at 1");
          break;
        }
        expect(yield* endsOf(completed)).toEqual(["2 at 2", "3 at 3"]);
        expect(yield* endsOf(completed)).toEqual([]);
      }),
    ));

  test("S6: who is cancelled after it was woken passes on what has completed", () =>
    run(
      of(function* () {
        const future = getRunningLoop().createFuture<string>();
        const [one, two] = asCompleted([future, after(9)]);
        const first = createTask(of(() => wait(one as Coroutine<unknown>)));
        const second = createTask(of(() => wait(two as Coroutine<unknown>)));
        yield* wait(sleep(1));
        future.setResult("value");
        // after the bookkeeping has woken the first, and before that goes on
        getRunningLoop().callSoon(() => void first.cancel());
        expect(yield* endOf(wait(second))).toBe("value at 1");
        expect(first.cancelled()).toBe(true);
      }),
    ));

  test("cancelling who waits leaves the tasks alone", () =>
    run(
      of(function* () {
        const task = createTask(after(5));
        const waiter = createTask(
          of(function* () {
            for (const next of asCompleted([task])) yield* wait(next);
          }),
        );
        yield* wait(sleep(1));
        waiter.cancel();
        expect(yield* endOf(wait(waiter))).toBe("cancelled at 1");
        expect(yield* endOf(wait(task))).toBe("5 at 5");
      }),
    ));

  test.each([
    ["last in, first out", lastInFirstOut()],
    ["random", randomPolicy(3)],
  ])("S10: under a policy (%s) each comes once", (_, policy) =>
    run(
      of(function* () {
        const list = [after(2), after(2), after(1), after(7)];
        const ends = yield* endsOf(asCompleted(list, { timeout: 5 }));
        expect(ends).toEqual(["1 at 1", "2 at 2", "2 at 2", "timeout at 5"]);
      }),
      { policy },
    ),
  );

  test("S8: with a probe and without, and twice, it takes the same course", async () => {
    const main = of(() => endsOf(asCompleted([after(2), after(1), after(9)], { timeout: 4 })));
    const runs = [journal(), journal()];
    for (const { probe } of runs) {
      expect(await run(main, { probes: [probe] })).toEqual(["1 at 1", "2 at 2", "timeout at 4"]);
    }
    expect(runs[0]?.lines).toEqual(runs[1]?.lines);
    expect(await run(main)).toHaveLength(3);
  });

  test("S7: a deadlock report says how many are not done", async () => {
    const end = run(
      of(function* () {
        const stuck = createTask(() => getRunningLoop().createFuture(), { name: "stuck" });
        yield* endsOf(asCompleted([after(1), stuck]));
      }),
    );
    await expect(end).rejects.toMatchObject({
      code: "ERR_DEADLOCK",
      message: expect.stringContaining(
        "`main` waits for the next of asCompleted, of which 1 of 2 is not done: `main/stuck`, since",
      ),
      blocked: [{ waits: [{ blockedBy: ["main/stuck"] }] }, {}],
    });
  });
});

test("ASC-06: as an async iterator it gives the futures themselves, each of them done", () =>
  run(async () => {
    const tasks = [
      createTask(() => sleep(5, "slow"), { name: "slow" }),
      createTask(() => sleep(3, "quick"), { name: "quick" }),
      createTask(
        async () => {
          await sleep(4);
          throw error;
        },
        { name: "failing" },
      ),
    ];
    const seen: unknown[] = [];
    for await (const { future } of asCompleted(tasks)) {
      const which = (tasks as Task<unknown>[]).indexOf(future);
      seen.push([which, future.done(), future.exception() ?? future.result(), now()]);
    }
    expect(seen).toEqual([
      [1, true, "quick", 3],
      [2, true, error, 4],
      [0, true, "slow", 5],
    ]);
  }));

test("ASC-06: as an async iterator, after the timeout it throws", () =>
  run(async () => {
    const seen: string[] = [];
    const loop = async (): Promise<void> => {
      const list = [() => sleep(5, "slow"), () => sleep(1, "quick")];
      for await (const { future } of asCompleted(list, { timeout: 2 })) seen.push(await future);
    };
    await expect(loop()).rejects.toBeInstanceOf(TimeoutError);
    expect([seen, now()]).toEqual([["quick"], 2]);
  }));

test("ASC-06: futures of which one is cancelled, and of functions", () =>
  run(async () => {
    const never = getRunningLoop().createFuture<string>();
    getRunningLoop().callLater(1, () => void never.cancel());
    const seen: unknown[] = [];
    for await (const { future } of asCompleted([never, async () => 1]))
      seen.push(future.cancelled());
    expect(seen).toEqual([false, true]);
  }));

test("S12: what was made in another run is refused", async () => {
  let left: AsCompleted<number> | undefined;
  await run(async () => {
    left = asCompleted([async () => 1, async () => 2]);
  });
  await run(async () => {
    const [next] = [...(left as AsCompleted<number>)];
    await expect(next?.toPromise()).rejects.toMatchObject({
      code: "ERR_OTHER_LOOP",
    });
  });
});

test("asCompleted refuses what is no list of futures, coroutines or functions", () =>
  run(async () => {
    expect(() => asCompleted(1 as never)).toThrow(TypeError);
    expect(() => asCompleted([Promise.resolve(1) as never])).toThrow(/give the function itself/);
    expect(() => asCompleted([async () => 1], { timeout: NaN })).toThrow(TypeError);
  }));

test("the types of the elements come through", () =>
  run(async () => {
    const completed = asCompleted([createTask(() => sleep(1, 1)), async () => "x", sleep(1, true)]);
    expectTypeOf(completed).toEqualTypeOf<
      AsCompleted<number | string | boolean, Task<number> | Task<string> | Task<boolean>>
    >();
    for (const next of completed) {
      expectTypeOf(next).toEqualTypeOf<Coroutine<number | string | boolean>>();
      expectTypeOf(await next).toEqualTypeOf<number | string | boolean>();
    }
    const made = coroutine(async () => 1);
    for await (const { future } of asCompleted([made(), made()])) {
      expectTypeOf(future).toEqualTypeOf<Task<number>>();
    }
  }));

test("S8.3: who takes the next goes on because of its settling, and not of whatever came last", async () => {
  const { probe, lines } = journal();
  await simulate(
    async () => {
      const quick = createTask(() => sleep(1), { name: "quick" });
      // Ends at the same time, so its events stand between the settling and the step.
      void createTask(() => sleep(1), { name: "other" });
      for await (const { future } of asCompleted([quick])) expect(future).toBe(quick);
    },
    { probes: [probe] },
  );
  const words = lines.map((line) => line.split(" "));
  const settled = words.find(([kind, , , id]) => kind === "settle" && id === "1")?.[1];
  const step = words.findLast(([kind, , , task]) => kind === "step" && task === "0");
  expect(step?.[2]).toBe(settled);
});
