import { now, runSync, simulate, sleep } from "@tickless/core";
import * as promises from "node:timers/promises";
import { scheduler, setTimeout as pause } from "node:timers/promises";
import timers from "node:timers";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { virtualize } from "../src/index.ts";
import { Log, virtual } from "./world.ts";

async function rejection(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return "nothing";
  } catch (error) {
    const { name, message, code, cause } = error as Error & { code?: string };
    return { name, message, code, cause };
  }
}

const any = (value: unknown): never => value as never;

describe("A1.5: node:timers/promises", () => {
  test("setTimeout and setImmediate give their value at their time", async () => {
    const log = new Log();
    await virtual(async () => {
      log.note(await pause(10, "ten"));
      log.note(String(await pause(5)));
      log.note(await promises.setImmediate("immediate"));
      log.note(String(await pause()));
    });
    expect(log.lines).toEqual(["10 ten", "15 undefined", "15 immediate", "16 undefined"]);
  });

  test("util.promisify finds them, timers.promises is them, scheduler has them", async () => {
    const log = new Log();
    await virtual(async () => {
      expect(promisify(setTimeout)).toBe(promises.setTimeout);
      expect(promisify(timers.setTimeout)).toBe(promises.setTimeout);
      expect(promisify(setImmediate)).toBe(promises.setImmediate);
      expect(timers.promises.setTimeout).toBe(promises.setTimeout);
      log.note(await promisify(setTimeout)(1000, "promisified"));
      log.note(await promisify(setImmediate)("immediate"));
      await scheduler.wait(1000);
      log.note("waited");
      await scheduler.yield();
      log.note("yielded");
    });
    expect(log.lines).toEqual([
      "1000 promisified",
      "1000 immediate",
      "2000 waited",
      "2000 yielded",
    ]);
  });

  test("what is promisified in a run is the real one outside", async () => {
    const saved = await virtual(() => promisify(setTimeout));
    const controller = new AbortController();
    const waiting = saved(60_000, undefined, { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: "ABORT_ERR" });
  });

  const aborted = AbortSignal.abort("gone");
  test.each<[string, () => unknown]>([
    ["a delay that is no number", () => pause(any("5"))],
    ["a delay that is null", () => pause(any(null))],
    ["options that are null", () => pause(1, 1, any(null))],
    ["options that are no object", () => pause(1, 1, any(5))],
    ["options that are an array", () => pause(1, 1, any([]))],
    ["a signal that is none", () => pause(1, 1, { signal: any(5) })],
    ["a signal that is null", () => pause(1, 1, { signal: any(null) })],
    ["a ref that is none", () => pause(1, 1, { ref: any(5) })],
    ["an aborted signal", () => pause(1, 1, { signal: aborted })],
    ["setImmediate: bad options", () => promises.setImmediate(1, any(null))],
    ["setImmediate: bad ref", () => promises.setImmediate(1, { ref: any(1) })],
    ["setImmediate: an aborted signal", () => promises.setImmediate(1, { signal: aborted })],
    ["setInterval: bad delay", () => promises.setInterval(any("5"))[Symbol.asyncIterator]().next()],
    [
      "setInterval: bad options",
      () => promises.setInterval(1, 1, any(5))[Symbol.asyncIterator]().next(),
    ],
    [
      "setInterval: an aborted signal",
      () => promises.setInterval(1, 1, { signal: aborted })[Symbol.asyncIterator]().next(),
    ],
    ["scheduler.wait: bad delay", () => scheduler.wait(any("5"))],
    ["scheduler.wait: bad options", () => scheduler.wait(1, any(null))],
    ["scheduler.wait: another this", () => scheduler.wait.call(any({}), 1)],
    ["scheduler.yield: another this", () => scheduler.yield.call(any({}))],
  ])("%s: Node's own error", async (_, call) => {
    const real = await rejection(call);
    expect(await virtual(() => rejection(call))).toEqual(real);
    expect(real).toMatchObject({ code: expect.stringMatching(/^(?:ERR_INVALID_|ABORT_ERR)/) });
  });

  test.each([
    ["setTimeout", (signal: AbortSignal) => pause(100, "late", { signal })],
    ["setImmediate", (signal: AbortSignal) => promises.setImmediate("late", { signal })],
    ["scheduler.wait", (signal: AbortSignal) => scheduler.wait(100, { signal })],
  ])("%s ends when its signal aborts, and takes its timer back", async (_, wait) => {
    const log = new Log();
    const error = await virtual(async () => {
      const controller = new AbortController();
      const waiting = rejection(() => wait(controller.signal));
      controller.abort(new Error("why"));
      const result = await waiting;
      log.note("aborted");
      return result;
    });
    expect(error).toEqual({
      name: "AbortError",
      message: "The operation was aborted",
      code: "ABORT_ERR",
      cause: new Error("why"),
    });
    expect(log.lines).toEqual(["0 aborted"]);
  });

  test("what has ended listens to its signal no more", async () => {
    const listeners: string[] = [];
    const signal = new AbortController().signal;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type: string, ...rest: unknown[]) => {
      listeners.push(`add ${type}`);
      Reflect.apply(add, signal, [type, ...rest] as never);
    };
    signal.removeEventListener = (type: string, ...rest: unknown[]) => {
      listeners.push(`remove ${type}`);
      Reflect.apply(remove, signal, [type, ...rest] as never);
    };
    await virtual(() => pause(5, undefined, { signal }));
    expect(listeners).toEqual(["add abort", "remove abort"]);
  });

  test("ref: false does not keep the run going", async () => {
    await expect(virtual(() => pause(5, 1, { ref: false }))).rejects.toMatchObject({
      code: "ERR_DEADLOCK",
      time: 0,
    });
    expect(await virtual(() => Promise.all([sleep(7), pause(5, 1, { ref: false })]))).toEqual([
      undefined,
      1,
    ]);
  });
});

