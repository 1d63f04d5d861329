import { describe, expect, test } from "vitest";

import {
  asCompleted,
  CancelledError,
  type Coroutine,
  createTask,
  external,
  type Future,
  gather,
  getRunningLoop,
  InvalidStateError,
  Loop,
  now,
  race,
  run,
  runSync,
  shield,
  sleep,
  timeout,
  type UsageError,
  wait as waitForFutures,
} from "../src/index.ts";
import type { Probe } from "../src/probe.ts";
import { kinds, wait } from "./kinds.ts";
import { inRealEvent } from "./outside-step.ts";

const error = new Error("set by hand");

/** Ways to settle a future, with what its methods then give. */
const outcomes: readonly (readonly [string, (future: Future<number>) => unknown])[] = [
  ["a result", (future) => future.setResult(1)],
  ["an exception", (future) => future.setException(error)],
  ["a cancellation", (future) => future.cancel("stop")],
];

describe("FUT-01: a future", () => {
  test("is pending at first, and refuses to say what it does not have", () => {
    const future = new Loop().createFuture<number>({ name: "answer" });
    expect([future.done(), future.cancelled()]).toEqual([false, false]);
    expect(() => future.result()).toThrow(InvalidStateError);
    expect(() => future.exception()).toThrow(InvalidStateError);
    expect(() => future.result()).toThrow(/`answer`.*done\(\)/);
    expect(() => future.result()).toThrow(expect.objectContaining({ code: "ERR_INVALID_STATE" }));
  });

  test("settled with a result it has that and no exception", () => {
    const future = new Loop().createFuture<number>();
    future.setResult(7);
    expect([future.done(), future.cancelled()]).toEqual([true, false]);
    expect(future.result()).toBe(7);
    expect(future.exception()).toBeUndefined();
  });

  test("settled with an exception it has and throws that very object", () => {
    const future = new Loop().createFuture<number>();
    future.setException(error);
    expect([future.done(), future.cancelled()]).toEqual([true, false]);
    expect(future.exception()).toBe(error);
    expect(() => future.result()).toThrow(error);
  });

  test("FUT-04, FUT-07: cancelled it is so at once, and both throw a CancelledError with the message", () => {
    const future = new Loop().createFuture<number>();
    expect(future.cancel("stop")).toBe(true);
    expect([future.done(), future.cancelled()]).toEqual([true, true]);
    expect(() => future.result()).toThrow(CancelledError);
    expect(() => future.result()).toThrow("stop");
    expect(() => future.exception()).toThrow("stop");
  });

  test.each(outcomes)(
    "settled with %s it refuses another outcome, and keeps the first",
    (_, settle) => {
      const future = new Loop().createFuture<number>();
      settle(future);
      const state = [future.done(), future.cancelled()];
      expect(() => future.setResult(2)).toThrow(InvalidStateError);
      expect(() => future.setException(new Error("other"))).toThrow(InvalidStateError);
      expect(future.cancel()).toBe(false);
      expect([future.done(), future.cancelled()]).toEqual(state);
    },
  );
});

describe("FUT-02: callbacks of a future", () => {
  test("run in the pass after it settled, in the order of registration, and get the future", async () => {
    const loop = new Loop();
    const log: string[] = [];
    const future = loop.createFuture<number>();
    for (const name of ["a", "b", "c"]) {
      future.addDoneCallback((done) => log.push(`${name} ${done.result()} ${done === future}`));
    }
    loop.callSoon(() => {
      future.setResult(1);
      log.push("set");
      loop.callSoon(() => log.push("after them"));
    });
    loop.callSoon(() => log.push("same pass"));
    await loop.run();
    expect(log).toEqual(["set", "same pass", "a 1 true", "b 1 true", "c 1 true", "after them"]);
  });

  test("added when it is done, run in the next pass, not at once", async () => {
    const loop = new Loop();
    const log: string[] = [];
    const future = loop.createFuture<number>();
    future.setResult(1);
    loop.callSoon(() => {
      future.addDoneCallback(() => log.push("callback"));
      log.push("added");
    });
    await loop.run();
    expect(log).toEqual(["added", "callback"]);
  });

  test.each(outcomes)("run also after %s", async (_, settle) => {
    const loop = new Loop({ log: () => undefined });
    const seen: boolean[] = [];
    const future = loop.createFuture<number>();
    future.addDoneCallback((done) => seen.push(done.done()));
    settle(future);
    await loop.run();
    expect(seen).toEqual([true]);
  });

  test("FUT-03: removeDoneCallback removes all that are equal and says how many", async () => {
    const loop = new Loop();
    const log: string[] = [];
    const future = loop.createFuture<void>();
    const twice = (): void => void log.push("twice");
    const once = (): void => void log.push("once");
    for (const callback of [twice, once, twice]) future.addDoneCallback(callback);
    expect(future.removeDoneCallback(twice)).toBe(2);
    expect(future.removeDoneCallback(twice)).toBe(0);
    expect(future.removeDoneCallback(() => undefined)).toBe(0);
    future.setResult();
    await loop.run();
    expect(log).toEqual(["once"]);
  });
});

