import {
  createTask,
  external,
  getRunningLoop,
  Loop,
  mark,
  now,
  run,
  Runner,
  simulate,
  sleep,
} from "@tickless/core";
import { chooseOption } from "@tickless/core/kit";
import { setTimeout as importedBefore } from "node:timers";
import { describe, expect, test } from "vitest";
import { virtualize } from "../src/index.ts";
import { changed, Log, pause, snapshot, virtual } from "./world.ts";

const real = { setTimeout, Date, now: Date.now, random: Math.random, imported: importedBefore };
const never = () => new Promise<never>(() => undefined);
const drains = ["auto", "reference"] as const;

/** A turn of the real event loop. */
const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

describe.each(drains)("A2.2: after a run every global is what it was, with drain %s", (drain) => {
  test.each<[string, () => unknown]>([
    ["returned", () => pause(10)],
    ["returned at once", () => 5],
    [
      "thrown",
      async () => {
        await pause(1);
        throw new Error("thrown");
      },
    ],
    ["deadlocked", never],
    [
      "failed by a timer",
      () => {
        setTimeout(() => {
          throw new Error("timer");
        }, 5);
        return never();
      },
    ],
    [
      "failed by a lost rejection",
      () => {
        void Promise.reject(new Error("lost"));
        return pause(5);
      },
    ],
    [
      "reached a limit",
      async () => {
        for (;;) await sleep(0);
      },
    ],
    [
      "stopped",
      () => {
        getRunningLoop().stop();
        return never();
      },
    ],
    ["waited for something external", () => external(async () => 5)],
    [
      "left timers behind",
      () => {
        setInterval(() => undefined, 5);
      },
    ],
  ])("that has %s", async (_, main) => {
    const before = snapshot();
    await virtual(main, { drain, maxStepsPerInstant: 500 }).catch(() => undefined);
    expect(changed(before)).toEqual([]);
    await simulate(virtualize(main as () => Promise<void>), {
      drain,
      maxStepsPerInstant: 500,
      until: 20,
    });
    expect(changed(before)).toEqual([]);
  });

  test("of several slices, and between them", async () => {
    const before = snapshot();
    const seen: string[][] = [];
    const state = { over: false };
    const watch = async (): Promise<void> => {
      while (!state.over) {
        seen.push(changed(before));
        await turn();
      }
    };
    const watching = watch();
    await virtual(
      async () => {
        for (let i = 0; i < 3000; i++) await pause(1);
      },
      { drain },
    );
    state.over = true;
    await watching;
    expect(seen.length).toBeGreaterThan(drain === "reference" ? 10 : 0);
    expect(seen.flat()).toEqual([]);
    expect(changed(before)).toEqual([]);
  });

  test("of a loop that is driven by hand, whenever it stands still", async () => {
    const before = snapshot();
    const loop = new Loop({ drain });
    const log = new Log();
    void loop.createTask(
      virtualize(async () => {
        await pause(1000);
        log.note(String(Date.now()));
        await pause(1000);
        log.note(String(Date.now()));
      }),
    );
    while (await loop.step()) expect(changed(before)).toEqual([]);
    loop.close();
    expect(log.lines).toEqual(["1000 946684801000", "2000 946684802000"]);
  });

  test("of a Runner, whose next main finds the virtual ones too", async () => {
    const before = snapshot();
    const runner = new Runner({ drain });
    await runner.run(virtualize(async () => pause(1000)));
    expect(changed(before)).toEqual([]);
    expect(await runner.run(async () => Date.now())).toBe(946_684_801_000);
    await runner.close();
    expect(changed(before)).toEqual([]);
  });
});

describe.each(drains)("A2.3: simulations at the same time, with drain %s", (drain) => {
  test("do not see each other's clock, nor real time", async () => {
    const program = (year: number, delay: number) =>
      simulate(
        virtualize(
          async () => {
            const start = Date.now();
            for (let i = 1; i <= 1000; i++) {
              await pause(delay);
              if (Date.now() !== start + i * delay) throw new Error(`${Date.now() - start}`);
              if (performance.now() !== 1000 + i * delay) throw new Error(`${performance.now()}`);
            }
            return new Date().toISOString();
          },
          { startDate: `${year}-01-01` },
        ),
        { drain },
      );
    const plain = simulate(
      async () => {
        for (let i = 1; i <= 1000; i++) {
          await sleep(1);
          if (Date !== real.Date || setTimeout !== real.setTimeout) throw new Error("virtual");
        }
      },
      { drain },
    );
    const [one, two, three] = await Promise.all([program(2001, 10), program(2002, 70), plain]);
    expect(one.outcome).toEqual({ status: "fulfilled", value: "2001-01-01T00:00:10.000Z" });
    expect(two.outcome).toEqual({ status: "fulfilled", value: "2002-01-01T00:01:10.000Z" });
    expect(three.outcome).toMatchObject({ status: "fulfilled" });
  });
});

