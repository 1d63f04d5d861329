import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { LimitError, Loop, now, run, simulate, sleep } from "../src/index.ts";

interface Scribe {
  readonly loop: Loop;
  readonly log: string[];
  /** A callback that writes `name` and then does `more`. */
  readonly note: (name: string, more?: () => void) => () => void;
  /** Runs to the end; answers what was written. */
  readonly runAll: () => Promise<string[]>;
}

/** A loop whose callbacks write their names down. */
function scribe(): Scribe {
  const loop = new Loop();
  const log: string[] = [];
  return {
    loop,
    log,
    note: (name, more) => () => {
      log.push(name);
      more?.();
    },
    runAll: async () => {
      await loop.run();
      return log;
    },
  };
}

describe("S1: order", () => {
  test("LOOP-01: callSoon is first in, first out", async () => {
    const { loop, note, runAll } = scribe();
    for (const name of ["a", "b", "c", "d"]) loop.callSoon(note(name));
    expect(await runAll()).toEqual(["a", "b", "c", "d"]);
  });

  test.each([2, 3, 4, 5, 6, 8, 1000])(
    "LOOP-06: %i equal deadlines fire in the order in which they were armed",
    async (count) => {
      const { loop, note, runAll } = scribe();
      const names = Array.from({ length: count }, (_, i) => String(i));
      for (const name of names) loop.callLater(5, note(name));
      expect(await runAll()).toEqual(names);
    },
  );

  test("timers fire by (time, order of arming), whatever the order in which they were armed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 8 }), { maxLength: 100 }), async (times) => {
        const { loop, note, runAll } = scribe();
        for (const [i, time] of times.entries()) loop.callAt(time, note(`${time}/${i}`));
        const byTime = [...times.entries()].toSorted(([, one], [, other]) => one - other);
        expect(await runAll()).toEqual(byTime.map(([i, time]) => `${time}/${i}`));
      }),
      { numRuns: 100 },
    );
  });

  test("tasks that sleep to one time go on in the order in which they began to sleep", async () => {
    const log: number[] = [];
    const loop = new Loop();
    for (let i = 0; i < 50; i++) {
      void loop.createTask(async () => {
        await sleep(3);
        log.push(i);
      });
    }
    await loop.run();
    expect(log).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });
});

describe("S2: passes", () => {
  test("LOOP-02: what a callback schedules runs in the next pass, behind what is ready", async () => {
    const { loop, note, runAll } = scribe();
    loop.callSoon(
      note("a", () => {
        loop.callSoon(note("from a", () => loop.callSoon(note("from a, again"))));
      }),
    );
    loop.callSoon(note("b", () => loop.callSoon(note("from b"))));
    expect(await runAll()).toEqual(["a", "b", "from a", "from b", "from a, again"]);
  });

  test.each([
    ["callLater(0)", (loop: Loop, callback: () => void) => loop.callLater(0, callback)],
    ["callLater(-5)", (loop: Loop, callback: () => void) => loop.callLater(-5, callback)],
    ["callAt(past)", (loop: Loop, callback: () => void) => loop.callAt(1, callback)],
    ["callAt(now)", (loop: Loop, callback: () => void) => loop.callAt(loop.time(), callback)],
  ])(
    "LOOP-04: %s runs in the next pass, behind each callSoon made before that pass",
    async (_, arm) => {
      const { loop, note, runAll } = scribe();
      loop.callAt(
        2,
        note("step", () => {
          arm(loop, note("timer"));
          loop.callSoon(note("soon", () => loop.callSoon(note("next pass"))));
        }),
      );
      loop.callAt(
        2,
        note("same pass", () => loop.callSoon(note("also soon"))),
      );
      expect(await runAll()).toEqual([
        "step",
        "same pass",
        "soon",
        "also soon",
        "timer",
        "next pass",
      ]);
      expect(loop.time()).toBe(2);
    },
  );

  test("LOOP-05: due timers go behind what is ready, by time; none overtakes a ready callback", async () => {
    const { loop, note, runAll } = scribe();
    loop.callAt(
      10,
      note("at 10", () => {
        loop.callAt(9, note("for 9"));
        loop.callAt(3, note("for 3"));
        loop.callSoon(note("soon"));
        loop.callAt(5, note("for 5"));
      }),
    );
    expect(await runAll()).toEqual(["at 10", "soon", "for 3", "for 5", "for 9"]);
  });

  test("LOOP-09: stop ends the run after the pass in progress; the rest stays queued", async () => {
    const { loop, log, note } = scribe();
    loop.callSoon(
      note("a", () => {
        loop.stop();
        loop.callSoon(note("from a"));
      }),
    );
    loop.callSoon(note("b"));
    await loop.runForever();
    expect(log).toEqual(["a", "b"]);
    expect(await loop.run()).toBe("exhausted");
    expect(log).toEqual(["a", "b", "from a"]);
  });

  test("LOOP-09: stopped before it runs, a loop runs one pass and waits for no timer", async () => {
    const { loop, log, note } = scribe();
    loop.callSoon(note("soon", () => loop.callSoon(note("second pass"))));
    loop.callLater(1, note("timer"));
    loop.stop();
    await loop.runForever();
    expect(log).toEqual(["soon"]);
    expect(loop.time()).toBe(0);
  });

  test("LOOP-09: also when nothing but a timer is there", async () => {
    const { loop, log, note } = scribe();
    loop.callLater(1, note("timer"));
    loop.stop();
    await loop.runForever();
    expect([log, loop.time()]).toEqual([[], 0]);
    await loop.run();
    expect([log, loop.time()]).toEqual([["timer"], 1]);
  });
});

