import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";

import {
  coroutine,
  createTask,
  currentTask,
  external,
  getRunningLoop,
  isCancelled,
  Loop,
  now,
  run,
  runSync,
  simulate,
  simulateSync,
  sleep,
  timeout,
  TimeoutError,
} from "../src/index.ts";
import { dist, runProgram } from "./built.ts";
import { journal } from "./journal.ts";
import { kinds, wait } from "./kinds.ts";

const drains = ["auto", "reference"] as const;

/** A plain promise and what resolves it. */
function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: ((value: T) => void) | undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve: (value) => resolve?.(value) };
}

/** A queue as libraries write it: no more than promises. */
class PromiseQueue<T> {
  readonly #items: T[] = [];
  readonly #getters: ((item: T) => void)[] = [];

  put(item: T): void {
    const getter = this.#getters.shift();
    if (getter === undefined) this.#items.push(item);
    else getter(item);
  }

  async get(): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return item;
    return new Promise((resolve) => this.#getters.push(resolve));
  }
}

const path = (): string | undefined => currentTask()?.path;

describe.each(drains)("S4 identity, with drain %s", (drain) => {
  test("a task that awaits a deferred goes on as itself, whoever resolved it", async () => {
    const seen: (string | undefined)[] = [];
    const gate = deferred<string>();
    const awaits = async (): Promise<void> => {
      await gate.promise;
      seen.push(path());
      await Promise.resolve();
      seen.push(path());
      await sleep(1);
      seen.push(path());
    };
    const resolves = async (): Promise<void> => {
      gate.resolve("go");
      await Promise.resolve();
      seen.push(path());
      await sleep(2);
      seen.push(path());
    };
    await run(
      async () => {
        const a = createTask(awaits, { name: "a" });
        await sleep(1);
        await createTask(resolves, { name: "b" });
        await a;
      },
      { drain },
    );
    expect(seen).toEqual(["main/a", "main/b", "main/a", "main/a", "main/b"]);
  });

  test("its next wait is its own: probes and names say so", async () => {
    const gate = deferred<void>();
    const { probe, lines } = journal();
    await run(
      async () => {
        const a = createTask(
          async () => {
            await gate.promise;
            await sleep(7);
            return createTask(() => undefined).path;
          },
          { name: "a" },
        );
        await createTask(() => gate.resolve(), { name: "b" });
        expect(await a).toBe("main/a/1");
      },
      { drain, probes: [probe] },
    );
    const idOfA = lines.find((line) => line.endsWith(" task a"))?.split(" ")[3];
    const sleeps = lines.filter((line) => line.includes(" sleep ")).map((line) => line.split(" "));
    expect(sleeps.map(([kind, , , task]) => [kind, task])).toEqual([["wait", idOfA]]);
  });

  test("its time-out is its own, and so is that of who resolved what it awaited", async () => {
    const gate = deferred<void>();
    const log: string[] = [];
    const limited =
      (name: string, limit: number, first: () => Promise<void> | void) => async () => {
        try {
          await timeout(limit, async () => {
            await first();
            await sleep(100);
          });
        } catch (error) {
          log.push(`${name} ${error instanceof TimeoutError} at ${now()}`);
        }
      };
    await run(
      async () => {
        const a = createTask(limited("a", 20, () => gate.promise));
        const b = createTask(limited("b", 10, () => gate.resolve()));
        await a;
        await b;
      },
      { drain },
    );
    expect(log).toEqual(["b true at 10", "a true at 20"]);
  });

  test("its cancellation is its own", async () => {
    const gates = [deferred<void>(), deferred<void>()] as const;
    const log: string[] = [];
    const sleeper = (name: string, first: () => Promise<void> | void) => async () => {
      try {
        await first();
        await sleep(100);
        log.push(`${name} slept`);
      } catch (error) {
        log.push(`${name} cancelled ${isCancelled(error)} at ${now()}`);
        throw error;
      }
    };
    await run(
      async () => {
        const awaits = gates.map((gate, i) => createTask(sleeper(`a${i}`, () => gate.promise)));
        const resolves = gates.map((gate, i) => createTask(sleeper(`b${i}`, () => gate.resolve())));
        await sleep(5);
        awaits[0]?.cancel();
        resolves[1]?.cancel();
        await sleep(200);
        expect(awaits.map((task) => task.cancelled())).toEqual([true, false]);
        expect(resolves.map((task) => task.cancelled())).toEqual([false, true]);
      },
      { drain },
    );
    expect(log).toEqual([
      "a0 cancelled true at 5",
      "b1 cancelled true at 5",
      "b0 slept",
      "a1 slept",
    ]);
  });

  test("tasks that meet in a queue made of promises stay themselves", async () => {
    const queue = new PromiseQueue<number>();
    const seen: string[] = [];
    const consume = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        const item = await queue.get();
        seen.push(`${path()} ${item}`);
        await sleep(0);
        seen.push(`${path()} goes on`);
      }
    };
    const produce = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        queue.put(i);
        seen.push(`${path()} put ${i}`);
        await sleep(1);
      }
    };
    await run(
      async () => {
        const consumer = createTask(consume, { name: "consumer" });
        await createTask(produce, { name: "producer" });
        await consumer;
      },
      { drain },
    );
    expect(seen).toHaveLength(9);
    for (const line of seen) {
      expect(line).toMatch(/put/.test(line) ? /^main\/producer/ : /^main\/consumer/);
    }
  });

  test("a generator that waits for an async coroutine goes on as itself", async () => {
    const gate = deferred<string>();
    const seen: (string | undefined)[] = [];
    await run(
      async () => {
        const a = createTask(
          function* () {
            seen.push(yield* coroutine(() => gate.promise)());
            seen.push(path());
            yield* sleep(1);
            seen.push(path());
            return createTask(() => undefined).path;
          },
          { name: "a" },
        );
        await createTask(
          function* () {
            yield* sleep(1);
            gate.resolve("go");
            seen.push(path());
            yield* sleep(3);
            seen.push(path());
          },
          { name: "b" },
        );
        expect(await a).toBe("main/a/1");
      },
      { drain },
    );
    expect(seen).toEqual(["main/b", "go", "main/a", "main/a", "main/b"]);
  });

  test("in callbacks, and in what they await, there is no current task", async () => {
    const seen: unknown[] = [];
    const note = async (): Promise<void> => {
      seen.push(currentTask());
      await Promise.resolve();
      seen.push(currentTask());
    };
    await run(
      async () => {
        const loop = getRunningLoop();
        loop.callSoon(() => void note());
        loop.callLater(1, () => void note());
        const future = loop.createFuture<void>();
        future.addDoneCallback(() => void note());
        future.setResult();
        await sleep(2);
      },
      { drain },
    );
    expect(seen).toEqual([null, null, null, null, null, null]);
  });

  test("a callback cannot wait, and says to make a task", async () => {
    const errors: unknown[] = [];
    await run(
      async () => {
        getRunningLoop().callSoon(
          () =>
            void sleep(1)
              .toPromise()
              .catch((error) => errors.push(error)),
        );
        await sleep(1);
      },
      { drain },
    );
    expect(errors).toEqual([expect.objectContaining({ code: "ERR_NO_TASK" })]);
    expect(String(errors[0])).toMatch(/createTask/);
  });
});

