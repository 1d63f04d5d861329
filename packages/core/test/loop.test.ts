import { describe, expect, test } from "vitest";

import {
  CancelledError,
  createTask,
  currentTask,
  type ExceptionContext,
  type Future,
  getRunningLoop,
  Loop,
  run,
  sleep,
} from "../src/index.ts";
import { kinds, wait } from "./kinds.ts";

function closed(): Loop {
  const loop = new Loop();
  loop.close();
  return loop;
}

describe("runUntilComplete", () => {
  test.each(kinds)(
    "LOOP-10: answers the result of $kind bodies, and time has passed",
    async ({ of }) => {
      const loop = new Loop();
      const main = of(function* () {
        yield* wait(sleep(5));
        return "done";
      });
      expect(await loop.runUntilComplete(main)).toBe("done");
      expect(loop.time()).toBe(5);
    },
  );

  test.each(kinds)("LOOP-10: throws the very error of $kind bodies", async ({ of }) => {
    const error = new Error("mine");
    const main = of(function* () {
      yield* wait(sleep(1));
      throw error;
    });
    await expect(new Loop().runUntilComplete(main)).rejects.toBe(error);
  });

  test("LOOP-10: takes a coroutine, a task or a future", async () => {
    const loop = new Loop();
    expect(await loop.runUntilComplete(sleep(1, "coroutine"))).toBe("coroutine");
    expect(await loop.runUntilComplete(loop.createTask(() => "task"))).toBe("task");
    const future = loop.createFuture<string>();
    loop.callLater(3, () => future.setResult("future"));
    expect(await loop.runUntilComplete(future)).toBe("future");
    expect(loop.time()).toBe(4);
  });

  test("LOOP-10: other tasks stay where they are and go on in the next run", async () => {
    const loop = new Loop();
    const log: string[] = [];
    void loop.createTask(async () => {
      for (let i = 1; i <= 4; i++) {
        await sleep(1);
        log.push(`other ${i}`);
      }
    });
    await loop.runUntilComplete(() => sleep(2.5));
    expect(log).toEqual(["other 1", "other 2"]);
    await loop.runUntilComplete(() => sleep(1));
    expect(log).toEqual(["other 1", "other 2", "other 3"]);
    await loop.run();
    expect(log).toHaveLength(4);
  });

  test("LOOP-10: the loop ends with the pass that learns of the end, and the rest of that pass runs", async () => {
    const loop = new Loop();
    const log: string[] = [];
    const future = loop.createFuture<void>();
    const note = (name: string) => (): void => void log.push(name);
    loop.callSoon(() => {
      future.setResult();
      loop.callSoon(() => {
        log.push("same pass");
        loop.callSoon(note("pass after"));
      });
    });
    await loop.runUntilComplete(future);
    expect(log).toEqual(["same pass"]);
  });

  test("LOOP-10: stopped before the end it throws, and the task goes on in the next run", async () => {
    const loop = new Loop();
    const task = loop.createTask(() => sleep(10, "late"));
    loop.callLater(3, () => loop.stop());
    await expect(loop.runUntilComplete(task)).rejects.toMatchObject({
      code: "ERR_LOOP_STOPPED",
      message: "Event loop stopped before Future completed.",
    });
    expect(loop.time()).toBe(3);
    expect(await loop.runUntilComplete(task)).toBe("late");
  });

  test("LOOP-10: a run that was stopped early does not end a later one", async () => {
    const loop = new Loop();
    const task = loop.createTask(() => sleep(5));
    const log: number[] = [];
    loop.callLater(9, () => log.push(loop.time()));
    loop.callLater(3, () => loop.stop());
    await expect(loop.runUntilComplete(task)).rejects.toMatchObject({ code: "ERR_LOOP_STOPPED" });
    expect(await loop.run()).toBe("exhausted");
    expect(log).toEqual([9]);
  });
});

test.each<[string, (future: Future<number>) => void]>([
  ["pending", () => undefined],
  ["done", (future) => future.setResult(1)],
])(
  "S12: runUntilComplete refuses a %s future of another loop, and runs nothing",
  async (_, make) => {
    const loop = new Loop();
    const foreign = new Loop().createFuture<number>({ name: "foreign" });
    make(foreign);
    let ran = 0;
    loop.callSoon(() => ran++);
    await expect(loop.runUntilComplete(foreign)).rejects.toMatchObject({
      code: "ERR_OTHER_LOOP",
      message: expect.stringContaining("`foreign`"),
    });
    expect(ran).toBe(0);
    await loop.run();
    expect(ran).toBe(1);
  },
);

