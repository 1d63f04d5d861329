import { describe, expect, test } from "vitest";

import {
  createTask,
  currentTask,
  gather,
  Loop,
  now,
  run,
  simulate,
  sleep,
  timeout,
} from "../src/index.ts";
import type { Policy } from "../src/policy.ts";
import { journal } from "./journal.ts";
import { kinds, wait } from "./kinds.ts";
import { everySchedule, firstInFirstOut, lastInFirstOut, randomPolicy } from "./policies.ts";

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** Tasks a, b, … with so many steps each; answers the order of their steps. */
async function orderOf(
  kind: (typeof kinds)[number],
  steps: readonly number[],
  policy: Policy,
): Promise<string> {
  const loop = new Loop({ policy });
  let order = "";
  for (const [i, count] of steps.entries()) {
    const name = String.fromCodePoint(97 + i);
    const body = kind.of(function* () {
      for (let step = 1; step < count; step++) {
        order += name;
        yield* wait(sleep(0));
      }
      order += name;
    });
    void loop.createTask(body);
  }
  await loop.run();
  return order;
}

describe.each(kinds)("S10: with $kind bodies", (kind) => {
  test.each([
    [1, 1],
    [1, 4],
    [2, 2],
    [3, 3],
    [2, 5],
    [4, 4],
  ])("two tasks of %i and %i steps have exactly (m+n)!/(m!n!) orders", async (m, n) => {
    const orders = await everySchedule((policy) => orderOf(kind, [m, n], policy));
    expect(orders).toHaveLength(factorial(m + n) / (factorial(m) * factorial(n)));
    expect(new Set(orders).size).toBe(orders.length);
  });

  test("three tasks of two steps have exactly 90 orders", async () => {
    const orders = await everySchedule((policy) => orderOf(kind, [2, 2, 2], policy));
    expect(orders).toHaveLength(90);
    expect(new Set(orders).size).toBe(90);
  });

  test("a policy that always takes option 0 gives the default order of tasks", async () => {
    const order = async (policy?: Policy): Promise<string[]> => {
      const log: string[] = [];
      await run(
        kind.of(function* () {
          const worker = (name: string, delays: readonly number[]) =>
            kind.of(function* () {
              for (const delay of delays) {
                yield* wait(sleep(delay));
                log.push(`${now()} ${name}`);
              }
            });
          const tasks = [
            createTask(worker("a", [0, 0, 3, 1, 0])),
            createTask(worker("b", [0, 3, 1, 1, 0])),
            createTask(worker("c", [1, 0, 2, 2, 0])),
          ];
          for (const task of tasks) yield* wait(task);
        }),
        { policy },
      );
      return log;
    };
    expect(await order(firstInFirstOut())).toEqual(await order());
  });
});

describe("S10: a lost update across sleep(0)", () => {
  /** Adds 1 in two steps, while another task adds 10: 11 is right. */
  async function update(policy?: Policy): Promise<number> {
    let total = 0;
    const slowly = async (): Promise<void> => {
      const seen = total;
      await sleep(0);
      total = seen + 1;
    };
    const patiently = async (): Promise<void> => {
      await sleep(0);
      await sleep(0);
      total += 10;
    };
    await run(
      async () => {
        const tasks = [createTask(slowly), createTask(patiently)];
        for (const task of tasks) await task;
      },
      { policy },
    );
    return total;
  }

  /** The same, where the other task becomes ready after the pause has begun. */
  async function updateWhilePausing(policy?: Policy): Promise<number> {
    let total = 0;
    await run(
      async () => {
        const seen = total;
        const pause = sleep(0).toPromise();
        const other = createTask(() => void (total += 10));
        await pause;
        total = seen + 1;
        await other;
      },
      { policy },
    );
    return total;
  }

  test("first in, first out does not show it", async () => {
    expect(await update()).toBe(11);
    expect(await updateWhilePausing()).toBe(11);
  });

  test("last in, first out finds it", async () => {
    expect(await updateWhilePausing(lastInFirstOut())).toBe(1);
  });

  test("a random policy finds it within 20 seeds, and the same seed finds it again", async () => {
    const totals: number[] = [];
    for (let seed = 0; seed < 20; seed++) totals.push(await update(randomPolicy(seed)));
    expect(new Set(totals)).toEqual(new Set([1, 11]));
    const again: number[] = [];
    for (let seed = 0; seed < 20; seed++) again.push(await update(randomPolicy(seed)));
    expect(again).toEqual(totals);
  });

  test("every schedule of it is found by trying all", async () => {
    const totals = await everySchedule(update);
    expect(new Set(totals)).toEqual(new Set([1, 11]));
  });
});

