import { readFileSync } from "node:fs";
import {
  coroutine,
  createTask,
  DeadlockError,
  external,
  type Future,
  gather,
  getRunningLoop,
  Loop,
  run,
  runSync,
  simulate,
  simulateSync,
  sleep,
  timeout,
} from "@tickless/core";
import { afterEach, describe, expect, test, vi } from "vitest";
import { runProgram } from "./built.ts";
import { journal } from "./journal.ts";
import { kinds, wait } from "./kinds.ts";
import { lastInFirstOut, randomPolicy } from "./policies.ts";

const source = readFileSync(import.meta.filename, "utf8").split("\n");

/** What a frame in the line of this file says that has the comment `mark`. */
function at(mark: string): unknown {
  const line = source.findIndex((text) => text.includes(`// ${mark}`)) + 1;
  if (line === 0) throw new Error(`No line of this file has // ${mark}`);
  return expect.stringMatching(new RegExp(`debug\\.test\\.ts:${line}:`)) as unknown;
}

/** That a text has the frames `marks` one below the other, and none of Tickless's own. */
function shows(text: string | undefined, ...marks: string[]): void {
  const frames = (text ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  expect(frames.slice(0, marks.length)).toEqual(marks.map(at));
  expect(frames.filter((frame) => /packages\/core\/src|node:/.test(frame))).toEqual([]);
}

/** A log to be given to a run, with what came into it. */
function logged(): { readonly messages: string[]; readonly log: (message: string) => void } {
  const messages: string[] = [];
  return { messages, log: (message) => void messages.push(message) };
}

async function errorOf(running: Promise<unknown>): Promise<Error> {
  return running.then(
    () => expect.unreachable("it should have failed"),
    (error: unknown) => error as Error,
  );
}

async function failsBesideOthers(): Promise<never> {
  void createTask(() => sleep(10));
  await sleep(1);
  return fails();
}

const realTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

async function fails(): Promise<never> {
  throw new Error("unseen");
}

const never = (): Promise<never> => new Promise(() => undefined);

describe("where a task waits (DEBUG-03)", () => {
  async function wheresOf(main: () => unknown): Promise<readonly (readonly string[])[]> {
    const error = await errorOf(
      run(main, { debug: true, slowStepMs: Infinity, log: () => undefined }),
    );
    expect(error).toBeInstanceOf(DeadlockError);
    const { blocked } = error as DeadlockError;
    return blocked.flatMap(({ waits }) => waits.map(({ where = [] }) => where));
  }

  const reply = (): Future<void> => getRunningLoop().createFuture<void>();

  test("an async function: every function that awaits, innermost first", async () => {
    async function inner(): Promise<void> {
      await sleep(1);
      await reply(); // inner awaits
    }
    async function outer(): Promise<void> {
      await Promise.all([inner(), sleep(2)]); // outer awaits
    }
    const [where] = await wheresOf(() => outer());
    expect(where).toEqual([at("inner awaits"), expect.anything(), at("outer awaits")]);
    expect(where?.[1]).toContain("Promise.all");
  });

  test("a generator: every function that hands through, innermost first", async () => {
    function* inner() {
      yield* sleep(1);
      yield* reply(); // inner yields
    }
    const [where] = await wheresOf(function* () {
      yield* inner(); // outer yields
    });
    expect(where).toEqual([at("inner yields"), at("outer yields")]);
  });

  test("a coroutine that was made earlier: where it is awaited, not where it was made", async () => {
    const [where] = await wheresOf(async () => {
      const made = coroutine(() => reply())();
      await made; // awaited later
    });
    expect(where).toContainEqual(at("awaited later"));
  });

  test("a generator that an async function awaits: through both", async () => {
    const flow = coroutine(function* () {
      yield* sleep(1);
      yield* reply(); // in the flow
    });
    async function main(): Promise<void> {
      await sleep(1);
      await flow(); // around the flow
    }
    const [where] = await wheresOf(main);
    expect(where).toEqual([at("in the flow"), at("around the flow")]);
  });

  test("an async function in a generator that an async function awaits: through all", async () => {
    const inner = coroutine(async () => {
      await sleep(1);
      await reply(); // at the bottom
    });
    const flow = coroutine(function* () {
      yield* inner(); // within the flow
    });
    async function main(): Promise<void> {
      await sleep(1);
      await flow(); // above the flow
    }
    const [where] = await wheresOf(main);
    expect(where).toEqual([at("at the bottom"), at("within the flow"), at("above the flow")]);
  });

  test("a block of an async function: through the block", async () => {
    async function main(): Promise<void> {
      await timeout(null, async () => {
        await sleep(1);
        await reply(); // in the block
      });
    }
    const [where] = await wheresOf(main);
    expect(where?.[0]).toEqual(at("in the block"));
    expect(where).toHaveLength(2);
  });

  test("what Promise.race has begun: where it was made", async () => {
    const [where] = await wheresOf(async () => {
      const long = gather([() => never()]);
      await Promise.race([long, coroutine(() => reply())()]); // raced
    });
    expect(where).toBeDefined();
  });
});

describe("errors", () => {
  for (const debug of [true, false]) {
    test(`S8: have the same message, with the place in the stack; debug: ${debug}`, async () => {
      const error = await errorOf(
        run(
          async () => {
            const task = createTask(async () => {
              await sleep(50); // is cancelled
            });
            await sleep(1);
            task.cancel("why");
            await task;
          },
          { debug },
        ),
      );
      expect(error.message).toBe("why");
      const frames = (error.stack ?? "")
        .split("\n")
        .filter((line) => line.includes("debug.test.ts"));
      expect(frames).toEqual(debug ? [at("is cancelled")] : []);
    });
  }

  test("a TimeoutError shows where the block is, and its cause where the body waited", async () => {
    const error = await errorOf(
      run(
        async () => {
          await timeout(5, async () => {
            await sleep(10); // too long
          });
        },
        { debug: true },
      ),
    );
    expect(error.message).toBe("The block did not end within 5 ms (now t=5 ms).");
    expect(error.stack).toMatch(/^TimeoutError: The block.*\n {4}at .*debug\.test\.ts/);
    shows((error.cause as Error).stack, "too long");
  });

  test("a LimitError tells where its task had waited (S7.10)", async () => {
    const error = await errorOf(
      run(
        async () => {
          for (;;) await sleep(0); // spins
        },
        { debug: true, maxSteps: 10 },
      ),
    );
    expect(error.message).toMatch(/The run has taken 10 steps.*\n\n`main` had last waited\n/);
    shows(error.message, "spins");
  });

  test("a task that goes on outside the run: where it had waited last (S7.9)", async () => {
    let happen!: () => void;
    const event = new Promise<void>((resolve) => (happen = resolve));
    const error = await errorOf(
      run(
        async () => {
          void createTask(
            async () => {
              await sleep(1); // last wait
              await event;
              await sleep(1);
            },
            { name: "unwrapped" },
          );
          await sleep(2);
          await external(async () => {
            await realTurn();
            happen();
            await realTurn();
          });
        },
        { debug: true, slowStepMs: Infinity, log: () => undefined },
      ),
    );
    expect(error).toMatchObject({ code: "ERR_OUTSIDE_STEP" });
    shows(error.message, "last wait");
  });

  test("a deadlock: where each waits and was created, and where one awaits what is not of the loop", async () => {
    const error = await errorOf(
      run(
        async () => {
          void createTask(
            async () => {
              await sleep(1); // before the promise
              await never();
            },
            { name: "lost" }, // lost
          );
          const reply = getRunningLoop().createFuture({ name: "reply" });
          const waitsForEver = async (): Promise<void> => {
            await reply; // for ever
          };
          for (let i = 0; i < 5; i++) {
            void createTask(waitsForEver); // five
          }
          await reply; // main waits
        },
        { debug: true },
      ),
    );
    const lines = error.message.split("\n").slice(2);
    const frame = expect.stringMatching(/^ {6}at /) as unknown;
    expect(lines).toEqual([
      "  `main` waits for future `main/reply`, since t=0 ms",
      at("main waits"),
      "    created",
      frame,
      "  `main/lost` awaits a promise that the loop does not own",
      "    after a wait that ended",
      at("before the promise"),
      "    created",
      frame,
      "  `main/1`, `main/2` … `main/5` (5 tasks) wait for future `main/reply`, since t=0 ms",
      at("for ever"),
      "    created",
      at("five"),
      "",
      expect.stringMatching(/^ {2}A promise that/),
      expect.anything(),
      expect.anything(),
    ]);
  });
});

describe("reports", () => {
  test("a coroutine that nobody awaited: where it was made", async () => {
    const { messages, log } = logged();
    await run(
      async () => {
        void sleep(5); // forgotten
      },
      { debug: true, slowStepMs: Infinity, log },
    );
    expect(messages).toEqual([expect.stringMatching(/^sleep\(5\) was never awaited/)]);
    shows(messages[0], "forgotten");
  });

  test("of very many coroutines that nobody awaited: of the first twenty, and how many there are", async () => {
    const { messages, log } = logged();
    await run(
      async () => {
        for (let i = 0; i < 1000; i++) void sleep(i);
      },
      { debug: true, log, slowStepMs: Infinity },
    );
    expect(messages).toHaveLength(21);
    expect(messages[19]).toMatch(/^sleep\(19\) was never awaited/);
    expect(messages[20]).toBe("… and 980 more coroutines that were never awaited.");
  });

  test("an exception out of a callback: where the callback was scheduled", async () => {
    const wheres: (string | undefined)[] = [];
    const boom = (): never => {
      throw new Error("boom");
    };
    await run(
      async () => {
        const loop = getRunningLoop();
        loop.callSoon(boom); // soon
        loop.callLater(1, boom); // later
        const future = loop.createFuture<void>();
        future.addDoneCallback(boom); // when done
        future.setResult();
        await sleep(2);
      },
      { debug: true, exceptionHandler: (_, { where }) => void wheres.push(where) },
    );
    expect(wheres).toHaveLength(3);
    shows(wheres[0], "soon");
    shows(wheres[1], "when done");
    shows(wheres[2], "later");
  });

  test("an exception that nobody looked at: where its task or future was created (FUT-09)", async () => {
    const { messages, log } = logged();
    await run(
      async () => {
        void createTask(fails); // task
        const future = getRunningLoop().createFuture(); // future
        future.setException(new Error("unseen"));
        await sleep(1);
      },
      { debug: true, slowStepMs: Infinity, log },
    );
    expect(messages).toHaveLength(2);
    shows(messages[0]?.split("It was created")[1], "future");
    shows(messages[1]?.split("It was created")[1], "task");
  });

  test("a swallowed cancellation: where the task waited when it was cancelled", async () => {
    const { messages, log } = logged();
    await run(
      async () => {
        const task = createTask(async () => {
          try {
            await sleep(10); // cancelled here
          } catch {
            await sleep(1);
          }
        });
        await sleep(1);
        task.cancel();
        await task;
      },
      { debug: true, slowStepMs: Infinity, log },
    );
    expect(messages).toHaveLength(1);
    shows(messages[0], "cancelled here");
  });

  test("waits left behind: where they were begun (S13.15)", async () => {
    const { messages, log } = logged();
    await run(
      async () => {
        await createTask(async () => {
          await Promise.race([sleep(1), sleep(50)]); // a race
        });
      },
      { debug: true, slowStepMs: Infinity, log },
    );
    expect(messages).toEqual([expect.stringContaining("sleep(50) was begun")]);
    shows(messages[0], "a race");
  });

  test("tasks that have not ended when the loop is closed: what they wait for and where", async () => {
    const { messages, log } = logged();
    const result = await simulate(
      async () => {
        void createTask(
          async () => {
            await sleep(100); // pending
          },
          { name: "server" }, // made
        );
        await sleep(1);
      },
      { debug: true, slowStepMs: Infinity, log },
    );
    expect(result.pending).toEqual(["main/server"]);
    expect(messages).toHaveLength(1);
    const [first, second] = messages[0]?.split("\n") ?? [];
    expect(first).toBe("When the loop was closed, at t=1 ms, 1 task had not ended:");
    expect(second).toBe("  `main/server` waits for sleep, since t=0 ms, until t=100 ms");
    shows(messages[0], "pending");
  });

  test.each([
    ["a deadlock has told of them", never],
    ["the run has failed", failsBesideOthers],
  ])("tasks that have not ended are not reported twice: %s", async (_, main) => {
    const { messages, log } = logged();
    const result = await simulate(main, { debug: true, slowStepMs: Infinity, log });
    expect(result.outcome?.status).toBe("rejected");
    expect(messages).toEqual([]);
  });

  test("nobody but the log learns of them, and a log that throws fails the run", async () => {
    const told: string[] = [];
    const options = {
      debug: true,
      log: (message: string) => {
        throw new Error(`no log for ${message.slice(0, 5)}`);
      },
      exceptionHandler: (_: Loop, { message }: { message: string }) => void told.push(message),
    };
    const error = await errorOf(
      run(async () => {
        await createTask(() => Promise.race([sleep(1), sleep(50)]));
        await sleep(1);
      }, options),
    );
    expect([error.message, told]).toEqual(["no log for Task ", []]);
  });
});

describe("slow steps (DEBUG-01)", () => {
  const steps = async (): Promise<void> => {
    const loop = getRunningLoop();
    loop.callSoon(function tick() {}); // tick
    void createTask(
      async () => {
        await sleep(2); // worker waits
      },
      { name: "worker" }, // worker
    );
    await sleep(1); // main waits first
  };

  test("each step that takes so long is logged, with whose it is and where it came from", async () => {
    const { messages, log } = logged();
    await run(steps, { debug: true, log, slowStepMs: 0 });
    const firsts = messages.map((message) => message.split("\n")[0]);
    expect(firsts.map((line) => line?.replace(/ took \d+ ms/, ""))).toEqual([
      "Slow step: task `main` of real time at t=0 ms (step 1); slowStepMs is 0.",
      "Slow step: callback tick of real time at t=0 ms (step 2); slowStepMs is 0.",
      "Slow step: task `main/worker` of real time at t=0 ms (step 3); slowStepMs is 0.",
      "Slow step: task `main` of real time at t=1 ms (step 4); slowStepMs is 0.",
      "Slow step: task `main/worker` of real time at t=1 ms (step 5); slowStepMs is 0.",
    ]);
    shows(messages[1], "tick");
    shows(messages[3], "main waits first");
    shows(messages[4], "worker waits");
  });

  test("also in runSync, where no step returns to the host", () => {
    const { messages, log } = logged();
    runSync(
      function* () {
        yield* sleep(1);
        yield* sleep(1);
      },
      { debug: true, log, slowStepMs: 0 },
    );
    expect(messages).toHaveLength(3);
  });

  test("what takes less is not, and what the step has caused counts", async () => {
    const { messages, log } = logged();
    const busy = (): void => {
      const start = performance.now();
      while (performance.now() - start < 12) Math.sqrt(2);
    };
    await run(
      async () => {
        await sleep(1);
        await Promise.resolve();
        busy();
        await sleep(1);
      },
      { debug: true, log, slowStepMs: 10 },
    );
    expect(messages).toContainEqual(
      expect.stringMatching(/^Slow step: task `main` took \d+ ms .*step 2/),
    );
    // On a busy machine any step may take long; then it is to be told of as well.
    const took = messages.map((message) => Number(/took (\d+) ms/.exec(message)?.[1]));
    expect(took.filter((ms) => !(ms >= 10))).toEqual([]);
    const { length } = messages;
    await run(steps, { debug: true, log, slowStepMs: Infinity });
    await run(steps, { log, slowStepMs: 0 });
    expect(messages).toHaveLength(length);
  });
});

describe("switching", () => {
  afterEach(() => void vi.unstubAllEnvs());

  test.each([
    ["", false],
    ["0", false],
    ["1", true],
    ["yes", true],
  ])("TICKLESS_DEBUG=%s in the environment: %s", (value, on) => {
    vi.stubEnv("TICKLESS_DEBUG", value);
    expect(new Loop().debug).toBe(on);
    expect(new Loop({ debug: false }).debug).toBe(false);
    expect(new Loop({ debug: true }).debug).toBe(true);
  });

  test("on, in the middle of a run: from then on places are known", async () => {
    const { messages, log } = logged();
    await run(
      async () => {
        void sleep(1);
        getRunningLoop().debug = true;
        expect(getRunningLoop().debug).toBe(true);
        void sleep(2); // after
        await sleep(1);
      },
      { log },
    );
    expect(messages).toEqual([expect.stringMatching(/^sleep\(2\)/)]);
    shows(messages[0], "after");
  });

  test("off, in the middle of a run: nothing is said any more", async () => {
    const { messages, log } = logged();
    await run(
      async () => {
        void sleep(1);
        const task = createTask(() => Promise.race([sleep(1), sleep(50)]));
        await sleep(0);
        getRunningLoop().debug = false;
        await task;
      },
      { log, debug: true, slowStepMs: 0 },
    );
    expect(messages.filter((message) => !message.startsWith("Slow step"))).toEqual([]);
    expect(messages.length).toBeLessThan(4);
  });
});

describe.each(kinds)("S8: a run takes the same course with $kind bodies", ({ of }) => {
  const program = of(function* () {
    const loop = getRunningLoop();
    const done = loop.createFuture<number>();
    done.addDoneCallback(() => void sleep(3));
    const group = gather([
      of(function* () {
        for (let i = 0; i < 4; i++) yield* wait(sleep(loop.random("a").int(0, 3)));
        done.setResult(1);
      }),
      of(() => wait(done)),
    ]);
    const stubborn = createTask(
      of(function* () {
        try {
          yield* wait(
            timeout(
              2,
              of(() => wait(sleep(9))),
            ),
          );
        } catch {
          yield* wait(sleep(0));
        }
      }),
    );
    yield* wait(sleep(1));
    stubborn.cancel();
    void sleep(7);
    yield* wait(group);
    loop.callLater(1, () => {
      throw new Error("in a callback");
    });
    yield* wait(stubborn);
    yield* wait(sleep(3));
    return loop.time();
  });

  test.each([
    { order: "first in, first out" },
    { order: "first in, first out, reference drain", drain: "reference" as const },
    { order: "last in, first out", policy: lastInFirstOut },
    { order: "random order", policy: () => randomPolicy(7) },
  ])("with debug mode and without: $order", async ({ drain, policy }) => {
    const courses = await Promise.all(
      [false, true].map(async (debug) => {
        const { probe, lines } = journal();
        const log = (): void => undefined;
        const options = { debug, probes: [probe], drain, policy: policy?.(), log, slowStepMs: 0 };
        const { outcome, reason, now, steps } = await simulate(program, options);
        return { outcome, reason, now, steps, lines };
      }),
    );
    expect(courses[1]).toEqual(courses[0]);
  });
});

test("S8: a run with runSync takes the same course with debug mode", () => {
  const course = (debug: boolean): readonly string[] => {
    const { probe, lines } = journal();
    simulateSync(
      function* () {
        const task = createTask(function* () {
          yield* timeout(3, function* () {
            yield* sleep(10);
          });
        });
        yield* sleep(1);
        try {
          yield* task;
        } catch {
          yield* sleep(1);
        }
      },
      { debug, probes: [probe], log: () => undefined },
    );
    return lines;
  };
  expect(course(true)).toEqual(course(false));
});

test.each([
  {
    what: "what it has in use",
    // Of each of the 5,000 it would otherwise hold some ten kilobytes.
    turn: `await createTask(function* () { yield* sleep(1); });
      await timeout(5, function* () { yield* sleep(1); });`,
  },
  {
    what: "the blocks of tasks that have not ended",
    turn: "await createTask(() => Promise.race([timeout(50, function* () { yield* sleep(9); }), sleep(0)]));",
  },
])("a long run in debug mode holds no more than $what", ({ turn }) => {
  const { stdout, stderr } = runProgram(
    `import { createTask, run, sleep, timeout } from CORE;
    let before = 0;
    await run(
      async () => {
        for (let i = 0; i < 6000; i++) {
          if (i === 1000) { gc(); before = process.memoryUsage().heapUsed; }
          ${turn}
        }
        gc();
        console.log(process.memoryUsage().heapUsed - before);
      },
      { debug: true, slowStepMs: Infinity, log: () => undefined },
    );`,
    ["--expose-gc"],
  );
  expect(stderr).toBe("");
  expect(Number(stdout)).toBeLessThan(8e6);
});