describe("A1.5: setInterval of node:timers/promises", () => {
  test("yields its value once for each firing, also for those that came meanwhile", async () => {
    const log = new Log();
    await virtual(async () => {
      let left = 5;
      for await (const value of promises.setInterval(10, "tick")) {
        log.note(value);
        if (left === 4) await pause(25);
        if (--left === 0) break;
      }
      log.note("over");
      await pause(100);
    });
    expect(log.lines).toEqual(["10 tick", "20 tick", "45 tick", "45 tick", "50 tick", "50 over"]);
  });

  test("begins when it is first asked", async () => {
    const log = new Log();
    await virtual(async () => {
      const interval = promises.setInterval(10, "tick");
      await pause(100);
      const { value } = await interval[Symbol.asyncIterator]().next();
      log.note(String(value));
    });
    expect(log.lines).toEqual(["110 tick"]);
  });

  test.each([
    ["while it is awaited", 25, 0, ["10 tick", "20 tick", "25 ABORT_ERR"]],
    ["while its value is worked on", 22, 15, ["10 tick", "25 tick", "40 ABORT_ERR"]],
  ] as const)("an abort %s ends it", async (_, abortAt, work, expected) => {
    const log = new Log();
    await virtual(async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), abortAt);
      try {
        for await (const value of promises.setInterval(10, "tick", { signal: controller.signal })) {
          log.note(value);
          if (work > 0) await pause(work);
        }
      } catch (error) {
        log.note((error as { code: string }).code);
      }
    });
    expect(log.lines).toEqual(expected);
  });

  test("ref: false", async () => {
    const log = new Log();
    const main = virtual(async () => {
      setTimeout(log.noting("kept"), 25);
      for await (const value of promises.setInterval(10, "tick", { ref: false })) log.note(value);
    });
    await expect(main).rejects.toMatchObject({ code: "ERR_DEADLOCK", time: 25 });
    expect(log.lines).toEqual(["10 tick", "20 tick", "25 kept"]);
  });
});

test("promises of timers are refused under runSync", () => {
  for (const call of [
    () => pause(5),
    () => promises.setImmediate(),
    () => scheduler.wait(5),
    () => scheduler.yield(),
    () => promises.setInterval(5),
  ]) {
    const main = virtualize(function* () {
      yield* sleep(1);
      void call();
      return now();
    });
    expect(() => runSync(main)).toThrow(expect.objectContaining({ code: "ERR_ASYNC_IN_SYNC" }));
  }
});

test("an interval that a loop has left is over: nothing is pending", async () => {
  const main = virtualize(async () => {
    for await (const _ of promises.setInterval(10)) break;
    await new Promise(() => undefined);
  });
  expect(await simulate(main, { maxSteps: 1000 })).toMatchObject({ reason: "deadlock", now: 10 });
});

test("a wait that is aborted leaves no timer behind", async () => {
  const main = virtualize(async () => {
    const wait = pause(1000, undefined, { signal: AbortSignal.timeout(10) });
    await wait.catch(() => new Promise(() => undefined));
  });
  expect(await simulate(main)).toMatchObject({ reason: "deadlock", now: 10 });
});