describe.each(kinds)("awaiting a future, with $kind bodies", ({ of }) => {
  test("FUT-05: a done one does not suspend", async () => {
    const log: string[] = [];
    await run(
      of(function* () {
        const loop = getRunningLoop();
        const done = loop.createFuture<number>();
        done.setResult(4);
        loop.callSoon(() => log.push("next pass"));
        for (let i = 0; i < 100; i++) log.push(String(yield* wait(done)));
        yield* wait(sleep(0));
      }),
    );
    expect(log).toEqual([...Array.from({ length: 100 }, () => "4"), "next pass"]);
  });

  test("FUT-06: waiters go on in the pass after, in the order in which they began, mixed with callbacks", async () => {
    const log: string[] = [];
    await run(
      of(function* () {
        const future = getRunningLoop().createFuture<number>();
        const waiter = (name: string) =>
          of(function* () {
            log.push(`${name} ${yield* wait(future)} at ${now()}`);
          });
        void createTask(waiter("a"));
        yield* wait(sleep(1));
        future.addDoneCallback(() => log.push("callback"));
        void createTask(waiter("b"));
        yield* wait(sleep(1));
        future.setResult(5);
        log.push("set");
        yield* wait(sleep(0));
        log.push("main");
      }),
    );
    expect(log).toEqual(["set", "a 5 at 2", "callback", "b 5 at 2", "main"]);
  });

  test("gives every waiter the very same error", async () => {
    const caught = await run(
      of(function* () {
        const future = getRunningLoop().createFuture<number>();
        const waiter = of(function* () {
          try {
            return yield* wait(future);
          } catch (thrown) {
            return thrown;
          }
        });
        const tasks = [createTask(waiter), createTask(waiter)];
        yield* wait(sleep(1));
        future.setException(error);
        const seen: unknown[] = [];
        for (const task of tasks) seen.push(yield* wait(task));
        return seen;
      }),
    );
    expect(caught[0]).toBe(error);
    expect(caught[1]).toBe(error);
  });

  test("FUT-07: a cancelled one throws a CancelledError with its message", async () => {
    const main = of(function* () {
      const future = getRunningLoop().createFuture<number>();
      getRunningLoop().callLater(3, () => void future.cancel("no longer needed"));
      yield* wait(future);
    });
    await expect(run(main)).rejects.toMatchObject({
      code: "ERR_CANCELLED",
      message: "no longer needed",
    });
  });
});

describe("FUT-09: an exception that nobody looked at", () => {
  async function reportsOf(
    use: (future: Future<number>, loop: Loop) => unknown,
  ): Promise<string[]> {
    const messages: string[] = [];
    const loop = new Loop({ exceptionHandler: (_, { message }) => messages.push(message) });
    const future = loop.createFuture<number>({ name: "answer" });
    future.setException(error);
    await use(future, loop);
    await loop.run();
    loop.close();
    return messages;
  }

  test("is reported when the loop closes, by the path of the future, once", async () => {
    const messages = await reportsOf(() => undefined);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/Future exception was never retrieved.*answer/);
  });

  test.each<[string, (future: Future<number>, loop: Loop) => unknown]>([
    ["result()", (future) => expect(() => future.result()).toThrow(error)],
    ["exception()", (future) => future.exception()],
    ["cancel()", (future) => future.cancel()],
    ["await", (future, loop) => void loop.createTask(() => future)],
    ["await outside", async (future) => expect(future.toPromise()).rejects.toBe(error)],
  ])("is not reported after %s", async (_, use) => {
    const messages = await reportsOf(use);
    expect(messages.filter((message) => message.includes("answer"))).toEqual([]);
  });

  test.each<[string, (future: Future<number>, loop: Loop) => unknown]>([
    ["done() and cancelled()", (future) => [future.done(), future.cancelled()]],
    ["a callback that does not ask", (future) => future.addDoneCallback(() => undefined)],
  ])("is reported in spite of %s", async (_, use) => {
    expect(await reportsOf(use)).toHaveLength(1);
  });

  test("is not reported if who awaits it is cancelled meanwhile: its task has been handed it", () => {
    const messages: string[] = [];
    runSync(
      function* () {
        const children = [() => sleep(5)];
        const task = createTask(function* () {
          yield* gather(children, { returnExceptions: true });
        });
        yield* sleep(1);
        task.cancel();
        yield* sleep(0);
        // The child has ended, the gather not yet: this finds nothing to cancel, and is owed.
        task.cancel();
        yield* sleep(1);
        messages.push(`cancelled: ${task.cancelled()}`);
      },
      { exceptionHandler: (_, { message }) => messages.push(message) },
    );
    expect(messages).toEqual(["cancelled: true"]);
  });

  test("context says which future and which exception", () => {
    const contexts: unknown[] = [];
    const loop = new Loop({ exceptionHandler: (_, context) => contexts.push(context) });
    const future = loop.createFuture<number>();
    future.setException(error);
    loop.close();
    expect(contexts).toHaveLength(1);
    expect((contexts[0] as { future: unknown }).future).toBe(future);
    expect((contexts[0] as { exception: unknown }).exception).toBe(error);
  });
});

