import { createTask } from "@tickless/core";
import { expect, test } from "vitest";
import { journal } from "../../core/test/journal.ts";
import { everySchedule, randomPolicy } from "../../core/test/policies.ts";
import { Log, pause, virtual } from "./world.ts";

test("A3.4: equal deadlines, intervals and immediates are choices; every order is found", async () => {
  const orders = await everySchedule(async (policy) => {
    const log = new Log();
    await virtual(
      async () => {
        setTimeout(log.noting("a"), 5);
        setTimeout(log.noting("b"), 5);
        setTimeout(log.noting("later"), 6);
        const interval = setInterval(() => {
          log.note("c");
          clearInterval(interval);
        }, 5);
        await pause(10);
      },
      { policy },
    );
    return log.lines.map((line) => line.slice(2)).join(" ");
  });
  expect(new Set(orders)).toEqual(
    new Set(
      ["a b c", "a c b", "b a c", "b c a", "c a b", "c b a"].map((order) => `${order} later`),
    ),
  );
});

test("A3.4: what a timer's callback starts by promises belongs to its step", async () => {
  const orders = await everySchedule(async (policy) => {
    const log: string[] = [];
    await virtual(
      async () => {
        const work = async (name: string): Promise<void> => {
          await pause(5);
          log.push(`${name}1`);
          for (let i = 0; i < 200; i++) await Promise.resolve();
          log.push(`${name}2`);
        };
        await Promise.all([work("a"), work("b")]);
      },
      { policy },
    );
    return log.join(" ");
  });
  expect(orders.toSorted()).toEqual(["a1 a2 b1 b2", "b1 b2 a1 a2"]);
});

test("A3.4: a policy is told the ids of timers, not that they are callbacks", async () => {
  const told = new Set<number>();
  const { probe, lines } = journal();
  await virtual(
    async () => {
      setTimeout(() => undefined, 5);
      setTimeout(() => undefined, 5);
      await pause(10);
    },
    {
      probes: [probe],
      policy: {
        choose(_kind, count, task) {
          for (let i = 0; i < count; i++) told.add(task(i));
          return 0;
        },
      },
    },
  );
  const named = lines.flatMap((line) => {
    const [kind, , , id, , , segment] = line.split(" ");
    return kind === "name" && (segment ?? "").startsWith("setTimeout") ? [Number(id)] : [];
  });
  expect(named).toHaveLength(3);
  expect([...told]).toEqual(named.slice(0, 2));
});

test("A3.3: names, causes and operations of timers", async () => {
  const { probe, lines } = journal();
  await virtual(
    async () => {
      const worker = createTask(
        () => {
          const cleared = setTimeout(() => undefined, 50);
          setTimeout(() => {
            clearTimeout(cleared);
            setImmediate(() => undefined);
          }, 5);
        },
        { name: "worker" },
      );
      await worker;
      await pause(10);
    },
    { probes: [probe] },
  );
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "begin 1 0 0 ms run
    name 2 0 0 -1 task main
    step 3 2 0
    name 4 3 1 0 task worker
    wait 5 3 0 task 1 NaN
    step 6 4 1
    name 7 6 2 1 setTimeout setTimeout-1
    arm 8 6 1 50
    name 9 6 3 1 setTimeout setTimeout-2
    arm 10 6 1 5
    settle 11 6 1 returned
    step 12 11 0
    name 13 12 4 0 setTimeout setTimeout-1
    arm 14 12 0 10
    time 15 5
    callback 16 10 1
    operation 17 16 -1 3 fire 0
    operation 18 16 -1 2 clear 0
    name 19 16 5 1 setImmediate setImmediate-1
    arm 20 16 -1 5
    callback 21 20 1
    operation 22 21 -1 5 fire 0
    time 23 10
    callback 24 14 0
    operation 25 24 0 4 fire 0
    settle 26 24 0 returned
    end 27 done"
  `);
});

test("S9: the same seed takes the same course, with probes and without", async () => {
  const course = async (seed: number, watched: boolean): Promise<string[]> => {
    const log = new Log();
    await virtual(
      async () => {
        for (let i = 0; i < 20; i++) setTimeout(log.noting(String(i)), i % 3);
        const interval = setInterval(log.noting("interval"), 1);
        await pause(8);
        clearInterval(interval);
      },
      { policy: randomPolicy(seed), probes: watched ? [journal().probe] : [] },
    );
    return log.lines;
  };
  const first = await course(1, false);
  expect(await course(1, true)).toEqual(first);
  expect(await course(2, true)).not.toEqual(first);
});
