// A2: after any run, however it ends, every global and every export of Node's modules is what it was.
import {
  createTask,
  DeadlockError,
  getRunningLoop,
  run,
  type RunOptions,
  runSync,
  simulate,
  simulateSync,
  sleep,
} from "@tickless/core";
import type { Policy, Probe } from "@tickless/core/kit";
import { record, replay } from "@tickless/trace";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { virtualize } from "../src/index.ts";
import { changedSince, surface } from "./surface.ts";
import { day, pause } from "./virtual.ts";

// What Node itself loads when it is first looked at is there from now on.
surface();
let before: ReadonlyMap<string, unknown>;
beforeEach(() => {
  before = surface();
});
afterEach(() => {
  // oxlint-disable-next-line no-standalone-expect -- this is what every test is for
  expect(changedSince(before)).toEqual([]);
});

const failing = async (): Promise<void> => {
  await pause(5);
  throw new Error("main");
};
const endless = async (): Promise<void> => {
  for (;;) await pause(5);
};
/** How a run went wrong: the message, or that it went well. */
const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "fine",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
/** Real time goes by, in which what a run has left behind would do something. */
const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => void setImmediate(resolve));
};

test("the surface shows a run: in it much is changed, and between its slices nothing", async () => {
  const inside: string[][] = [];
  const main = virtualize(async () => {
    inside.push(changedSince(before));
    await pause(day);
    inside.push(changedSince(before));
  });
  const end = run(main);
  expect(changedSince(before)).toEqual([]);
  await end;
  expect(inside[1]).toEqual(inside[0]);
  for (const name of [
    "globalThis.setTimeout value",
    "globalThis.Date value",
    "performance.now value",
    "Math.random value",
    "require timers.setTimeout value",
    "import timers.setTimeout",
    "import timers/promises.setTimeout",
    "import crypto.randomBytes",
  ]) {
    expect(inside[0]).toContain(name);
  }
});

describe.each(["auto", "reference"] as const)("A2: with drain %s", (drain) => {
  const options: RunOptions = { drain, log: () => undefined };
  const go = (main: () => unknown, more: RunOptions = {}): Promise<string> =>
    messageOf(run(virtualize(main) as () => Promise<unknown>, { ...options, ...more }));

  test("a run that passes", async () => {
    expect(await go(() => pause(day))).toBe("fine");
  });

  test("a main that throws, after a wait and at once", async () => {
    expect(await go(failing)).toBe("main");
    const atOnce = (): never => {
      throw new Error("at once");
    };
    expect(await go(atOnce)).toBe("at once");
  });

  test("a deadlock", async () => {
    const main = virtualize(() => new Promise(() => undefined));
    await expect(run(main, options)).rejects.toThrow(DeadlockError);
  });

  test("`until`, with timers left", async () => {
    const result = await simulate(virtualize(endless), { ...options, until: 1000 });
    expect([result.reason, result.now]).toEqual(["until", 1000]);
  });

  test("a limit of steps", async () => {
    expect(await go(endless, { maxSteps: 50 })).toContain("50");
    const result = await simulate(virtualize(endless), { ...options, maxSteps: 50 });
    expect(result.reason).toBe("limit");
  });

  test("too many steps at one instant", async () => {
    const main = async (): Promise<void> => {
      for (;;) await sleep(0);
    };
    expect(await go(main, { maxStepsPerInstant: 50 })).not.toBe("fine");
  });

  test("a callback of a timer that throws", async () => {
    const main = async (): Promise<void> => {
      setTimeout(() => {
        throw new Error("callback");
      }, 5);
      await pause(day);
    };
    expect(await go(main)).toBe("callback");
  });

  test("an immediate that throws, an interval that is left", async () => {
    const main = async (): Promise<void> => {
      setInterval(() => undefined, 1);
      await pause(5);
      setImmediate(() => {
        throw new Error("immediate");
      });
      await pause(day);
    };
    expect(await go(main)).toBe("immediate");
    await turns();
  });

  test("a promise that is rejected, and nobody looks", async () => {
    const main = async (): Promise<void> => {
      void Promise.reject(new Error("nobody"));
      await pause(5);
    };
    expect(await go(main)).not.toBe("fine");
  });

  test("a task that fails, and one that is cancelled at the end", async () => {
    const main = async (): Promise<void> => {
      void createTask(endless);
      await createTask(failing);
    };
    expect(await go(main)).toBe("main");
  });

  test.each(["arm", "callback", "time", "name", "end"] as const)(
    "a probe that throws in %s",
    async (at) => {
      let told = 0;
      const probe: Probe = {
        [at]: () => {
          if (at === "end" || ++told === 3) throw new Error(`probe ${at}`);
        },
      };
      const main = async (): Promise<void> => {
        for (let i = 0; i < 5; i++) await pause(1);
      };
      expect(await go(main, { probes: [probe] })).toContain(`probe ${at}`);
    },
  );

  test("a policy that throws", async () => {
    const policy: Policy = {
      choose: () => {
        throw new Error("policy");
      },
    };
    const main = (): Promise<unknown> => Promise.all([pause(1), pause(1)]);
    expect(await go(main, { policy })).toContain("policy");
  });

  test("stop, and a signal that aborts", async () => {
    const stopping = async (): Promise<void> => {
      getRunningLoop().stop();
      await pause(5);
    };
    expect(await go(stopping)).not.toBe("fine");
    const control = new AbortController();
    const main = async (): Promise<void> => {
      setTimeout(() => control.abort(), 10);
      await sleep(day);
    };
    expect(await go(main, { signal: control.signal })).not.toBe("fine");
  });

  test("a recording, and its replay", async () => {
    const main = virtualize(async () => {
      await pause(5);
      return Date.now();
    });
    const { trace } = await record(main, options);
    expect((await replay(trace, main)).same).toBe(true);
    expect((await replay(trace, virtualize(endless), { force: true })).same).toBe(false);
  });

  test("globals that the program changes itself are changed for the run alone", async () => {
    const main = async (): Promise<number> => {
      const mine = (() => 4) as typeof Math.random;
      Math.random = mine;
      await pause(5);
      return Math.random === mine ? Math.random() : -1;
    };
    expect(await run(virtualize(main), options)).toBe(4);
  });
});