async function busy(loop: Loop, name: string): Promise<void> {
  for (let round = 0; round < 30; round++) {
    await Promise.resolve();
    await sleep(loop.random(name).int(0, 5));
  }
}

/** A program of tasks, timers, draws and plain awaits. */
async function program(): Promise<void> {
  const loop = getRunningLoop();
  const tasks = ["a", "b", "c"].map((name) => createTask(() => busy(loop, name), { name }));
  loop.callLater(3, () => tasks[1]?.cancel());
  const generator = createTask(function* () {
    for (let round = 0; round < 40; round++) yield* sleep(1);
  });
  await Promise.allSettled([...tasks, generator].map((task) => task.toPromise()));
}

describe.each(drains)("S12: two loops do not meet, with drain %s", (drain) => {
  async function courseOf(seed: string): Promise<string> {
    const { probe, lines } = journal();
    await run(program, { drain, seed, probes: [probe] });
    return lines.join("\n");
  }

  test("simulations at the same time behave as each alone", async () => {
    const seeds = ["x", "y", "z"];
    const alone: string[] = [];
    for (const seed of seeds) alone.push(await courseOf(seed));
    expect(new Set(alone).size).toBe(3);
    expect(await Promise.all(seeds.map(courseOf))).toEqual(alone);
    expect(await Promise.all(seeds.toReversed().map(courseOf))).toEqual(alone.toReversed());
  });

  test("also when one of them waits for something real", async () => {
    const alone = await courseOf("x");
    const real = run(
      async () => {
        for (let i = 0; i < 5; i++) {
          await external(() => new Promise((resolve) => setTimeout(resolve, 1, i)));
          await sleep(1);
        }
        return now();
      },
      { drain },
    );
    const courses: string[] = [];
    for (let i = 0; i < 3; i++) courses.push(await courseOf("x"));
    expect(await real).toBe(5);
    expect(new Set([...courses, alone]).size).toBe(1);
  });

  test("code that awaits a run goes on in no loop, while another run goes on", async () => {
    const seen: unknown[] = [];
    const long = run(
      async () => {
        for (let i = 0; i < 20_000; i++) await sleep(1);
        return "end";
      },
      { drain },
    );
    for (let i = 0; i < 3; i++) {
      await run(() => sleep(1), { drain });
      seen.push(currentTask());
      expect(() => now()).toThrow(expect.objectContaining({ code: "ERR_NO_RUNNING_LOOP" }));
    }
    seen.push(runSync(() => "a sync run fits between"));
    expect(seen).toEqual([null, null, null, "a sync run fits between"]);
    expect(await long).toBe("end");
  });

  test("a run in a step of another is an error that says what to write", async () => {
    const inStep = expect.objectContaining({ code: "ERR_RUN_IN_STEP" });
    await run(
      async () => {
        await expect(run(program)).rejects.toEqual(inStep);
        await expect(simulate(program)).rejects.toEqual(inStep);
        await expect(new Loop().run()).rejects.toEqual(inStep);
        expect(() => runSync(() => 1)).toThrow(inStep);
        expect(() => simulateSync(() => 1)).toThrow(/createTask\(main\)/);
        await sleep(1);
        expect(() => runSync(() => 1)).toThrow(inStep);
      },
      { drain },
    );
  });

  test("a future of another loop is refused by name", async () => {
    const other = new Loop();
    const foreign = other.createFuture<number>({ name: "theirs" });
    const refused = run(() => foreign, { drain });
    await expect(refused).rejects.toMatchObject({ code: "ERR_OTHER_LOOP" });
    await expect(refused).rejects.toThrow(/`theirs`.*inside the main/);
  });

  test.each(kinds)("two runs of $kind bodies, one after the other, are equal", async ({ of }) => {
    const main = of(function* () {
      for (let i = 0; i < 5; i++) yield* wait(sleep(getRunningLoop().random("r").int(1, 9)));
      return now();
    });
    expect(await run(main, { drain })).toBe(await run(main, { drain }));
  });
});

test("S12: a second copy of core in one process is refused, with both paths", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "tickless-copy-")));
  try {
    const copy = join(folder, "dist");
    cpSync(dist, copy, { recursive: true });
    cpSync(join(dist, "../package.json"), join(folder, "package.json"));
    symlinkSync(join(dist, "../node_modules"), join(folder, "node_modules"), "dir");
    const second = pathToFileURL(join(copy, "index.js")).href;
    const { stdout, stderr, status } = runProgram(`
      import { run } from CORE;
      await run(async () => 1);
      const error = await import(${JSON.stringify(second)}).catch((error) => error);
      console.log(error.code);
      console.log(error.message);
    `);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ERR_SECOND_COPY\n/);
    expect(stdout).toContain(pathToFileURL(join(realpathSync(dist), "context.js")).href);
    expect(stdout).toContain(pathToFileURL(join(copy, "context.js")).href);
    expect(fileURLToPath(second)).toContain(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