describe("toPromise", () => {
  test("gives code outside the outcome, after the run", async () => {
    const loop = new Loop();
    const good = loop.createFuture<string>();
    const bad = loop.createFuture<string>();
    const promises = Promise.allSettled([good.toPromise(), bad.toPromise()]);
    loop.callLater(5, () => {
      good.setResult("good");
      bad.setException(error);
    });
    await loop.run();
    expect(await promises).toEqual([
      { status: "fulfilled", value: "good" },
      { status: "rejected", reason: error },
    ]);
  });

  test("S7: of a future that has not settled when its loop closes rejects, and says so", async () => {
    const loop = new Loop();
    const pending = loop.createFuture({ name: "answer" }).toPromise();
    const settled = loop.createFuture<number>();
    const told = settled.toPromise();
    settled.setResult(3);
    const ends = Promise.allSettled([pending, told]);
    await loop.run();
    loop.close();
    expect(await ends).toEqual([
      {
        status: "rejected",
        reason: expect.objectContaining({
          code: "ERR_LOOP_CLOSED",
          message: expect.stringContaining("`answer`"),
        }),
      },
      { status: "fulfilled", value: 3 },
    ]);
  });

  test("S7: also of a task that never ran, if its loop closes before it is run", async () => {
    const loop = new Loop();
    const end = loop.createTask(() => 1, { name: "late" }).toPromise();
    loop.close();
    await expect(end).rejects.toMatchObject({ code: "ERR_LOOP_CLOSED" });
  });

  test("is a native promise inside the run, for chains", async () => {
    const result = await run(async () => {
      const future = getRunningLoop().createFuture<number>();
      getRunningLoop().callLater(2, () => future.setResult(20));
      const promise = future.toPromise();
      expect(promise).toBeInstanceOf(Promise);
      return promise.then((value) => [value + 1, now()]);
    });
    expect(result).toEqual([21, 2]);
  });

  test("then returns nothing: it is for await alone", async () => {
    await run(async () => {
      const future = getRunningLoop().createFuture<number>();
      future.setResult(1);
      const returned: unknown = future.then(
        () => undefined,
        () => undefined,
      );
      expect(returned).toBeUndefined();
    });
  });
});

test("the result of a settled future can be read and awaited after the run", async () => {
  const loop = new Loop();
  const future = loop.createFuture<number>();
  loop.callLater(1, () => future.setResult(6));
  await loop.run();
  loop.close();
  expect(future.result()).toBe(6);
  expect(await future).toBe(6);
});

describe("S7: a pending future awaited outside its run", () => {
  const refused = {
    code: "ERR_NO_RUNNING_LOOP",
    message: expect.stringMatching(/`answer`.*toPromise\(\)/),
  };

  test("rejects, and says what to write there", async () => {
    const future = new Loop().createFuture({ name: "answer" });
    await expect((async () => future)()).rejects.toMatchObject(refused);
  });

  test("also while the loop runs, which goes on", async () => {
    const loop = new Loop();
    const future = loop.createFuture<number>({ name: "answer" });
    let answer!: () => void;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    const end = loop.runUntilComplete(async () => {
      await external(() => asked);
      future.setResult(8);
      return future;
    });
    await expect((async () => future)()).rejects.toMatchObject(refused);
    answer();
    expect(await end).toBe(8);
  });
});