describe("A2: under runSync", () => {
  test("a run that passes, one that fails, and one without hope", () => {
    const passing = virtualize(function* () {
      yield* sleep(5);
      return Date.now();
    });
    expect(runSync(passing)).toBe(Date.UTC(2000, 0, 1) + 5);
    const throwing = virtualize(function* () {
      yield* sleep(5);
      throw new Error("main");
    });
    expect(() => runSync(throwing)).toThrow("main");
    const waiting = virtualize(function* () {
      yield* getRunningLoop().createFuture<void>();
    });
    expect(() => runSync(waiting)).toThrow(DeadlockError);
    expect(simulateSync(waiting).reason).toBe("deadlock");
  });
});

// The program is TypeScript, which Node.js 20 cannot run.
test.skipIf(process.features.typescript !== "strip").each(["auto", "reference"])(
  "A2: an exception of a nextTick or microtask that was saved before the run, with drain %s",
  (drain) => {
    const program = fileURLToPath(new URL("programs/crash.ts", import.meta.url));
    const output = execFileSync(
      process.execPath,
      ["--conditions=@tickless/source", program, drain],
      {
        encoding: "utf8",
        env: { ...process.env, NODE_OPTIONS: "" },
      },
    );
    expect(output).toBe("");
  },
);

describe("A2: others see nothing of a run", () => {
  test("two runs at the same time have each its own clock", async () => {
    const log: string[] = [];
    const clock = (name: string, stepMs: number, startDate: string) =>
      virtualize(
        async () => {
          for (let i = 0; i < 200; i++) {
            await pause(stepMs);
            const wrong = Date.now() !== Date.parse(startDate) + (i + 1) * stepMs;
            if (wrong) log.push(`${name} is wrong`);
          }
          log.push(`${name} ${new Date().toISOString()}`);
        },
        { startDate },
      );
    await Promise.all([
      run(clock("a", 1000, "2001-01-01T00:00:00Z"), { drain: "reference" }),
      run(clock("b", 7, "2002-01-01T00:00:00Z"), { drain: "reference" }),
      run(clock("c", 60_000, "2003-01-01T00:00:00Z")),
    ]);
    expect(log.toSorted()).toEqual([
      "a 2001-01-01T00:03:20.000Z",
      "b 2002-01-01T00:00:01.400Z",
      "c 2003-01-01T03:20:00.000Z",
    ]);
  });

  test("each of them is as if alone: the fingerprints are the same", async () => {
    const main = virtualize(async () => {
      for (let i = 0; i < 50; i++) await pause(Math.random() * 100);
      return [Date.now(), crypto.randomUUID()];
    });
    const alone = await record(main, { seed: 1 });
    const together = await Promise.all([1, 2, 1].map((seed) => record(main, { seed })));
    expect(together.map(({ fingerprint }) => fingerprint === alone.fingerprint)).toEqual([
      true,
      false,
      true,
    ]);
  });

  test("code outside has the real globals while a run is going on", async () => {
    const seen: unknown[] = [];
    const watch = { over: false };
    const outside = (async () => {
      while (!watch.over) {
        seen.push(...changedSince(before), Date.now() < Date.UTC(2020));
        await new Promise((resolve) => void setImmediate(resolve));
      }
    })();
    await run(
      virtualize(async () => {
        for (let i = 0; i < 3000; i++) await pause(1000);
      }),
      { drain: "reference" },
    );
    watch.over = true;
    await outside;
    expect(seen.length).toBeGreaterThan(10);
    expect(new Set(seen)).toEqual(new Set([false]));
  });

  test("also where a promise of the run lets it go on, in the middle of a step", async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => void (release = resolve));
    const outside = (async () => {
      await released;
      return [Date.now() > Date.UTC(2020), performance.now() > 0, Math.random() === Math.random()];
    })();
    const inside = await run(
      virtualize(async () => {
        await pause(5);
        release();
        await pause(5);
        return Date.now();
      }),
    );
    expect(inside).toBe(Date.UTC(2000, 0, 1) + 10);
    expect(await outside).toEqual([true, true, false]);
  });
});