describe("runForever and run", () => {
  test("runForever ends by stop alone", async () => {
    const loop = new Loop();
    let beats = 0;
    const beat = (): void => {
      if (++beats === 1000) loop.stop();
      loop.callLater(1, beat);
    };
    loop.callSoon(beat);
    await loop.runForever();
    expect(beats).toBe(1000);
    expect(loop.time()).toBe(999);
  });

  test("S7: runForever with nothing left to do throws instead of hanging", async () => {
    const loop = new Loop();
    loop.callLater(2, () => undefined);
    await expect(loop.runForever()).rejects.toMatchObject({ code: "ERR_DEADLOCK" });
  });

  test("LOOP-11: a running loop refuses to be run, and so does another in a step", async () => {
    const loop = new Loop();
    await loop.runUntilComplete(async () => {
      await expect(loop.runForever()).rejects.toThrow("This event loop is already running");
      await expect(loop.run()).rejects.toMatchObject({ code: "ERR_LOOP_RUNNING" });
      await expect(loop.step()).rejects.toMatchObject({ code: "ERR_LOOP_RUNNING" });
      await expect(new Loop().runForever()).rejects.toThrow(
        "Cannot run the event loop while another loop is running",
      );
    });
  });

  test("run answers why it ended", async () => {
    const loop = new Loop();
    expect(await loop.run()).toBe("exhausted");
    loop.callLater(5, () => loop.stop());
    loop.callLater(9, () => undefined);
    expect(await loop.run()).toBe("stopped");
    expect(loop.time()).toBe(5);
    expect(await loop.run({ until: 7 })).toBe("until");
    expect(loop.time()).toBe(7);
    expect(await loop.run()).toBe("exhausted");
    expect(loop.time()).toBe(9);
  });

  test("run({until}) includes what happens at that time, and what that makes ready", async () => {
    const loop = new Loop();
    const log: string[] = [];
    const note = (name: string) => (): void => void log.push(`${name} at ${loop.time()}`);
    loop.callAt(10, () => {
      note("on time")();
      loop.callSoon(note("soon"));
      loop.callLater(0, note("later by 0"));
      loop.callLater(0.001, note("too late"));
    });
    expect(await loop.run({ until: 10 })).toBe("until");
    expect(log).toEqual(["on time at 10", "soon at 10", "later by 0 at 10"]);
    expect(loop.time()).toBe(10);
  });

  test("run({until}) with a time that is past does not turn time back", async () => {
    const loop = new Loop({ start: 50 });
    loop.callLater(1, () => undefined);
    expect(await loop.run({ until: 20 })).toBe("until");
    expect(loop.time()).toBe(50);
  });

  test("isRunning holds in steps and between them, and not before and after", async () => {
    const loop = new Loop();
    const seen: boolean[] = [loop.isRunning()];
    loop.callSoon(() => seen.push(loop.isRunning()));
    const end = loop.run();
    seen.push(loop.isRunning());
    await end;
    seen.push(loop.isRunning());
    expect(seen).toEqual([false, true, true, false]);
  });
});

describe("step and peek", () => {
  test("step runs one activation with all that it causes, and says whether there was one", async () => {
    const loop = new Loop();
    const log: string[] = [];
    void loop.createTask(async () => {
      for (let i = 0; i < 100; i++) await Promise.resolve();
      log.push(`begins at ${loop.time()}`);
      await sleep(4);
      log.push(`goes on at ${loop.time()}`);
    });
    loop.callLater(2, () => log.push(`callback at ${loop.time()}`));
    const states: [boolean, number][] = [];
    for (let i = 0; i < 4; i++) states.push([await loop.step(), log.length]);
    expect(states).toEqual([
      [true, 1],
      [true, 2],
      [true, 3],
      [false, 3],
    ]);
    expect(log).toEqual(["begins at 0", "callback at 2", "goes on at 4"]);
  });

  test("stepping to the end gives the same order as running to the end", async () => {
    const program = (loop: Loop): string[] => {
      const log: string[] = [];
      for (const [name, delay] of Object.entries({ a: 2, b: 3, c: 0 })) {
        void loop.createTask(async () => {
          for (let i = 0; i < 6; i++) {
            await sleep(delay);
            log.push(`${loop.time()} ${name}`);
          }
        });
      }
      return log;
    };
    const stepped = new Loop();
    const steppedLog = program(stepped);
    while (await stepped.step()) {
      // Each turn is one step.
    }
    const whole = new Loop();
    const wholeLog = program(whole);
    await whole.run();
    expect(wholeLog).toHaveLength(18);
    expect(steppedLog).toEqual(wholeLog);
  });

  test("peek is the time of the next activation; Infinity if there is none", async () => {
    const loop = new Loop({ start: 3 });
    expect(loop.peek()).toBe(Infinity);
    const timer = loop.callAt(8, () => undefined);
    expect(loop.peek()).toBe(8);
    loop.callAt(1, () => undefined);
    expect(loop.peek()).toBe(3);
    await loop.step();
    expect(loop.peek()).toBe(8);
    loop.callSoon(() => undefined);
    expect(loop.peek()).toBe(3);
    await loop.step();
    timer.cancel();
    expect(loop.peek()).toBe(Infinity);
  });

  test("peek does not count a cancelled callback, since it never runs", () => {
    const loop = new Loop();
    loop.callLater(6, () => undefined);
    loop.callSoon(() => undefined).cancel();
    expect(loop.peek()).toBe(6);
  });
});

