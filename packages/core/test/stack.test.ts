import { describe, expect, test } from "vitest";
import { framesOf, takeStack, takeStackOfAwait, withoutRepeats } from "../src/stack.ts";

const stackOf = (...frames: string[]): { stack: string } => ({
  stack: ["Error: taken here", ...frames.map((frame) => `    at ${frame}`)].join("\n"),
});

describe("frames", () => {
  test("the program's are kept, in order", () => {
    const stack = stackOf("inner (file:///app/jobs.ts:3:5)", "async outer (/app/jobs.ts:9:3)");
    expect(framesOf(stack)).toEqual([
      "at inner (file:///app/jobs.ts:3:5)",
      "at async outer (/app/jobs.ts:9:3)",
    ]);
  });

  test.each([
    "Wait.then (file:///app/node_modules/@tickless/core/dist/wait.js:1:2)",
    "Lock.acquire (/app/node_modules/.pnpm/@tickless+sync@0.1.0/node_modules/@tickless/sync/src/lock.ts:1:2)",
    "run (C:\\app\\node_modules\\@tickless\\core\\dist\\run.js:1:2)",
    "main (file:///app/node_modules/tickless/dist/bin.js:1:2)",
    "async Promise.all (index 0) (node:internal/x:1:2)",
    "process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
    "Array.map (<anonymous>)",
  ])("Tickless's and the host's are left out: %s", (frame) => {
    expect(framesOf(stackOf("user (file:///app/jobs.ts:3:5)", frame))).toHaveLength(1);
  });

  test("those of this workspace's sources are left out, those of its tests are not", () => {
    const frames = framesOf(takeStack());
    expect(frames[0]).toContain("stack.test.ts");
    const own = new URL("../src/loop.ts", import.meta.url);
    // Node tells files also by their paths alone; a page knows them by their addresses.
    const location = own.protocol === "file:" ? own.pathname : own.href;
    expect(framesOf(stackOf(`run (${own.href}:1:2)`, `run (${location}:1:2)`))).toEqual([]);
  });

  test("what called the program is left out, a library within it is not", () => {
    const stack = stackOf(
      "each (/app/node_modules/library/index.js:1:1)",
      "main (/app/main.ts:2:2)",
      "test (/app/node_modules/runner/index.js:1:1)",
    );
    expect(framesOf(stack)).toEqual([
      "at each (/app/node_modules/library/index.js:1:1)",
      "at main (/app/main.ts:2:2)",
    ]);
  });

  test("a function without a name is not named after an option of Tickless that stands beside it", () => {
    const place = "file:///app/main.ts:2:2";
    for (const name of [
      "guard.mode",
      "mode",
      "run.seed",
      "createTask.name",
      "virtualize.startDate",
    ]) {
      expect(framesOf(stackOf(`${name} (${place})`))).toEqual([`at ${place}`]);
      expect(framesOf(stackOf(`async ${name} (${place})`))).toEqual([`at async ${place}`]);
    }
    expect(framesOf(stackOf(`guard.enter (${place})`, `my.guard.mode (${place})`))).toEqual([
      `at guard.enter (${place})`,
      `at my.guard.mode (${place})`,
    ]);
  });

  test("hosts that write frames in another way are read too", () => {
    const stack = "inner@https://app/jobs.js:3:5\n@https://app/jobs.js:9:3\n";
    expect(framesOf({ stack })).toHaveLength(2);
    expect(framesOf({})).toEqual([]);
  });

  test("a frame that an await repeats is told once", () => {
    expect(
      withoutRepeats([
        "at f (/app/a.ts:3:5)",
        "at async f (/app/a.ts:3:9)",
        "at async f (/app/a.ts:4:9)",
      ]),
    ).toEqual(["at f (/app/a.ts:3:5)", "at async f (/app/a.ts:4:9)"]);
  });
});

test("taking a stack leaves Error's own limit as it was", () => {
  const settings = Error as { stackTraceLimit?: number | undefined };
  const before = settings.stackTraceLimit;
  settings.stackTraceLimit = 3;
  takeStack();
  expect(settings.stackTraceLimit).toBe(3);
  settings.stackTraceLimit = before;
});

test("the stack of an await tells who awaits, and resolves nothing", async () => {
  let frames: readonly string[] = [];
  let resolve!: (value: string) => void;
  const awaited = {
    then(resolved: (value: string) => void): void {
      resolve = resolved;
      takeStackOfAwait(resolved, (stack) => {
        frames = framesOf(stack);
      });
    },
  };
  async function waits(): Promise<string> {
    const value = await (awaited as PromiseLike<string>);
    return value;
  }
  const waiting = waits();
  let settled = false;
  void waiting.then(() => (settled = true));
  for (let i = 0; i < 20; i++) await Promise.resolve();
  expect([settled, frames[0]]).toEqual([false, expect.stringMatching(/waits .*stack\.test\.ts/)]);
  resolve("resolved");
  expect(await waiting).toBe("resolved");
});
