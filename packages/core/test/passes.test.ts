// How many passes each wait takes: asyncio's numbers (3.13, 3.14), because programs order by them.
import { describe, expect, test } from "vitest";

import {
  asCompleted,
  coroutine,
  type Coroutine,
  createTask,
  type Future,
  gather,
  getRunningLoop,
  race,
  shield,
  sleep,
  type Task,
  taskGroup,
  timeout,
  wait as waitSet,
  waitFor,
} from "../src/index.ts";
import { kinds, wait } from "./kinds.ts";
import { passesFrom, passesFromTimer, passesOf } from "./pass-counter.ts";

function firstOf(completed: Iterable<Coroutine<unknown>>): Coroutine<unknown> {
  for (const next of completed) return next;
  throw new Error("nothing to complete");
}

const cancel = (task: Task<number>): void => void task.cancel();

describe.each(kinds)("passes with $kind bodies", (kind) => {
  const { of } = kind;
  const noop = of(function* () {
    yield* [];
  });
  const raiser = of(function* () {
    yield* [];
    throw new Error("raised");
  });
  const forever = of(function* () {
    yield* wait(sleep(100));
  });
  const aFuture = (value?: number): Future<number> => {
    const made = getRunningLoop().createFuture<number>();
    if (value !== undefined) made.setResult(value);
    return made;
  };
  const grouped = (tasks: readonly (typeof noop)[], body = noop): Coroutine<unknown> =>
    taskGroup((group): unknown => {
      for (const task of tasks) void group.createTask(task);
      return body();
    });
  const done = (): Future<number> => aFuture(1);

  test.each<[string, number, () => Coroutine<unknown>]>([
    ["a coroutine that never suspends", 0, () => coroutine(noop)()],
    ["a done future", 0, done],
    ["sleep(0)", 1, () => sleep(0)],
    ["createTask(noop)", 2, () => createTask(noop)],
    ["createTask(raiser)", 2, () => createTask(raiser)],
    ["gather([noop])", 3, () => gather([noop])],
    ["gather([noop, noop, noop])", 3, () => gather([noop, noop, noop])],
    ["gather([done future])", 0, () => gather([done()])],
    ["gather([])", 0, () => gather([])],
    ["gather([raiser])", 3, () => gather([raiser])],
    ["taskGroup without tasks", 0, () => taskGroup(noop)],
    ["taskGroup([noop])", 3, () => grouped([noop])],
    ["taskGroup([raiser])", 3, () => grouped([raiser])],
    ["taskGroup([raiser]) whose body waits", 3, () => grouped([raiser], forever)],
    ["timeout(0) around a wait", 2, () => timeout(0, forever)],
    ["timeout(1) around a body that never suspends", 0, () => timeout(1, noop)],
    ["wait([done future])", 2, () => waitSet([aFuture(1)])],
    ["wait([createTask(noop)])", 3, () => waitSet([createTask(noop)])],
    ["wait(…, {timeout: 0}) and nothing done", 2, () => waitSet([aFuture()], { timeout: 0 })],
    ["wait([done future], {timeout: 0})", 2, () => waitSet([aFuture(1)], { timeout: 0 })],
    ["waitFor(noop, 1)", 0, () => waitFor(noop, 1)],
    ["waitFor(coroutine, 1)", 0, () => waitFor(coroutine(noop)(), 1)],
    ["waitFor(noop, null)", 0, () => waitFor(noop, null)],
    ["waitFor(createTask(noop), 1)", 2, () => waitFor(createTask(noop), 1)],
    ["waitFor(done future, 1)", 0, () => waitFor(aFuture(1), 1)],
    ["waitFor(done future, 0)", 0, () => waitFor(aFuture(1), 0)],
    ["waitFor(noop, 0)", 3, () => waitFor(noop, 0)],
    ["asCompleted([noop])", 3, () => firstOf(asCompleted([noop]))],
    ["asCompleted([done future])", 2, () => firstOf(asCompleted([aFuture(1)]))],
    ["race([done future, sleep(1)])", 0, () => race([aFuture(1), sleep(1)])],
    ["race([sleep(1), sleep(0)])", 1, () => race([sleep(1), sleep(0)])],
    ["race([noop, sleep(1)])", 2, () => race([noop, sleep(1)])],
    ["race([forever, done future])", 2, () => race([forever, aFuture(1)])],
    ["shield(noop)", 3, () => shield(noop)],
    ["shield(done future)", 0, () => shield(aFuture(1))],
  ])("%s takes %i", async (_, passes, make) => {
    expect(await passesOf(kind, make)).toBe(passes);
  });

  test.each<[string, number, () => Coroutine<unknown>]>([
    ["sleep(1)", 1, () => sleep(1)],
    ["timeout(1) around a wait", 1, () => timeout(1, forever)],
    ["wait(…, {timeout: 1})", 1, () => waitSet([aFuture()], { timeout: 1 })],
    ["waitFor(function, 1)", 1, () => waitFor(forever, 1)],
    ["waitFor(task, 1)", 2, () => waitFor(createTask(forever), 1)],
    ["race([sleep(1), future])", 1, () => race([sleep(1), aFuture()])],
    ["asCompleted(…, {timeout: 1})", 1, () => firstOf(asCompleted([aFuture()], { timeout: 1 }))],
  ])("%s takes %i from its timer", async (_, passes, make) => {
    expect(await passesFromTimer(kind, make)).toBe(passes);
  });

  test("a future takes 1 from its setResult to the waiter", async () => {
    let settle = (): void => undefined;
    const make = (): Coroutine<unknown> => {
      const future = getRunningLoop().createFuture<number>();
      settle = () => future.setResult(1);
      return future;
    };
    expect(await passesFrom(kind, make, () => settle())).toBe(1);
  });

  test.each<[string, number, () => Coroutine<unknown>]>([
    ["a sleep", 1, () => sleep(100)],
    ["a future", 1, () => getRunningLoop().createFuture<number>()],
    ["a task", 2, () => createTask(forever)],
    ["gather([task])", 3, () => gather([forever])],
    ["taskGroup([task])", 4, () => grouped([forever])],
    ["the body of taskGroup([task])", 4, () => grouped([forever], forever)],
    ["timeout around a wait", 1, () => timeout(50, forever)],
    ["wait([task])", 1, () => waitSet([createTask(forever)])],
    ["waitFor(function)", 1, () => waitFor(forever, 50)],
    ["race([sleep, future])", 1, () => race([sleep(100), aFuture()])],
    ["race([function])", 2, () => race([forever])],
    ["asCompleted([task])", 1, () => firstOf(asCompleted([forever]))],
    ["shield(task)", 1, () => shield(createTask(forever))],
  ])(
    "cancel() of a task that waits for %s takes %i to its CancelledError",
    async (_, passes, make) => {
      expect(await passesFrom(kind, make, cancel)).toBe(passes);
    },
  );
});