describe("close", () => {
  test("LOOP-12: is refused while the loop runs, and may be repeated", async () => {
    const loop = new Loop();
    await loop.runUntilComplete(async () => {
      expect(() => loop.close()).toThrow("Cannot close a running event loop");
    });
    expect(loop.isClosed()).toBe(false);
    loop.close();
    loop.close();
    expect(loop.isClosed()).toBe(true);
  });

  test.each<[string, (loop: Loop) => unknown]>([
    ["callSoon", (loop) => loop.callSoon(() => undefined)],
    ["callLater", (loop) => loop.callLater(1, () => undefined)],
    ["callAt", (loop) => loop.callAt(1, () => undefined)],
    ["createTask", (loop) => loop.createTask(() => undefined)],
  ])("LOOP-12: a closed loop refuses %s", (_, use) => {
    expect(() => use(closed())).toThrow("Event loop is closed");
  });

  test.each<[string, (loop: Loop) => Promise<unknown>]>([
    ["run", (loop) => loop.run()],
    ["runForever", (loop) => loop.runForever()],
    ["runUntilComplete", (loop) => loop.runUntilComplete(() => 1)],
    ["step", (loop) => loop.step()],
  ])("LOOP-12: a closed loop refuses %s", async (_, use) => {
    await expect(use(closed())).rejects.toMatchObject({ code: "ERR_LOOP_CLOSED" });
  });

  test("LOOP-12: a closed loop answers its state and takes stop", () => {
    const loop = closed();
    expect(() => loop.stop()).not.toThrow();
    expect([loop.isRunning(), loop.isClosed(), loop.time()]).toEqual([false, true, 0]);
  });

  test("LOOP-12: close drops callbacks and timers", () => {
    const loop = new Loop();
    loop.callSoon(() => undefined);
    loop.callLater(4, () => undefined);
    loop.close();
    expect(loop.peek()).toBe(Infinity);
  });
});

describe("a stopped loop", () => {
  test("accepts createTask and cancel, which take effect in the next run", async () => {
    const loop = new Loop();
    const sleeper = loop.createTask(() => sleep(100));
    await loop.run({ until: 10 });
    const late = loop.createTask(async () => loop.time());
    sleeper.cancel();
    await loop.run();
    expect(sleeper.cancelled()).toBe(true);
    expect(late.result()).toBe(10);
    expect(loop.time()).toBe(10);
  });
});

test.each<[string, (loop: Loop) => unknown]>([
  ["callSoon", (loop) => loop.callSoon(() => undefined)],
  ["callLater", (loop) => loop.callLater(1, () => undefined)],
  ["createTask", (loop) => loop.createTask(() => undefined)],
])(
  "S7: %s from outside the steps of a running loop is refused and fails the run",
  async (_, use) => {
    const loop = new Loop();
    void loop.createTask(() => sleep(1));
    const end = loop.run();
    expect(() => use(loop)).toThrow(/outside its steps.*external/);
    await expect(end).rejects.toMatchObject({ code: "ERR_OUTSIDE_STEP" });
  },
);

