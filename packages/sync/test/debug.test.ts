import { readFileSync } from "node:fs";
import {
  createTask,
  DeadlockError,
  gather,
  getRunningLoop,
  run,
  runSync,
  simulate,
  sleep,
} from "@tickless/core";
import { BoundedSemaphore, Condition, Lock, Queue, Semaphore } from "@tickless/sync";
import { describe, expect, test } from "vitest";

const source = readFileSync(import.meta.filename, "utf8").split("\n");

/** What a frame in the line of this file says that has the comment `mark`. */
function at(mark: string): unknown {
  const line = source.findIndex((text) => text.includes(`// ${mark}`)) + 1;
  if (line === 0) throw new Error(`No line of this file has // ${mark}`);
  return expect.stringMatching(new RegExp(`^ +at .*debug\\.test\\.ts:${line}:`)) as unknown;
}

async function messagesOf(main: () => unknown): Promise<string[]> {
  const messages: string[] = [];
  await run(main, {
    debug: true,
    slowStepMs: Infinity,
    log: (message) => void messages.push(message),
  });
  return messages;
}

describe("what is still held at the end of a run is reported", () => {
  test("a lock, with its holder, since when, and where it was taken", async () => {
    const messages = await messagesOf(async () => {
      const lock = new Lock({ name: "ledger" });
      await sleep(2);
      await createTask(
        async () => {
          await lock.acquire(); // takes the lock
          await sleep(1);
        },
        { name: "clerk" },
      );
    });
    expect(messages).toHaveLength(1);
    expect(messages[0]?.split("\n")).toEqual([
      "At the end of the run, t=3 ms, lock `main/ledger` was still held by `main/clerk`, which ended " +
        "without giving it back; taken at t=2 ms.",
      "It was taken",
      at("takes the lock"),
    ]);
  });

  test("a lock that was waited for: where its task waited, not where it was released", async () => {
    const messages = await messagesOf(async () => {
      const lock = new Lock({ name: "ledger" });
      const clerk = async (): Promise<void> => {
        await Promise.all([sleep(3), lock.acquire()]); // waits for the lock
      };
      await lock.acquire();
      const task = createTask(clerk, { name: "clerk" });
      await sleep(1);
      lock.release();
      await task;
    });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain("held by `main/clerk`, which ended");
    expect(messages[0]?.split("\n")).toContainEqual(at("waits for the lock"));
  });

  test("permits of semaphores, and locks of conditions, with generator bodies", () => {
    const messages: string[] = [];
    runSync(
      function* () {
        const permits = new Semaphore(3, { name: "permits" });
        const bounded = new BoundedSemaphore(1, { name: "bounded" });
        const condition = new Condition({ name: "condition" });
        yield* permits.acquire();
        yield* permits.acquire(); // takes a permit
        yield* bounded.acquire(); // takes the only permit
        yield* condition.acquire(); // takes the condition
      },
      { debug: true, slowStepMs: Infinity, log: (message) => void messages.push(message) },
    );
    expect(messages.map((message) => message.split("\n")[0])).toEqual([
      expect.stringContaining("2 permits of semaphore `main/permits` was still held by `main`"),
      expect.stringContaining("a permit of semaphore `main/bounded` was still held by `main`"),
      expect.stringMatching(/lock `main\/condition.*` was still held by `main`/),
    ]);
    expect(messages.map((message) => message.split("\n")[2])).toEqual(
      ["takes a permit", "takes the only permit", "takes the condition"].map(at),
    );
  });

  test("what is given back is not, whoever gives it back and however its task ends", async () => {
    const messages = await messagesOf(async () => {
      const lock = new Lock();
      const permits = new Semaphore(2);
      await lock.withLock(() => sleep(1));
      const fails = createTask(() =>
        permits.withPermit(async () => {
          throw new Error("it fails");
        }),
      );
      await gather([fails], { returnExceptions: true });
      void createTask(() => lock.withLock(() => sleep(100)));
      await sleep(1);
    });
    expect(messages).toEqual([]);
  });

  test("what a task holds that has not ended, after simulate; after a deadlock its report has it", async () => {
    const messages: string[] = [];
    const options = {
      debug: true,
      slowStepMs: Infinity,
      log: (message: string) => void messages.push(message),
    };
    const lock = new Lock({ name: "ledger" });
    await simulate(async () => {
      void createTask(() => lock.withLock(() => sleep(100)));
      await sleep(1);
    }, options);
    expect(messages.map((message) => message.split("\n")[0])).toEqual([
      "When the loop was closed, at t=1 ms, 1 task had not ended:",
      expect.stringMatching(
        /lock `main\/1\/ledger` was still held by `main\/1`, which has not ended/,
      ),
    ]);
    messages.length = 0;
    const other = new Lock();
    await simulate(async () => {
      await other.acquire();
      await other.acquire();
    }, options);
    expect(messages).toEqual([]);
  });
});

test("where a lock and permits were taken is kept of those who hold them", async () => {
  await run(
    async () => {
      const lock = new Lock({ name: "ledger" });
      const permits = new Semaphore(2, { name: "permits" });
      await permits.acquire();
      for (let i = 0; i < 1000; i++) {
        await createTask(() => lock.withLock(() => permits.withPermit(() => sleep(1))));
      }
      const kept = getRunningLoop().debugMode?.taken.map(([, places]) => places.entries.length);
      expect(Math.max(...(kept ?? [Infinity]))).toBeLessThan(600);
      expect(kept).toHaveLength(2);
      permits.release();
    },
    { debug: true, log: () => undefined, slowStepMs: Infinity },
  );
});

