import { inspect } from "node:util";
import { expect, test } from "vitest";

import { coroutine, createTask, getRunningLoop, runSync, sleep } from "../src/index.ts";
import { Resource } from "../src/kit.ts";

class Gate extends Resource {}

test("what belongs to a loop is shown in a line, by the console and in a template", () => {
  runSync(function* main() {
    const task = createTask(() => sleep(1), { name: "worker" });
    const future = getRunningLoop().createFuture();
    const waiting = sleep(2);
    const lazy = coroutine(function* work() {
      yield* sleep(3);
    })();
    const shown: [{ toString(): string }, string][] = [
      [task, "task main/worker (pending)"],
      [future, "future main/future-1 (pending)"],
      [waiting, "sleep(2) (not awaited)"],
      [lazy, "coroutine work() (not awaited)"],
      [new Gate("gate", {}), "gate main/gate-1"],
    ];
    for (const [it, words] of shown) expect([inspect(it), it.toString()]).toEqual([words, words]);
    yield* task;
    yield* waiting;
    expect([task.toString(), inspect(waiting)]).toEqual([
      "task main/worker (returned)",
      "sleep(2)",
    ]);
    yield* lazy;
    expect(inspect({ lazy })).toBe("{ lazy: coroutine work() }");
  });
});
