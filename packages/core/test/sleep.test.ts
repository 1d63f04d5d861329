import { describe, expect, test } from "vitest";

import { createTask, now, run, sleep } from "../src/index.ts";
import { kinds, wait } from "./kinds.ts";

describe.each(kinds)("sleep with $kind bodies", ({ of }) => {
  test("goes on after exactly so many time units, from wherever it starts", async () => {
    const times = await run(
      of(function* () {
        const seen: number[] = [];
        for (const delay of [1, 0.5, 1e9, 0.1, 0.2, 0]) {
          yield* wait(sleep(delay));
          seen.push(now());
        }
        return seen;
      }),
      { start: 100 },
    );
    const exact = 100 + 1 + 0.5 + 1e9;
    expect(times).toEqual([101, 101.5, exact, exact + 0.1, exact + 0.1 + 0.2, exact + 0.1 + 0.2]);
  });

  test("TASK-04: gives its second argument; without one, undefined", async () => {
    const results = await run(
      of(function* () {
        return [yield* wait(sleep(1, "result")), yield* wait(sleep(0, 7)), yield* wait(sleep(1))];
      }),
    );
    expect(results).toEqual(["result", 7, undefined]);
  });

  test.each([0, -0, -1, -1e9])(
    "TASK-04: sleep(%d) gives way once and takes no time",
    async (delay) => {
      const log: string[] = [];
      const twice = (name: string) =>
        of(function* () {
          for (const half of [1, 2]) {
            log.push(`${name}${half}`);
            yield* wait(sleep(delay));
          }
        });
      await run(
        of(function* () {
          const tasks = [createTask(twice("a")), createTask(twice("b"))];
          for (const task of tasks) yield* wait(task);
          expect(now()).toBe(0);
        }),
      );
      expect(log).toEqual(["a1", "b1", "a2", "b2"]);
    },
  );

  test("integers are exact to 2^53", async () => {
    const end = await run(
      of(function* () {
        yield* wait(sleep(2 ** 53 - 2));
        yield* wait(sleep(1));
        return now();
      }),
    );
    expect(end).toBe(Number.MAX_SAFE_INTEGER);
  });
});