async function deadlock(main: () => unknown, debug = false): Promise<DeadlockError> {
  const { outcome } = await simulate(main, { debug, log: () => undefined });
  const error: unknown = outcome?.status === "rejected" ? outcome.reason : undefined;
  expect(error).toBeInstanceOf(DeadlockError);
  return error as DeadlockError;
}

const golden = (name: string): string => `./golden/deadlock-${name}.txt`;

describe("a deadlock report", () => {
  test("S7: of a cycle through a lock, a semaphore, a gather and a task", async () => {
    const { message, cycle } = await deadlock(async () => {
      const lock = new Lock({ name: "lock" });
      const permits = new Semaphore(1, { name: "permits" });
      const wantsLock = createTask(
        async () => {
          await permits.acquire();
          await sleep(1);
          await lock.acquire();
        },
        { name: "wants-lock" },
      );
      const gathers = createTask(
        async () => {
          await sleep(0);
          await gather([createTask(() => permits.acquire(), { name: "wants-permit" })]);
        },
        { name: "gathers" },
      );
      await lock.acquire();
      await sleep(1);
      await gather([wantsLock, gathers]);
    });
    await expect(message).toMatchFileSnapshot(golden("cycle-of-many-kinds"));
    expect(cycle).toEqual(["main", "main/wants-lock"]);
  });

  test("S7: of a semaphore, which is a cycle only if all holders are stuck", async () => {
    const crossed = (stuck: boolean) => async (): Promise<void> => {
      const permits = new Semaphore(2, { name: "permits" });
      const lock = new Lock({ name: "lock" });
      const queue = new Queue<void>({ name: "queue" });
      const wants = async (): Promise<void> => {
        await lock.acquire();
        await sleep(1);
        await permits.acquire();
      };
      const holds = async (): Promise<void> => {
        await permits.acquire();
        await sleep(1);
        await lock.acquire();
      };
      const idles = async (): Promise<void> => {
        await permits.acquire();
        await queue.get();
      };
      await gather([
        createTask(wants, { name: "wants" }),
        createTask(holds, { name: "holds" }),
        createTask(stuck ? holds : idles, { name: stuck ? "holds-too" : "idles" }),
      ]);
    };
    const stuck = await deadlock(crossed(true));
    await expect(stuck.message).toMatchFileSnapshot(golden("semaphore-all-stuck"));
    expect(stuck.cycle).toEqual(["main/wants", "main/holds"]);
    const idle = await deadlock(crossed(false));
    await expect(idle.message).toMatchFileSnapshot(golden("semaphore-one-idle"));
    expect(idle.cycle).toEqual([]);
  });

  test("S7: of two hundred consumers is one line", async () => {
    const { message, blocked } = await deadlock(async () => {
      const jobs = new Queue<number>({ name: "jobs", maxsize: 5 });
      for (let i = 0; i < 200; i++) {
        void createTask(async () => {
          await sleep(Math.floor(i / 100));
          for (;;) await jobs.get();
        });
      }
      await sleep(5);
      await jobs.put(1);
      await jobs.join();
    });
    await expect(message).toMatchFileSnapshot(golden("many-consumers"));
    expect(blocked).toHaveLength(201);
  });

  test("S8.7: through withLock, withPermit and conditions, each place once", async () => {
    const lock = new Lock({ name: "lock" });
    const condition = new Condition({ name: "condition" });
    const inner = async (): Promise<void> => {
      await sleep(1);
      await lock.acquire(); // wants it again
    };
    async function outer(): Promise<void> {
      await lock.withLock(inner); // takes it
    }
    const notified = (): Promise<void> =>
      condition
        .withLock(async () => {
          await condition.wait(); // is never notified
        })
        .toPromise();
    const [first, second] = await Promise.all([deadlock(outer, true), deadlock(notified, true)]);
    const where = first.blocked[0]?.waits[0]?.where?.map((frame) => `    ${frame}`);
    expect(where).toEqual([at("wants it again"), at("takes it")]);
    expect(second.blocked[0]?.waits[0]?.where).toHaveLength(2);
  });

  test("S7: in debug mode shows where each waits, and where each was created", async () => {
    const { message } = await deadlock(async function main() {
      const one = new Lock({ name: "one" });
      const two = new Lock({ name: "two" });
      async function transfer(from: Lock, to: Lock): Promise<void> {
        await from.withLock(async () => {
          await sleep(1);
          await to.withLock(() => sleep(1)); // wants the second
        });
      }
      await gather([
        createTask(() => transfer(one, two), { name: "there" }), // there
        createTask(() => transfer(two, one), { name: "back" }), // back
      ]);
    }, true);
    const lines = message.split("\n");
    const there = lines.findIndex((line) => line.startsWith("  `main/there` waits"));
    expect(lines[there + 1]).toEqual(at("wants the second"));
    expect(lines.slice(there).find((line) => line.includes("created"))).toBeDefined();
    expect(lines).toContainEqual(at("there"));
    expect(lines).toContainEqual(at("back"));
    expect(message).toContain("Cycle: `main/there` waits for `main/back` waits for `main/there`");
  });
});
