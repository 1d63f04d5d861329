import { describe, expect, test } from "vitest";

import {
  ContextVar,
  copyContext,
  getRunningLoop,
  type Handle,
  Loop,
  run,
  sleep,
} from "../src/index.ts";
import { inRealEvent } from "./outside-step.ts";

type Schedule = (loop: Loop, callback: () => void) => Handle;

const ways: readonly (readonly [string, Schedule])[] = [
  ["callSoon", (loop, callback) => loop.callSoon(callback)],
  ["callLater", (loop, callback) => loop.callLater(5, callback)],
  ["callLater(0)", (loop, callback) => loop.callLater(0, callback)],
  ["callAt", (loop, callback) => loop.callAt(5, callback)],
];

describe.each(ways)("a handle of %s", (_, schedule) => {
  test("LOOP-03: once cancelled it never runs", async () => {
    const loop = new Loop();
    const ran: string[] = [];
    const handle = schedule(loop, () => void ran.push("cancelled"));
    schedule(loop, () => void ran.push("other"));
    expect(handle.cancelled()).toBe(false);
    handle.cancel();
    expect(handle.cancelled()).toBe(true);
    await loop.run();
    expect(ran).toEqual(["other"]);
  });

  test("LOOP-03: cancelled by a callback of its own pass it does not run", async () => {
    const loop = new Loop();
    const ran: string[] = [];
    let handle: Handle | undefined;
    schedule(loop, () => handle?.cancel());
    handle = schedule(loop, () => void ran.push("cancelled"));
    schedule(loop, () => void ran.push("other"));
    await loop.run();
    expect(ran).toEqual(["other"]);
  });

  test("LOOP-03: cancelling twice, or after it ran, changes nothing", async () => {
    const loop = new Loop();
    const ran: string[] = [];
    const twice = schedule(loop, () => void ran.push("cancelled"));
    const once = schedule(loop, () => void ran.push("once"));
    twice.cancel();
    twice.cancel();
    await loop.run();
    once.cancel();
    once.cancel();
    schedule(loop, () => void ran.push("after"));
    await loop.run();
    expect(ran).toEqual(["once", "after"]);
  });
});

test("LOOP-13, LOOP-19: when() is the absolute time for which a timer was armed", () => {
  const loop = new Loop({ start: 100 });
  expect(loop.callLater(5, () => undefined).when()).toBe(105);
  expect(loop.callLater(-5, () => undefined).when()).toBe(100);
  expect(loop.callAt(30, () => undefined).when()).toBe(30);
  expect(loop.callSoon(() => undefined).when()).toBeNaN();
});

test("LOOP-19: arguments are passed to the callback", async () => {
  const loop = new Loop();
  const got: unknown[] = [];
  const take = (...values: readonly unknown[]): void => void got.push(values);
  loop.callSoon(take);
  loop.callSoon(take, 1, "two");
  loop.callLater(1, take, null);
  loop.callAt(2, take, undefined, got);
  await loop.run();
  expect(got).toEqual([[], [1, "two"], [null], [undefined, got]]);
});

test.each(ways)(
  "S7: cancelling a handle of %s in a real event fails the run",
  async (_, schedule) => {
    const end = run(async () => {
      const handle = schedule(getRunningLoop(), () => undefined);
      await inRealEvent(() => handle.cancel());
    });
    await expect(end).rejects.toMatchObject({
      code: "ERR_OUTSIDE_STEP",
      message: expect.stringMatching(/^handle\.cancel\(\) .*external/),
    });
  },
);

test("LOOP-19: a callback runs with other variables by way of a context", async () => {
  const variable = new ContextVar<string>("v", { default: "default" });
  const seen: string[] = [];
  await run(async () => {
    const context = copyContext();
    context.run(() => variable.set("of the context"));
    getRunningLoop().callSoon(() => context.run(() => seen.push(variable.get())));
    getRunningLoop().callSoon(() => seen.push(variable.get()));
    await sleep(1);
  });
  expect(seen).toEqual(["of the context", "default"]);
});
