import { createTask, isCancelled, run, sleep } from "@tickless/core";
import { describe, expect, test } from "vitest";

import { kinds, wait } from "../../core/test/kinds.ts";
import { firstInFirstOut, lastInFirstOut, randomPolicy } from "../../core/test/policies.ts";
import { Queue } from "@tickless/sync";

// A task keeps one `Wait` for all its waits. None of this may be seen from outside.

const policies = [
  { name: "first in, first out", policy: firstInFirstOut },
  { name: "last in, first out", policy: lastInFirstOut },
  { name: "any order", policy: () => randomPolicy(7) },
];

describe.each(kinds)("the wait that a task keeps, $kind bodies", ({ of }) => {
  test("S6: what was owed to one wait is not owed to the next", async () => {
    const seen: unknown[] = [];
    await run(
      of(function* () {
        const queue = new Queue<number>();
        const task = createTask(
          of(function* () {
            for (let i = 0; i < 3; i++) {
              try {
                seen.push(yield* wait(queue.get()));
              } catch (error) {
                if (!isCancelled(error)) throw error;
                seen.push("cancelled");
              }
            }
          }),
        );
        yield* wait(sleep(1));
        queue.putNowait(1);
        // It was woken and has not gone on: the item stays for the next `get`.
        task.cancel();
        yield* wait(sleep(1));
        queue.putNowait(2);
        yield* wait(sleep(1));
        expect(queue.qsize()).toBe(0);
      }),
    );
    expect(seen).toEqual(["cancelled", 1, 2]);
  });
});

test.each(policies)("S13: one task in several waits at once, $name", async ({ policy }) => {
  const seen = await run(
    async () => {
      const queue = new Queue<string>();
      const log: string[] = [];
      const take = async (name: string): Promise<void> => {
        for (let i = 0; i < 3; i++) {
          log.push(`${name}${await queue.get()}`);
          await sleep(1);
        }
      };
      const put = async (): Promise<void> => {
        for (const item of ["1", "2", "3", "4", "5", "6"]) {
          await sleep(0.5);
          queue.putNowait(item);
        }
      };
      // Plain promises: all of it is one task.
      await Promise.all([take("a"), take("b"), put()]);
      return log;
    },
    { policy: policy() },
  );
  expect(seen.map((entry) => entry.slice(1)).toSorted()).toEqual(["1", "2", "3", "4", "5", "6"]);
});