describe("exceptions out of callbacks", () => {
  const error = new Error("out of a callback");

  function reported(): { loop: Loop; contexts: ExceptionContext[]; loops: Loop[] } {
    const contexts: ExceptionContext[] = [];
    const loops: Loop[] = [];
    const exceptionHandler = (loop: Loop, context: ExceptionContext): void => {
      loops.push(loop);
      contexts.push(context);
    };
    return { loop: new Loop({ exceptionHandler }), contexts, loops };
  }

  test.each([
    ["an error", error],
    ["a CancelledError", new CancelledError()],
    ["a string", "thrown"],
  ])("LOOP-15: %s goes to the exception handler, and the loop goes on", async (_, thrown) => {
    const { loop, contexts, loops } = reported();
    const log: string[] = [];
    const handle = loop.callLater(2, () => {
      throw thrown;
    });
    loop.callLater(3, () => log.push("goes on"));
    await loop.run();
    expect(log).toEqual(["goes on"]);
    expect(loops).toEqual([loop]);
    expect(contexts).toHaveLength(1);
    expect(contexts[0]?.message).toMatch(/^Exception in callback/);
    expect(contexts[0]?.exception).toBe(thrown);
    expect(contexts[0]?.handle).toBe(handle);
  });

  test("LOOP-15: also out of a callback on a future", async () => {
    const { loop, contexts } = reported();
    const future = loop.createFuture<number>();
    future.addDoneCallback(() => {
      throw error;
    });
    future.setResult(1);
    await loop.run();
    expect(contexts.map(({ exception }) => exception)).toEqual([error]);
  });

  test("LOOP-16: without a handler it is logged, with its time and its stack", async () => {
    const messages: string[] = [];
    const loop = new Loop({ log: (message) => void messages.push(message) });
    loop.callLater(7, () => {
      throw error;
    });
    await loop.run();
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/Exception in callback.*t=7 ms\nError: out of a callback\n\s+at /s);
  });

  test("LOOP-16: an exception in the handler is logged as that, and the loop goes on", async () => {
    const messages: string[] = [];
    const loop = new Loop({ log: (message) => void messages.push(message) });
    loop.setExceptionHandler(() => {
      throw new Error("handler broke");
    });
    loop.callSoon(() => {
      throw error;
    });
    await loop.run();
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/^Unhandled error in exception handler\nError: handler broke/);
  });

  test("LOOP-16: a handler can be set, asked for and taken away", () => {
    const messages: string[] = [];
    const contexts: ExceptionContext[] = [];
    const loop = new Loop({ log: (message) => void messages.push(message) });
    const handler = (_: Loop, context: ExceptionContext): void => void contexts.push(context);
    expect(loop.getExceptionHandler()).toBeNull();
    loop.setExceptionHandler(handler);
    expect(loop.getExceptionHandler()).toBe(handler);
    loop.callExceptionHandler({ message: "first" });
    loop.setExceptionHandler(null);
    loop.callExceptionHandler({ message: "second" });
    expect(contexts).toEqual([{ message: "first" }]);
    expect(messages).toEqual(["second"]);
  });
});

describe("debug", () => {
  async function messagesOf(program: (loop: Loop) => void, debug: boolean): Promise<string[]> {
    const messages: string[] = [];
    const loop = new Loop({ debug, log: (message) => void messages.push(message) });
    expect(loop.debug).toBe(debug);
    loop.callSoon(() => program(loop));
    await loop.run();
    loop.close();
    return messages;
  }

  test("S5: a coroutine that nobody used is reported at the end, by what it is", async () => {
    const [message, ...others] = await messagesOf(() => void sleep(12), true);
    expect(others).toEqual([]);
    expect(message).toMatch(/sleep\(12\) was never awaited.*`await`/);
  });

  test("S5: one that was used is not, and without debug none is", async () => {
    const used = (loop: Loop): void => void loop.createTask(() => sleep(1));
    expect(await messagesOf(used, true)).toEqual([]);
    expect(await messagesOf(() => void sleep(12), false)).toEqual([]);
  });

  test("debug can be switched while the loop is stopped", async () => {
    const messages: string[] = [];
    const loop = new Loop({ log: (message) => void messages.push(message) });
    loop.debug = true;
    loop.callSoon(() => void sleep(1));
    await loop.run();
    loop.close();
    expect(messages).toHaveLength(1);
  });
});

test("S12: outside a run nothing runs in a loop, and inside it is the running one", async () => {
  expect(currentTask()).toBeNull();
  const loop = new Loop();
  await loop.runUntilComplete(async () => {
    expect(getRunningLoop()).toBe(loop);
    await createTask(async () => expect(getRunningLoop()).toBe(loop));
  });
  expect(() => getRunningLoop()).toThrow(/running loop/);
  expect(await run(async () => getRunningLoop() === loop)).toBe(false);
});
