import { describe, expect, test, vi } from "vitest";

import {
  coroutine,
  createTask,
  external,
  Loop,
  now,
  run,
  simulate,
  sleep,
  UnhandledRejectionError,
} from "../src/index.ts";
import { runProgram } from "./built.ts";
import { journal } from "./journal.ts";

// before core is loaded, since it keeps the function that it finds then
const ticks = vi.hoisted(() => {
  const name = "_tickCallback";
  const host = process as unknown as Record<typeof name, () => void>;
  const original = host[name].bind(process);
  const count = { calls: 0 };
  host[name] = () => {
    count.calls++;
    original();
  };
  return count;
});

const drains = ["auto", "reference"] as const;
const depths = Array.from({ length: 51 }, (_, depth) => depth);

/** `leaf`, awaited under `depth` async functions. */
async function nested<T>(depth: number, leaf: () => Promise<T>): Promise<T> {
  const value = depth === 0 ? await leaf() : await nested(depth - 1, leaf);
  return value;
}

async function plainAwaits(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

type Pause = () => Promise<unknown>;

const pause: Pause = async () => {
  await sleep(1);
};

/**
 * Three tasks that pause and write down when they go on, each pausing in its own way, beside tasks
 * and callbacks that are due at the same times.
 */
async function courseOf(pauses: readonly Pause[], options: object): Promise<string[]> {
  const log: string[] = [];
  await run(async () => {
    for (const [i, pauseOnce] of pauses.entries()) {
      void createTask(async () => {
        for (let round = 0; round < 3; round++) {
          await pauseOnce();
          log.push(`${now()} task ${i}`);
        }
      });
      void createTask(function* () {
        for (let round = 0; round < 6; round++) {
          yield* sleep(0.5);
          log.push(`${now()} generator ${i}`);
        }
      });
    }
    await sleep(10);
  }, options);
  return log;
}

describe.each(drains)("S4: with drain %s", (drain) => {
  const plain = (): Promise<string[]> => courseOf([pause, pause, pause], { drain });

  test("a sleep goes on at exactly t+1 and in the same order under 0 to 50 async functions", async () => {
    const expected = await plain();
    expect(expected).toHaveLength(27);
    expect(expected.slice(0, 9)).toEqual([
      ...[0, 1, 2].map((i) => `0.5 generator ${i}`),
      ...[0, 1, 2].map((i) => `1 task ${i}`),
      ...[0, 1, 2].map((i) => `1 generator ${i}`),
    ]);
    for (const depth of depths) {
      const deep: Pause = () => nested(depth, pause);
      expect(await courseOf([deep, pause, pause], { drain })).toEqual(expected);
      expect(await courseOf([pause, deep, () => nested(50 - depth, pause)], { drain })).toEqual(
        expected,
      );
    }
  });

  test.each<[string, Pause]>([
    ["Promise.all", () => Promise.all([sleep(1), sleep(1)])],
    [
      "Promise.all of nested functions",
      () => Promise.all([nested(9, pause), nested(3, async () => 1)]),
    ],
    [
      "Promise.race and allSettled",
      () => Promise.race([Promise.allSettled([pause(), pause()]), sleep(2)]),
    ],
    [
      "a chain of then, catch and finally",
      () =>
        pause()
          .then(String)
          .then(() => plainAwaits(2)),
    ],
    [
      "an async iterator",
      async () => {
        for await (const _ of pausing()) await plainAwaits(3);
      },
    ],
    ["an async iterator in an async iterator", () => drawn(relayed(relayed(pausing())))],
    ["a coroutine that an async function awaits", () => coroutine(pause)().toPromise()],
    ["10,000 plain awaits before it", () => plainAwaits(10_000).then(pause)],
    ["10,000 plain awaits after it", () => pause().then(() => plainAwaits(10_000))],
    ["a user's nextTick", () => beside((done) => process.nextTick(done))],
    ["a user's queueMicrotask", () => beside((done) => queueMicrotask(done))],
    ["a user's nextTick in a microtask in a nextTick", () => beside(mixed)],
    ["a user's setImmediate, which nobody awaits", besideImmediates],
  ])("a sleep goes on at exactly t+1 and in the same order with %s", async (_, way) => {
    const expected = await plain();
    expect(await courseOf([way, pause, pause], { drain })).toEqual(expected);
    expect(await courseOf([pause, way, way], { drain })).toEqual(expected);
  });

  test("10,000 plain awaits between a read and a write let no other task in", async () => {
    let count = 0;
    const increment = async (): Promise<void> => {
      const seen = count;
      await plainAwaits(10_000);
      await beside(mixed, () => Promise.resolve());
      count = seen + 1;
    };
    await run(
      async () => {
        const tasks = Array.from({ length: 5 }, () => createTask(increment));
        for (const task of tasks) await task;
      },
      { drain },
    );
    expect(count).toBe(5);
  });

  test("what a callback or a generator lets go on runs before anything else", async () => {
    const log: string[] = [];
    await run(
      async () => {
        const opened: (() => void)[] = [];
        const gate = (): Promise<void> => new Promise((resolve) => opened.push(resolve));
        for (const name of ["first", "second"]) {
          void createTask(async () => {
            await gate();
            await plainAwaits(5);
            log.push(name);
          });
        }
        await sleep(1);
        const loop = createTask(() => undefined).loop;
        loop.callSoon(() => opened[0]?.());
        loop.callSoon(() => log.push("next callback"));
        await sleep(1);
        void createTask(function* () {
          opened[1]?.();
          log.push("generator goes on");
          yield* sleep(0);
          log.push("generator's next step");
        });
        await sleep(1);
      },
      { drain },
    );
    expect(log).toEqual([
      "first",
      "next callback",
      "generator goes on",
      "second",
      "generator's next step",
    ]);
  });

  test("real timers get a turn while a long run goes on", async () => {
    const real = { fired: false };
    setTimeout(() => (real.fired = true), 1);
    const turns = await run(
      async () => {
        let count = 0;
        while (!real.fired && count < 20_000_000) {
          await sleep(1);
          count++;
        }
        return count;
      },
      { drain },
    );
    expect(real.fired).toBe(true);
    expect(turns).toBeLessThan(20_000_000);
  });

  test("a real interval that runs beside it does not change the course of a run", async () => {
    const program = async (): Promise<void> => {
      for (let i = 0; i < 20; i++) {
        void createTask(async () => {
          for (let round = 0; round < 200; round++) {
            await plainAwaits(i);
            await nested(i, () => sleep(i % 3).toPromise());
          }
        });
      }
      await sleep(1000);
    };
    const alone = journal();
    await run(program, { drain, probes: [alone.probe] });
    const real = { beats: 0 };
    const interval = setInterval(() => {
      real.beats++;
      queueMicrotask(() => process.nextTick(() => setImmediate(() => undefined)));
    }, 0);
    const disturbed = journal();
    try {
      while (real.beats < 3) {
        disturbed.lines.length = 0;
        await run(program, { drain, probes: [disturbed.probe] });
      }
    } finally {
      clearInterval(interval);
    }
    expect(disturbed.lines.length).toBeGreaterThan(10_000);
    expect(disturbed.lines.join("\n") === alone.lines.join("\n")).toBe(true);
  });
});

describe.each(drains)("unhandled rejections with drain %s", (drain) => {
  const lost = new Error("lost");

  async function failureOf(main: () => unknown): Promise<UnhandledRejectionError> {
    const result = await simulate(main, { drain });
    expect(result.reason).toBe("error");
    expect(result.outcome?.status).toBe("rejected");
    return (result.outcome as PromiseRejectedResult).reason as UnhandledRejectionError;
  }

  test("S7: a rejection that nobody handles fails the run, with its step and task", async () => {
    let reached = false;
    const failure = await failureOf(async () => {
      await createTask(
        async () => {
          await sleep(3);
          void plainAwaits(4).then(() => Promise.reject(lost));
          await sleep(1);
          reached = true;
        },
        { name: "worker" },
      );
    });
    expect(failure).toBeInstanceOf(UnhandledRejectionError);
    expect(failure).toMatchObject({
      code: "ERR_UNHANDLED_REJECTION",
      time: 3,
      task: "main/worker",
      cause: lost,
    });
    expect(failure.message).toMatch(/main\/worker.*t=3/);
    expect(reached).toBe(false);
  });

  test("S7: one that is handled later in its step is none", async () => {
    const result = await simulate(
      async () => {
        const rejected = Promise.reject(lost);
        await plainAwaits(100);
        return rejected.catch(() => "handled");
      },
      { drain },
    );
    expect(result.outcome).toEqual({ status: "fulfilled", value: "handled" });
  });

  test("S7: one that would be handled in a later step fails the run, as it would fail Node", async () => {
    const failure = await failureOf(async () => {
      const rejected = Promise.reject(lost);
      await sleep(1);
      await rejected.catch(() => "handled too late");
    });
    expect(failure).toMatchObject({ time: 0, task: "main", cause: lost });
  });

  test("S7: one out of a callback belongs to no task", async () => {
    const failure = await failureOf(async () => {
      const { loop } = createTask(() => undefined);
      loop.callLater(2, () => void Promise.reject(lost));
      await sleep(5);
    });
    expect(failure).toMatchObject({ time: 2, task: undefined, cause: lost });
    expect(failure.message).toMatch(/callback/);
  });

  test("run rejects with it", async () => {
    const main = async (): Promise<void> => {
      void Promise.reject(lost);
      await sleep(1);
    };
    await expect(run(main, { drain })).rejects.toMatchObject({ cause: lost });
  });

  test("listeners of unhandledRejection hear nothing of it and stand there afterwards as before", async () => {
    const heard: unknown[] = [];
    const listener = (reason: unknown): void => void heard.push(reason);
    process.on("unhandledRejection", listener);
    process.once("unhandledRejection", listener);
    const before = process.rawListeners("unhandledRejection");
    try {
      await failureOf(async () => {
        void Promise.reject(lost);
        await sleep(1);
      });
      await run(
        async () => {
          for (let i = 0; i < 5000; i++) await sleep(1);
        },
        { drain },
      );
      expect(process.rawListeners("unhandledRejection")).toEqual(before);
      expect(heard).toEqual([]);
    } finally {
      process.removeListener("unhandledRejection", listener);
      process.removeListener("unhandledRejection", listener);
    }
  });
});

describe("the accelerator", () => {
  const program = async (): Promise<void> => {
    for (let i = 0; i < 100; i++) await sleep(1);
  };

  test("is used with drain auto, where the host has it, and never with reference", async () => {
    const before = ticks.calls;
    await run(program, { drain: "reference" });
    expect(ticks.calls).toBe(before);
    await run(program, { drain: "auto" });
    const forced = process.env["TICKLESS_DRAIN"] === "reference";
    expect(ticks.calls - before > 100).toBe(!forced);
  });

  test("gives the events of the reference, in order, for a program that mixes everything", async () => {
    const course = async (drain: "auto" | "reference"): Promise<string> => {
      const { probe, lines } = journal();
      await simulate(mixedProgram, { drain, probes: [probe], until: 100 });
      return lines.join("\n");
    };
    const accelerated = await course("auto");
    expect(accelerated.split("\n").length).toBeGreaterThan(200);
    expect(await course("reference")).toBe(accelerated);
  });
});

describe.each(drains)("a user's nextTick that throws, with drain %s", (drain) => {
  const program = `
    import { createTask, run, sleep } from CORE;
    const log = [];
    const worker = (name) => async () => {
      for (let i = 0; i < 4; i++) {
        await sleep(1);
        log.push(name);
        if (name === "b" && i === 1) process.nextTick(() => { throw new Error("a user's tick"); });
      }
    };
    await run(async () => {
      const tasks = ["a", "b", "c"].map((name) => createTask(worker(name)));
      for (const task of tasks) await task;
    }, { drain: ${JSON.stringify(drain)} });
    await new Promise((resolve) => setTimeout(resolve, 1));
    console.log(log.join(""));
  `;

  test("S4: reaches uncaughtException, and the run goes on in the same order", () => {
    const listen = `process.on("uncaughtException", (error) => console.log("caught: " + error.message));\n`;
    const { status, signal, stdout } = runProgram(listen + program);
    expect(stdout).toBe("caught: a user's tick\nabcabcabcabc\n");
    expect([status, signal]).toEqual([0, null]);
  });

  test("S4.6: of two in one step the run ends in a way that the rule names, and the process goes on", () => {
    const { status, signal, stdout } = runProgram(`
      import { simulate, sleep } from CORE;
      process.on("uncaughtException", () => undefined);
      const { outcome } = await simulate(async () => {
        await sleep(1);
        for (let i = 0; i < 2; i++) process.nextTick(() => { throw new Error("a user's tick"); });
        await sleep(1);
        await sleep(1);
      }, { drain: ${JSON.stringify(drain)} });
      console.log(outcome.reason?.code ?? outcome.status);
    `);
    // Which of them depends on the drain, and on what Node does after the second.
    expect(["ERR_OUTSIDE_STEP", "ERR_DEADLOCK", "fulfilled"]).toContain(stdout.trim());
    expect([status, signal]).toEqual([0, null]);
  });

  test("S4: ends the process with that error if nobody listens, and does not abort it", () => {
    const { status, signal, stderr } = runProgram(program);
    expect(stderr).toMatch(/Error: a user's tick/);
    expect(stderr).not.toMatch(/async hook stack/);
    expect([status, signal]).toEqual([1, null]);
  });
});

async function* pausing(): AsyncGenerator<number> {
  yield 1;
  await nested(4, pause);
  yield 2;
}

async function* relayed(source: AsyncIterable<number>): AsyncGenerator<number> {
  for await (const item of source) {
    await plainAwaits(2);
    yield item;
  }
}

async function drawn(source: AsyncIterable<number>): Promise<number[]> {
  const items: number[] = [];
  for await (const item of source) items.push(item);
  return items;
}

/** Pauses, and before and after awaits what `schedule` settles, a few awaits deep. */
async function beside(schedule: (done: () => void) => void, middle: Pause = pause): Promise<void> {
  const settled = (): Promise<void> => new Promise((resolve) => schedule(resolve));
  await plainAwaits(3);
  await nested(3, settled);
  await middle();
  await plainAwaits(2);
  await nested(2, settled);
}

function mixed(done: () => void): void {
  process.nextTick(() => queueMicrotask(() => process.nextTick(() => queueMicrotask(done))));
}

async function besideImmediates(): Promise<void> {
  await plainAwaits(3);
  setImmediate(() => void plainAwaits(3));
  await pause();
  await plainAwaits(3);
  setImmediate(() => process.nextTick(() => undefined));
}

async function mixedProgram(): Promise<void> {
  const { loop } = createTask(() => undefined);
  for (let i = 0; i < 5; i++) {
    void createTask(async () => {
      for (let round = 0; round < 5; round++) {
        await nested(i, () => sleep(loop.random(`stream ${i}`).int(0, 4)).toPromise());
        await beside(mixed);
      }
    });
    void createTask(function* () {
      const future = loop.createFuture<number>();
      loop.callLater(i, () => future.setResult(i));
      yield* future;
      yield* coroutine(() => beside(mixed))();
    });
  }
  await external(async () => 1);
  await sleep(20);
  await new Loop().run().catch(() => undefined);
}
