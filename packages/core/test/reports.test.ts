import { describe, expect, test } from "vitest";

import { createTask, getRunningLoop, run, sleep, timeout } from "../src/index.ts";
import { kinds, type Script, wait } from "./kinds.ts";

describe.each(kinds)("debug mode, with $kind bodies", ({ of }) => {
  async function messagesOf(script: () => Script<unknown>, debug = true): Promise<string[]> {
    const messages: string[] = [];
    const log = (message: string): void => void messages.push(message);
    // a loaded machine is slow in real time
    await run(of(script), { debug, slowStepMs: Infinity, log });
    return messages;
  }

  const swallowing = function* (): Script<string> {
    const task = createTask(
      of(function* () {
        try {
          yield* wait(sleep(100));
        } catch {
          return "went on";
        }
        return "was not cancelled";
      }),
      { name: "deaf" },
    );
    yield* wait(sleep(1));
    task.cancel();
    return yield* wait(task);
  };

  test("reports a task that swallowed a cancellation, and what to write", async () => {
    const [message, ...others] = await messagesOf(swallowing);
    expect(message).toMatch(/`main\/deaf` was cancelled.*isCancelled\(error\)/s);
    expect(others).toEqual([]);
    expect(await messagesOf(swallowing, false)).toEqual([]);
  });

  test("does not report one that took the request back, nor a timeout that was caught", async () => {
    const messages = await messagesOf(function* () {
      const task = createTask(
        of(function* () {
          try {
            yield* wait(sleep(100));
          } catch {
            getRunningLoop().tasks.at(-1)?.uncancel();
          }
        }),
      );
      yield* wait(sleep(1));
      task.cancel();
      yield* wait(task);
      try {
        yield* wait(
          timeout(
            1,
            of(() => wait(sleep(10))),
          ),
        );
      } catch {
        // It is the timeout.
      }
    });
    expect(messages).toEqual([]);
  });
});

describe("debug mode", () => {
  const leaving = async (): Promise<void> => {
    await createTask(() => Promise.race([sleep(1), sleep(50)]), { name: "racer" });
  };

  test("S13: reports waits that a task left behind when it ended", async () => {
    const messages: string[] = [];
    const log = (message: string): void => void messages.push(message);
    await run(leaving, { debug: true, slowStepMs: Infinity, log });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/`main\/racer` ended while it still waited for sleep\(50\)/);
    await run(leaving, { log });
    expect(messages).toHaveLength(1);
  });

  test("S8: takes the same course as without", async () => {
    const end = async (debug: boolean): Promise<unknown> =>
      run(
        async () => {
          await leaving();
          return getRunningLoop().time();
        },
        { debug, log: () => undefined },
      );
    expect(await end(true)).toBe(await end(false));
  });
});