describe("S3: time", () => {
  test("LOOP-07: time moves only when nothing is ready, and then to the earliest live timer", async () => {
    const { loop } = scribe();
    const times: number[] = [];
    const note = (): void => void times.push(loop.time());
    loop.callLater(7, note);
    loop.callLater(3, () => {
      note();
      for (let i = 0; i < 100; i++) loop.callSoon(note);
      loop.callLater(0, note);
    });
    await loop.run();
    expect(times).toEqual([...Array.from({ length: 102 }, () => 3), 7]);
  });

  test("LOOP-08: a callback reads exactly the time for which it was armed, and time never falls", async () => {
    const time = fc.double({ min: 0, max: 1e15, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(time, { minLength: 1, maxLength: 50 }), async (times) => {
        const loop = new Loop();
        const seen: number[] = [];
        const read: (readonly [number, number])[] = [];
        for (const when of times) {
          loop.callAt(when, () => {
            seen.push(loop.time());
            read.push([loop.time(), when]);
          });
        }
        await loop.run();
        for (const [actual, when] of read) expect(actual).toBe(when);
        expect(seen).toEqual(times.toSorted((one, other) => one - other));
      }),
    );
  });

  test("LOOP-08: sleeps of any length end at exactly the sum, and no rounding makes a loop endless", async () => {
    const delay = fc.double({ min: 0, max: 1e6, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(delay, { maxLength: 30 }), async (delays) => {
        const result = await simulate(
          async () => {
            for (const each of delays) {
              const due = now() + each;
              await sleep(each);
              expect(now()).toBe(due);
            }
          },
          { maxStepsPerInstant: 1000 },
        );
        expect(result.outcome?.status).toBe("fulfilled");
      }),
    );
  });

  test("a timer for a past time does not turn time back", async () => {
    const loop = new Loop({ start: 100 });
    const times: number[] = [];
    loop.callAt(20, () => times.push(loop.time()));
    loop.callLater(-1000, () => times.push(loop.time()));
    await loop.run();
    expect(times).toEqual([100, 100]);
    expect(loop.time()).toBe(100);
  });

  test("LOOP-17: a cancelled timer never moves time", async () => {
    const { loop, log, note } = scribe();
    loop.callLater(5, note("live"));
    for (let i = 0; i < 300; i++) loop.callLater(i % 2 === 0 ? 1 : 1000, note("never")).cancel();
    expect(loop.peek()).toBe(5);
    await loop.run();
    expect(log).toEqual(["live"]);
    expect(loop.time()).toBe(5);
  });

  test("LOOP-17: the order of the others is the same after 1,000 of 1,500 timers were cancelled", async () => {
    const { loop, note, runAll } = scribe();
    const handles = Array.from({ length: 1500 }, (_, i) => loop.callAt(i % 7, note(String(i))));
    for (const [i, handle] of handles.entries()) if (i % 3 !== 0) handle.cancel();
    const left = handles.map((_, i) => i).filter((i) => i % 3 === 0);
    const sorted = left.toSorted((one, other) => (one % 7) - (other % 7) || one - other);
    expect(await runAll()).toEqual(sorted.map(String));
  });
});

describe("limits", () => {
  test("S7: endless work at one instant ends the run at maxStepsPerInstant and says what it means", async () => {
    const endless = run(
      async () => {
        await sleep(4);
        for (;;) await sleep(0);
      },
      { maxStepsPerInstant: 100 },
    );
    await expect(endless).rejects.toThrow(LimitError);
    await expect(endless).rejects.toMatchObject({ code: "ERR_LIMIT", time: 4, task: "main" });
    await expect(endless).rejects.toThrow(
      /100 steps at t=4 ms and time has not moved.*`main`.*sleep/s,
    );
  });

  test("S7: work that lets time move does not reach maxStepsPerInstant", async () => {
    const steps = run(
      async () => {
        for (let i = 0; i < 200; i++) await sleep(i % 20 === 0 ? 1 : 0);
        return now();
      },
      { maxStepsPerInstant: 50 },
    );
    expect(await steps).toBe(10);
  });

  test("S7: maxSteps ends the run, and the message names the limit and the time", async () => {
    const long = run(
      async () => {
        for (;;) await sleep(1);
      },
      { maxSteps: 500 },
    );
    await expect(long).rejects.toMatchObject({ code: "ERR_LIMIT", task: "main" });
    await expect(long).rejects.toThrow(/500 steps.*t=500.*maxSteps/s);
  });

  test.each(
    [63, 64, 65, 128].flatMap((maxSteps) => [
      { maxSteps, drain: "auto" as const },
      { maxSteps, drain: "reference" as const },
    ]),
  )(
    "S7: after $maxSteps steps, drain $drain, the last task to run is named, wherever a slice ends",
    async (options) => {
      const end = run(async () => {
        for (;;) await sleep(0);
      }, options);
      await expect(end).rejects.toMatchObject({ code: "ERR_LIMIT", task: "main" });
    },
  );

  test("S7: a run may take exactly as many steps as its limits allow", async () => {
    const main = async (): Promise<string> => {
      for (let i = 0; i < 9; i++) await sleep(0);
      return "done";
    };
    expect(await run(main, { maxSteps: 10, maxStepsPerInstant: 10 })).toBe("done");
    await expect(run(main, { maxSteps: 9 })).rejects.toThrow(LimitError);
    await expect(run(main, { maxStepsPerInstant: 9 })).rejects.toThrow(LimitError);
  });
});