describe("S10: what is chosen", () => {
  /** Callbacks and tasks that are due at one time; answers the order in which they go on. */
  async function ties(policy: Policy): Promise<string> {
    const loop = new Loop({ policy });
    let order = "";
    for (const name of ["x", "y"]) loop.callAt(5, () => void (order += name));
    const sleeper = async (name: string): Promise<void> => {
      await sleep(5);
      order += name;
    };
    loop.callAt(0, () => void loop.createTask(() => sleeper("a")));
    await loop.run();
    return order;
  }

  test("equal deadlines become ready together: their order is a choice, one for a timer and its wake-up", async () => {
    const orders = await everySchedule(ties);
    expect([...orders].toSorted((one, other) => (one < other ? -1 : 1))).toEqual([
      "axy",
      "ayx",
      "xay",
      "xya",
      "yax",
      "yxa",
    ]);
  });

  test("a timer that is due at once is an option of the next choice", async () => {
    const order = async (policy: Policy): Promise<string> => {
      const loop = new Loop({ policy });
      let log = "";
      loop.callSoon(() => {
        log += "x";
        loop.callLater(0, () => void (log += "z"));
      });
      loop.callSoon(() => void (log += "y"));
      await loop.run();
      return log;
    };
    expect(await everySchedule(order)).toEqual(["xyz", "xzy", "yxz"]);
  });

  test.each([
    ["last in, first out", lastInFirstOut()],
    ["random", randomPolicy(7)],
  ])("S3: %s moves time only when nothing is ready, and never back", async (_, policy) => {
    const times: number[] = [];
    await run(
      async () => {
        const tasks = [5, 3, 5, 1].map((delay) =>
          createTask(async () => {
            for (let i = 0; i < 4; i++) {
              await sleep(delay);
              times.push(now());
              await sleep(0);
              times.push(now());
            }
          }),
        );
        for (const task of tasks) await task;
      },
      { policy },
    );
    const expected = [5, 3, 5, 1].flatMap((delay) =>
      [1, 2, 3, 4].flatMap((i) => [i * delay, i * delay]),
    );
    expect(times).toEqual(expected.toSorted((one, other) => one - other));
  });

  test("one option is no choice: nobody is asked, and nothing is recorded", async () => {
    const { probe, lines } = journal();
    const never: Policy = {
      choose: () => {
        throw new Error("asked");
      },
    };
    const result = await simulate(
      async () => {
        await sleep(1);
        await sleep(0);
        await createTask(() => sleep(2));
      },
      { policy: never, probes: [probe] },
    );
    expect(result.reason).toBe("done");
    expect(lines.filter((line) => line.startsWith("choice"))).toEqual([]);
  });

  test("what was cancelled is no option", async () => {
    const counts: number[] = [];
    const loop = new Loop({
      policy: {
        choose: (_, count) => {
          counts.push(count);
          return 0;
        },
      },
    });
    const handles = Array.from({ length: 5 }, () => loop.callSoon(() => undefined));
    for (const i of [0, 2, 4]) handles[i]?.cancel();
    await loop.run();
    expect(counts).toEqual([2]);
  });

  test("a policy is told how many options there are and whose they are", async () => {
    const asked: (readonly number[])[] = [];
    const policy: Policy = {
      choose: (kind, count, task) => {
        expect(kind).toBe("ready");
        asked.push(Array.from({ length: count }, (_, index) => task(index)));
        return count - 1;
      },
    };
    const loop = new Loop({ policy });
    const ids = ["a", "b"].map((name) => loop.createTask(() => undefined, { name }).id);
    loop.callSoon(() => undefined);
    await loop.run();
    expect(asked).toEqual([[...ids, -1], ids]);
  });

  test("a choice is recorded with its number of options and the one taken", async () => {
    const { probe, lines } = journal();
    const loop = new Loop({ policy: lastInFirstOut(), probes: [probe] });
    for (let i = 0; i < 3; i++) loop.callSoon(() => undefined);
    await loop.run();
    const choices = lines
      .filter((line) => line.startsWith("choice"))
      .map((line) => line.split(" "));
    expect(choices.map((words) => words.slice(3).join(" "))).toEqual(["ready 3 2", "ready 2 1"]);
  });

  test.each([-1, 2, 0.5, NaN, Infinity, undefined, "0"])(
    "option %s of 2 does not exist, and fails the run",
    async (answer) => {
      const policy: Policy = { choose: () => answer as number };
      const result = await simulate(
        async () => {
          void createTask(() => undefined);
          await sleep(0);
        },
        { policy },
      );
      expect(result.reason).toBe("error");
      expect(result.outcome).toMatchObject({ reason: { code: "ERR_BAD_CHOICE" } });
    },
  );

  test("a policy that leaves FIFO alone is not asked about what is ready, and keeps passes", async () => {
    const program = async (policy?: Policy): Promise<string[]> => {
      const log: string[] = [];
      const loop = new Loop({ policy });
      const note = (): void => void log.push(currentTask()?.path ?? "callback");
      for (let i = 0; i < 3; i++) {
        void loop.createTask(async () => {
          await sleep(1);
          note();
          await sleep(0);
          note();
        });
        loop.callAt(1, note);
      }
      await loop.run();
      return log;
    };
    const fifo: Policy = {
      fifo: true,
      choose: () => {
        throw new Error("asked");
      },
    };
    expect(await program(fifo)).toEqual(await program());
  });

  test("S8: under one policy, watched or not, with either drain, a program takes one course", async () => {
    const course = async (drain: "auto" | "reference"): Promise<string> => {
      const { probe, lines } = journal();
      await simulate(
        async () => {
          for (let i = 0; i < 10; i++) {
            void createTask(async () => {
              for (let round = 0; round < 10; round++) await sleep(round % 3);
            });
          }
          await sleep(100);
        },
        { policy: randomPolicy(3), probes: [probe], drain },
      );
      return lines.join("\n");
    };
    expect(await course("reference")).toBe(await course("auto"));
  });
});

