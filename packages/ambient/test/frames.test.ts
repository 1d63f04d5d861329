// Frames and idle periods are there in browsers alone. Here stand-ins are put on globalThis before the
// package looks, in a module registry of its own.
import { now, run } from "@tickless/core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type * as ambient from "../src/index.ts";

type Callback = (time: number) => void;
interface Deadline {
  readonly didTimeout: boolean;
  timeRemaining(): number;
}
interface Browser {
  readonly requestAnimationFrame: (callback: Callback) => number;
  readonly cancelAnimationFrame: (number: number) => void;
  readonly requestIdleCallback: (callback: (deadline: Deadline) => void) => number;
  readonly cancelIdleCallback: (number: number) => void;
}

const browser = globalThis as unknown as Browser;
const real = {
  requestAnimationFrame: vi.fn<Browser["requestAnimationFrame"]>(() => 7),
  cancelAnimationFrame: vi.fn<Browser["cancelAnimationFrame"]>(),
  requestIdleCallback: vi.fn<Browser["requestIdleCallback"]>(() => 8),
  cancelIdleCallback: vi.fn<Browser["cancelIdleCallback"]>(),
};
let virtualize: typeof ambient.virtualize;

beforeAll(async () => {
  Object.assign(globalThis, real);
  ({ virtualize } = await import("../src/index.ts"));
});

afterAll(() => {
  for (const name of Object.keys(real)) Reflect.deleteProperty(globalThis, name);
});

test("A1.7: callbacks of one frame get one time, 60 times a second", async () => {
  const calls: [string, number, number][] = [];
  await run(
    virtualize(async () => {
      const { requestAnimationFrame } = browser;
      const call = (name: string) => (time: number) => void calls.push([name, time, now()]);
      requestAnimationFrame(call("a"));
      setTimeout(() => requestAnimationFrame(call("b")), 10);
      let frames = 0;
      const animate = (): void => {
        if (++frames < 60) requestAnimationFrame(animate);
        else calls.push(["60th", frames, now()]);
      };
      requestAnimationFrame(animate);
      browser.cancelAnimationFrame(requestAnimationFrame(call("cancelled")));
      await new Promise((resolve) => {
        setTimeout(resolve, 1001);
      });
    }),
  );
  expect(calls).toEqual([
    ["a", expect.closeTo(1016.667, 3), expect.closeTo(16.667, 3)],
    ["b", expect.closeTo(1016.667, 3), expect.closeTo(16.667, 3)],
    ["60th", 60, expect.closeTo(1000, 3)],
  ]);
  expect(calls[0]?.[1]).toBe(calls[1]?.[1]);
  expect(real.requestAnimationFrame).not.toHaveBeenCalled();
  expect(real.cancelAnimationFrame).not.toHaveBeenCalled();
});

test("A1.7: idle callbacks run behind what is ready, before time moves, and have time left", async () => {
  const calls: unknown[] = [];
  await run(
    virtualize(async () => {
      browser.requestIdleCallback((deadline) => {
        calls.push(["idle", now(), deadline.didTimeout, deadline.timeRemaining()]);
      });
      browser.cancelIdleCallback(browser.requestIdleCallback(() => calls.push("cancelled")));
      setImmediate(() => calls.push("immediate"));
      await Promise.resolve();
      calls.push("main");
      await new Promise((resolve) => {
        setTimeout(resolve, 1);
      });
    }),
  );
  expect(calls).toEqual(["main", ["idle", 0, false, 50], "immediate"]);
});

test("outside it is the host's", async () => {
  const saved = await run(virtualize(async () => browser.requestAnimationFrame));
  expect(saved(() => undefined)).toBe(7);
  expect(browser.requestAnimationFrame).toBe(real.requestAnimationFrame);
});