describe("S7: in a real event", () => {
  test.each<[string, (future: Future<number>) => unknown, RegExp]>([
    ["cancel()", (future) => future.cancel(), /^cancel\(\) .*external/],
    [
      "addDoneCallback()",
      (future) => future.addDoneCallback(() => undefined),
      /^addDoneCallback\(\) .*external/,
    ],
    [
      "removeDoneCallback()",
      (future) => future.removeDoneCallback(() => undefined),
      /^removeDoneCallback\(\) .*external/,
    ],
    ["createFuture()", (future) => future.loop.createFuture(), /^createFuture\(\) .*external/],
    ["gather()", (future) => gather([future]), /^gather\(\) .*external/],
    ["asCompleted()", (future) => asCompleted([future]), /^asCompleted\(\) .*external/],
    ["shield()", (future) => shield(future), /^shield\(\) .*external/],
  ])("%s of a future fails the run", async (_, touch, message) => {
    const end = run(async () => {
      const future = getRunningLoop().createFuture<number>();
      await inRealEvent(() => touch(future));
    });
    await expect(end).rejects.toMatchObject({
      code: "ERR_OUTSIDE_STEP",
      message: expect.stringMatching(message),
    });
  });

  test("addDoneCallback() of a future that has settled fails the run too", async () => {
    const end = run(async () => {
      const future = getRunningLoop().createFuture<number>();
      future.setResult(1);
      await inRealEvent(() => future.addDoneCallback(() => undefined));
    });
    await expect(end).rejects.toMatchObject({ code: "ERR_OUTSIDE_STEP" });
  });
});

test.each<[string, (future: Future<number>) => unknown]>([
  ["gather", (future) => gather([future])],
  ["asCompleted", (future) => asCompleted([future])],
  ["shield", (future) => shield(future)],
])("S12: %s of another run's future is refused, and that run takes its course", async (_, use) => {
  const names: string[] = [];
  const probe: Probe = {
    name: (_event, _cause, _id, _parent, _kind, segment) => names.push(segment),
  };
  let future: Future<number> | undefined;
  let go = (): void => undefined;
  const used = new Promise<void>((resolve) => (go = resolve));
  let hasMade = (): void => undefined;
  const made = new Promise<void>((resolve) => (hasMade = resolve));
  const theirs = run(
    async () => {
      future = getRunningLoop().createFuture<number>();
      await external(() => {
        hasMade();
        return used;
      });
      return "as ever";
    },
    { probes: [probe] },
  );
  const codes: unknown[] = [];
  const attempt = (): void => {
    try {
      use(future as Future<number>);
    } catch (refused) {
      codes.push((refused as UsageError).code);
    }
  };
  await run(async () => {
    await external(() => made);
    attempt();
    getRunningLoop().callSoon(attempt);
    await sleep(1);
  });
  go();
  expect(await theirs).toBe("as ever");
  expect(codes).toEqual(["ERR_OTHER_LOOP", "ERR_OTHER_LOOP"]);
  expect(names).toEqual(["main", "future-1"]);
});

test.each([
  ["a string", "thrown"],
  ["null", null],
  ["a class", Error],
  ["an error", error],
])("FUT-08: %s may be set as the exception, and is thrown as it is", (_, exception) =>
  run(async () => {
    const future = getRunningLoop().createFuture<number>();
    future.setException(exception);
    expect(future.exception()).toBe(exception);
    await expect(future.toPromise()).rejects.toBe(exception);
  }),
);

test("FUT-10: a future is awaited by tasks of its own loop; once settled, by those of any", async () => {
  const other = new Loop();
  const theirs = other.createFuture<string>({ name: "theirs" });
  await expect(run(() => theirs)).rejects.toMatchObject({ code: "ERR_OTHER_LOOP" });
  theirs.setResult("settled");
  expect(await run(() => theirs)).toBe("settled");
});

/** Ways to give up waiting for a future that others wait for as well. */
const givingUp: readonly (readonly [string, (long: Future<unknown>) => Coroutine<unknown>])[] = [
  ["race", (long) => race([long, sleep(1)])],
  ["wait", (long) => waitForFutures([long], { timeout: 1 })],
  ["shield", (long) => gather([() => timeout(1, shield(long))], { returnExceptions: true })],
];

// The 60 seconds of every test are thirty times what it takes; looking for each of them among all took up to 80.
test.each(givingUp)("40,000 tasks give up waiting for one future in no time: %s", (_, giveUp) => {
  const end = runSync(function* () {
    const long = getRunningLoop().createFuture<void>();
    const tasks = Array.from({ length: 40_000 }, () =>
      createTask(function* () {
        yield* giveUp(long);
      }),
    );
    yield* waitForFutures(tasks);
    return now();
  });
  expect(end).toBe(1);
});
