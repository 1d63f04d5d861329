import { inspect } from "node:util";
import { describe, expect, test } from "vitest";

import { createTask, isCancelled, now, run, sleep, timeout, TimeoutError } from "../src/index.ts";
import { kinds, wait } from "./kinds.ts";

// A task keeps one `Wait` for all its waits. None of this may be seen from outside.

describe.each(kinds)("the wait that a task keeps, $kind bodies", ({ of }) => {
  test("S5.2: a coroutine that was kept is refused, also when another one has begun or waits to begin", async () => {
    await run(
      of(function* () {
        const first = sleep(1);
        yield* wait(first);
        const second = sleep(10);
        let code: unknown;
        try {
          yield* wait(first);
        } catch (error) {
          code = (error as { readonly code: string }).code;
        }
        expect([code, now(), inspect(first)]).toEqual(["ERR_COROUTINE_REUSED", 1, "sleep(1)"]);
        expect(inspect(second)).toBe("sleep(10) (not awaited)");
        yield* wait(second);
        expect(now()).toBe(11);
      }),
    );
  });

  test("S1.4: the timer of a sleep that a timeout has ended does not end the next sleep", async () => {
    const times: number[] = [];
    await run(
      of(function* () {
        for (let i = 0; i < 3; i++) {
          try {
            yield* wait(
              timeout(
                2,
                of(() => wait(sleep(5))),
              ),
            );
          } catch (error) {
            if (!(error instanceof TimeoutError)) throw error;
          }
          times.push(now());
          yield* wait(sleep(20));
          times.push(now());
        }
      }),
    );
    expect(times).toEqual([2, 22, 24, 44, 46, 66]);
  });

  test("S2.3: a timer that comes behind the cancellation of its sleep does not end the next sleep", async () => {
    const times: number[] = [];
    const start = 1e9;
    await run(
      of(function* () {
        const task = createTask(
          of(function* () {
            try {
              // So short that its time has come when it is armed.
              yield* wait(sleep(1e-9));
            } catch (error) {
              if (!isCancelled(error)) throw error;
            }
            yield* wait(sleep(10));
            times.push(now());
          }),
        );
        yield* wait(sleep(0));
        task.cancel();
        try {
          yield* wait(task);
        } catch (error) {
          if (!isCancelled(error)) throw error;
        }
      }),
      { start },
    );
    expect(times).toEqual([start + 10]);
  });
});