describe("A2.3: whose code it is", () => {
  const isReal = (date: number) => date > 1.6e12;

  test("outside code that goes on in a step gets the real ones", async () => {
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    const outside = (async () => {
      await promise;
      const seen = [Date.now(), new Date().getTime(), Date.parse(Date())];
      const timer = setTimeout(() => undefined, 5);
      const isVirtual = setTimeout !== real.setTimeout;
      clearTimeout(timer);
      return { seen, isVirtual, timer };
    })();
    const inside = await virtual(async () => {
      await pause(5);
      resolve();
      await Promise.resolve();
      return Date.now();
    });
    const { seen, isVirtual, timer } = await outside;
    expect(inside).toBe(946_684_800_005);
    // It did run while the run's were in place.
    expect(isVirtual).toBe(true);
    expect(seen.every(isReal)).toBe(true);
    expect(timer).toHaveProperty("_destroyed", true);
  });

  test("functions given to external get the real ones, before and after awaits", async () => {
    const seen = await virtual(() =>
      external(async () => {
        const first = Date.now();
        await new Promise((resolve) => void setTimeout(resolve, 1));
        await turn();
        return [first, Date.now(), performance.timeOrigin];
      }),
    );
    expect(seen.every(isReal)).toBe(true);
  });

  test.each(drains)("probes and policies get the real ones, with drain %s", async (drain) => {
    const seen = new Map<string, number>();
    const look = (name: string) => () => void seen.set(name, Date.now());
    const names = ["begin", "name", "step", "wait", "arm", "operation", "settle", "draw", "mark"];
    const options = {
      drain,
      probes: [Object.fromEntries(names.map((name) => [name, look(name)]))],
      policy: {
        choose: (kind: string) => {
          look(kind)();
          return 0;
        },
      },
    };
    await virtual(async () => {
      void createTask(() => pause(5));
      void createTask(() => pause(5));
      mark(String(Math.random()));
      chooseOption("test", 2);
      await pause(10);
      await sleep(10);
    }, options);
    const flow = function* () {
      yield* sleep(1);
      chooseOption("test", 2);
      return Date.now();
    };
    const inside = await run(virtualize(flow), options);
    expect(inside).toBe(946_684_800_001);
    expect([...seen.keys()]).toEqual(expect.arrayContaining(names));
    expect([...seen].filter(([, date]) => !isReal(date))).toEqual([]);
  });

  test("a probe that throws in a step leaves the code of the run what it was", async () => {
    const seen: number[] = [];
    const main = virtual(
      async () => {
        try {
          mark("here");
        } catch {
          seen.push(Date.now());
        }
      },
      {
        probes: [
          {
            mark: () => {
              throw new Error("halt");
            },
          },
        ],
      },
    );
    await expect(main).rejects.toThrow("halt");
    expect(seen).toEqual([946_684_800_000]);
  });

  test("callbacks of the loop, of futures, and what they go on to, are code of the run", async () => {
    const seen: number[] = [];
    const look = (): void => {
      seen.push(Date.now());
      void Promise.resolve().then(() => seen.push(Date.now()));
      queueMicrotask(() => seen.push(Date.now()));
      process.nextTick(() => seen.push(Date.now()));
    };
    await virtual(async () => {
      const loop = getRunningLoop();
      loop.callLater(5, look);
      const future = loop.createFuture<void>();
      future.addDoneCallback(look);
      future.setResult();
      await pause(10);
    });
    const start = 946_684_800_000;
    expect(seen.map((date) => date - start)).toEqual([0, 0, 0, 0, 5, 5, 5, 5]);
  });

  test("code that a run has left behind gets the real ones, in another's step too", async () => {
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    let left: Promise<number> = Promise.resolve(0);
    await virtual(() => {
      left = (async () => {
        await gate;
        return Date.now();
      })();
    });
    await virtual(async () => {
      await pause(5);
      go();
      await pause(5);
    });
    expect(isReal(await left)).toBe(true);
  });

  test("A2.5: code of a run that something real wakes is refused what it calls, and fails the run", async () => {
    let wake = (): void => undefined;
    const main = virtual(async () => {
      void createTask(async () => {
        const saved = Date;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        saved.now();
      });
      await external(async () => {
        await turn();
        wake();
        await turn();
      });
    });
    await expect(main).rejects.toMatchObject({ code: "ERR_OUTSIDE_STEP" });
  });
});

describe("A2.4: what a program puts in the place of a global", () => {
  test("stays for its run and no longer", async () => {
    const before = snapshot();
    const other = (): number => 5;
    const seen = await virtual(
      async () => {
        Date.now = other;
        Reflect.set(globalThis, "setImmediate", other);
        const found: unknown[] = [];
        for (let i = 0; i < 200; i++) {
          await pause(1);
          found.push(Date.now() === 5 && (setImmediate as unknown) === other);
        }
        return found.every(Boolean);
      },
      { drain: "reference" },
    );
    expect(seen).toBe(true);
    expect(changed(before)).toEqual([]);
    expect(await virtual(() => Date.now())).toBe(946_684_800_000);
  });
});

test("an imported binding is the real one outside, and the virtual one inside", async () => {
  expect(importedBefore).toBe(real.imported);
  await virtual(() => {
    expect(importedBefore).not.toBe(real.imported);
    expect(importedBefore).not.toBe(real.setTimeout);
  });
  expect(importedBefore).toBe(real.imported);
});

test("a run within the real world's own fake clock puts that back", async () => {
  const fake = (): number => 77;
  const mine = Reflect.getOwnPropertyDescriptor(Date, "now") as PropertyDescriptor;
  Date.now = fake;
  try {
    let outside = 0;
    await virtual(async () => {
      expect(Date.now()).toBe(946_684_800_000);
      outside = await external(async () => Date.now());
    });
    expect(outside).toBe(77);
    expect(Date.now).toBe(fake);
  } finally {
    Object.defineProperty(Date, "now", mine);
  }
});

test("now() is that of the run", async () => {
  expect(
    await run(
      virtualize(async () => {
        await pause(5);
        return [now(), Date.now() % 1000];
      }),
    ),
  ).toEqual([5, 5]);
});