describe("S10: what is the engine's own is no option", () => {
  /** Each choice, as the ids of the tasks that were its options; -1 is a callback. */
  async function asked(main: () => Promise<unknown>): Promise<(readonly number[])[]> {
    const choices: (readonly number[])[] = [];
    const policy: Policy = {
      choose: (_, count, task) => {
        choices.push(Array.from({ length: count }, (__, index) => task(index)));
        return count - 1;
      },
    };
    await run(main, { policy });
    return choices;
  }

  /** A body of its own each time, since gather runs the same one once. */
  const pauses = (count: number) => async (): Promise<void> => {
    for (let i = 0; i < count; i++) await sleep(0);
  };

  test.each<[string, () => Promise<unknown>]>([
    ["gather", () => gather([pauses(2), pauses(2)]).toPromise()],
    ["a gather of a gather", () => gather([gather([pauses(1), pauses(2)]), pauses(3)]).toPromise()],
    [
      "the end of main",
      async () => {
        void createTask(pauses(2));
        void createTask(pauses(2));
        // Not before both have ended.
        await sleep(1);
      },
    ],
    [
      "a shutdown",
      async () => {
        void createTask(pauses(2));
        void createTask(pauses(2));
      },
    ],
    [
      "a timeout",
      () => gather([() => timeout(5, pauses(2)), () => timeout(5, pauses(2))]).toPromise(),
    ],
  ])("of %s: a policy is asked about steps of tasks alone", async (_, main) => {
    const choices = await asked(main);
    expect(choices.length).toBeGreaterThan(0);
    for (const options of choices) {
      expect(options.length).toBeGreaterThan(1);
      expect(options).not.toContain(-1);
    }
  });

  const tasksFirst: Policy = {
    choose: (_, count, task) => {
      for (let index = 0; index < count; index++) if (task(index) >= 0) return index;
      return 0;
    },
  };

  test("a policy that prefers tasks to callbacks cannot put off the end of main", async () => {
    const result = await simulate(
      async () => {
        void createTask(pauses(500));
        return "result";
      },
      { policy: tasksFirst },
    );
    expect(result).toMatchObject({ reason: "done", steps: 1, pending: ["main/1"] });
  });

  test.each([10, 64, 100])("S7: nor the limit of %i steps", async (maxSteps) => {
    const result = await simulate(
      async () => {
        void createTask(pauses(500));
        // One child ends at once, and what tells the gather of it is ready from then on.
        await gather([pauses(0), () => sleep(1)]);
      },
      { policy: tasksFirst, maxSteps },
    );
    expect(result).toMatchObject({ reason: "limit", steps: maxSteps });
  });

  test("S7: nor maxSteps after main has ended, until a time", async () => {
    const result = await simulate(
      async () => {
        void createTask(pauses(500));
      },
      { policy: tasksFirst, maxSteps: 100, until: 5 },
    );
    expect(result).toMatchObject({ reason: "limit", steps: 100 });
  });
});
