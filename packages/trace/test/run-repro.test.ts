import {
  createTask,
  external,
  random,
  run,
  type RunOptions,
  runSync,
  sleep,
  TicklessError,
} from "@tickless/core";
import { Queue } from "@tickless/sync";
import type { Policy } from "@tickless/core/kit";
import { describe, expect, test } from "vitest";
import { onNode } from "../../core/test/host.ts";
import { record, replay, type ReplayResult } from "../src/index.ts";

/** A program with draws, choices and a failure of one kind. */
function twoTasks(end: () => Promise<unknown>): { order: string; main: () => Promise<unknown> } {
  const program = { order: "", main };
  async function main(): Promise<unknown> {
    program.order = "";
    const lap = (name: string) => async (): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        await sleep(1);
        program.order += name + random("laps").int(0, 9);
      }
    };
    const tasks = [createTask(lap("a")), createTask(lap("b")), createTask(lap("c"))];
    for (const task of tasks) await task;
    return end();
  }
  return program;
}

const deadlock = (): Promise<unknown> => new Queue().get().toPromise();
const limit = async (): Promise<never> => {
  for (;;) await sleep(0);
};
const unhandled = async (): Promise<void> => {
  void Promise.reject(new Error("nobody looks"));
  await sleep(1);
};

const chance = (): Policy => {
  let state = 7;
  return { choose: (_kind, count) => (state = (state * 48_271) % 2_147_483_647) % count };
};

async function failureOf(main: () => Promise<unknown>, options: RunOptions): Promise<Error> {
  return run(main, options).then(
    () => expect.unreachable("the run was to fail"),
    (error: unknown) => error as Error,
  );
}

const pasted = (message: string): string => /^repro: (tk1:\S+)$/m.exec(message)?.[1] ?? "";

function reasonOf(replayed: ReplayResult<unknown>): Error {
  if (replayed.same === false || replayed.result.outcome?.status !== "rejected") {
    throw new Error("the replay was to fail");
  }
  return replayed.result.outcome.reason as Error;
}

describe("S10.17: an error with which the engine ends `run`", () => {
  // Only Node.js tells which rejections nobody has handled (rule S7.8).
  const kinds = { deadlock, limit, ...(onNode && { unhandled }) };
  const policies = { "first in, first out": undefined, chance };
  for (const [name, end] of Object.entries(kinds)) {
    for (const [order, policy] of Object.entries(policies)) {
      test(`${name}, ${order}: ends with a line that replays it`, async () => {
        const program = twoTasks(end);
        const options = { seed: "a 7", start: 3, maxSteps: 200, policy: policy?.() };
        const error = await failureOf(program.main, options);
        const { order: before } = program;
        const line = pasted(error.message);
        expect(error.stack).toContain(`repro: ${line}\n`);
        expect(error.message).toContain(`await replay("${line}", main)`);
        const again = reasonOf(await replay(line, program.main));
        expect(program.order).toBe(before);
        expect(error.message.startsWith(`${again.message}\n\nrepro: `)).toBe(true);
      });
    }
  }

  test("of runSync, too", async () => {
    const main = function* () {
      yield* new Queue().get();
    };
    let message = "";
    try {
      runSync(main);
    } catch (error) {
      ({ message } = error as Error);
    }
    const again = reasonOf(await replay(pasted(message), main));
    expect(message.startsWith(`${again.message}\n\nrepro: `)).toBe(true);
  });

  test("keeps its message where the course hung on more than program and options", async () => {
    const called = await failureOf(async () => {
      await external(() => Promise.resolve(1));
      await deadlock();
    }, {});
    expect(called.message).not.toContain("repro:");
    const reason = new AbortController();
    const told = await failureOf(
      async () => {
        reason.abort();
        try {
          await sleep(1);
        } catch {
          await deadlock();
        }
      },
      { signal: reason.signal },
    );
    expect(told).toMatchObject({ code: "ERR_DEADLOCK" });
    expect(told.message).not.toContain("repro:");
  });

  test("keeps its message where the choices do not fit a line", async () => {
    const main = async (): Promise<void> => {
      const lap = async (): Promise<void> => {
        for (let i = 0; i < 2500; i++) await sleep(1);
      };
      const tasks = [createTask(lap), createTask(lap), createTask(lap)];
      for (const task of tasks) await task;
      await deadlock();
    };
    const { message } = await failureOf(main, { policy: chance() });
    expect(message).toMatch(/^Deadlock at t=2500 ms/);
    expect(message).not.toContain("repro:");
  });

  test("has no command where a policy chose: it cannot know whether awaits were rewritten", async () => {
    const { main } = twoTasks(deadlock);
    const command = "npx tickless replay tk1:";
    expect((await failureOf(main, {})).message).toContain(command);
    expect((await failureOf(main, { policy: chance() })).message).not.toContain(command);
  });

  test("is not told twice: simulate, record and replay leave it as it is", async () => {
    const { main } = twoTasks(deadlock);
    const { outcome, trace } = await record(main);
    expect((outcome as PromiseRejectedResult).reason.message).not.toContain("repro:");
    expect(reasonOf(await replay(trace, main)).message).not.toContain("repro:");
  });
});

describe("S10.17: what main throws", () => {
  test.each([new Error("mine"), new TicklessError("ERR_LIMIT", "as if it were"), "a text"])(
    "stays as it is; debug mode logs the line: %s",
    async (thrown) => {
      const main = async (): Promise<never> => {
        await sleep(5);
        throw thrown;
      };
      const message = String(thrown);
      const logged: string[] = [];
      const log = (text: string): void => void logged.push(text);
      expect(await failureOf(main, { log, debug: false })).toBe(thrown);
      expect(logged).toEqual([]);
      expect(await failureOf(main, { log, debug: true })).toBe(thrown);
      expect(String(thrown)).toBe(message);
      expect(logged.join("\n")).toContain("Main has thrown, at t=5 ms.\nrepro: tk1:");
      expect(reasonOf(await replay(pasted(logged.join("\n")), main))).toBe(thrown);
    },
  );

  test("a policy that fails is no failure of the program, and gets no line", async () => {
    const logged: string[] = [];
    const policy = { choose: () => 99 };
    const { main } = twoTasks(deadlock);
    const error = await failureOf(main, { policy, debug: true, log: (text) => logged.push(text) });
    expect(error).toMatchObject({ code: "ERR_BAD_CHOICE" });
    expect(`${error.message}${logged.join("")}`).not.toContain("repro:");
  });
});
