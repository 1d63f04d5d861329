// A2: runs that end in different ways while another, with another date, goes on beside them.
import {
  external,
  getRunningLoop,
  Loop,
  run,
  runSync,
  simulate,
  sleep,
  timeout,
} from "@tickless/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exchanged } from "../src/exchange.ts";
import { guard, virtualize } from "../src/index.ts";
import { World } from "../src/world.ts";
import { changedSince, surface } from "./surface.ts";
import { day, pause } from "./virtual.ts";

// What Node itself loads when it is first looked at is there from now on.
const first = async (): Promise<void> => {
  AbortSignal.timeout(1).addEventListener("abort", () => undefined);
  await pause(2);
};
await run(guard(virtualize(first)));
surface();
let before: ReadonlyMap<string, unknown>;
beforeEach(() => {
  before = surface();
});
afterEach(() => {
  // oxlint-disable-next-line no-standalone-expect -- this is what every test is for
  expect([changedSince(before), process.hasUncaughtExceptionCaptureCallback()]).toEqual([
    [],
    false,
  ]);
});

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const never = (): Promise<never> => new Promise(() => undefined);
const failing = async (): Promise<void> => {
  await pause(5);
  throw new Error("main");
};

describe.each(["auto", "reference"] as const)("A2.2, A2.3: with drain %s", (drain) => {
  /** Starts `main` in 2010, and answers how it ends. */
  const go = (main: () => unknown, more: object = {}): Promise<string> => {
    const options = { drain, log: () => undefined, ...more };
    const virtual = virtualize(main as () => Promise<unknown>, { startDate: "2010-01-01" });
    return run(virtual, options).then(
      () => "fine",
      (error: Error) => error.name,
    );
  };

  test.each<[string, () => Promise<string>, string]>([
    ["throws", () => go(failing), "Error"],
    ["is deadlocked", () => go(never), "DeadlockError"],
    ["times out", () => go(() => timeout(5, () => sleep(day))), "TimeoutError"],
    [
      "is aborted",
      () =>
        go(async () => {
          const signal = AbortSignal.timeout(5);
          await pause(10);
          signal.throwIfAborted();
        }),
      "TimeoutError",
    ],
    [
      "crashes in a probe",
      () => {
        const arm = (): never => {
          throw new RangeError("probe");
        };
        return go(failing, { probes: [{ arm }] });
      },
      "RangeError",
    ],
    [
      "throws in a tick",
      () => go(() => process.nextTick(() => void (undefined as never as string).length)),
      "TypeError",
    ],
    [
      "tries to run another in it",
      () => go(() => run(virtualize(failing, { startDate: 0 }))),
      "UsageError",
    ],
    [
      "tries to run another synchronously",
      () => go(() => runSync(virtualize(() => 5))),
      "UsageError",
    ],
    [
      "runs another in `external`",
      () => go(() => external(() => go(failing).then(() => 5))),
      "fine",
    ],
  ])("one that %s", async (_, start, expected) => {
    const beside = run(
      virtualize(
        async () => {
          for (let i = 0; i < 500; i++) await pause(1000);
          return new Date().toISOString();
        },
        { startDate: "2020-01-01" },
      ),
      { drain },
    );
    expect(changedSince(before)).toEqual([]);
    expect(await start()).toBe(expected);
    expect(changedSince(before)).toEqual([]);
    expect(await beside).toBe("2020-01-01T00:08:20.000Z");
  });

  test("one that is abandoned: driven by hand, or waiting for what never comes", async () => {
    const loop = new Loop({ drain });
    const seen: string[] = [];
    const main = async (): Promise<void> => {
      for (;;) {
        await pause(1000);
        seen.push(new Date().toISOString().slice(0, 19));
      }
    };
    void loop.createTask(virtualize(main, { startDate: "2010-01-01" }));
    for (let i = 0; i < 3; i++) await loop.step();
    expect(changedSince(before)).toEqual([]);
    void simulate(
      virtualize(() => external(never)),
      { drain },
    );
    for (let i = 0; i < 3; i++) await turn();
    expect(changedSince(before)).toEqual([]);
    expect(await go(failing)).toBe("Error");
    expect(seen).toEqual(["2010-01-01T00:00:01", "2010-01-01T00:00:02"]);
  });
});

test("A2.2: two exchanges of one property are taken away in the reverse order", async () => {
  const theirs = (): string => "theirs";
  const holder: Record<string, unknown> = { f: theirs };
  const layer = (name: string) =>
    exchanged(holder, "f", (real) => () => `${name} over ${String(real(holder, []))}`);
  const seen = await run(async () => {
    World.of(getRunningLoop()).add([...layer("one"), ...layer("two")]);
    return (holder["f"] as () => string)();
  });
  expect(seen).toBe("two over one over theirs");
  expect(holder["f"]).toBe(theirs);
});

test("A2.2: in a run a property is as enumerable as the host's", async () => {
  const look = (): (boolean | undefined)[] =>
    [
      Reflect.getOwnPropertyDescriptor(globalThis, "Date"),
      Reflect.getOwnPropertyDescriptor(Math, "random"),
      Reflect.getOwnPropertyDescriptor(globalThis, "setTimeout"),
      Reflect.getOwnPropertyDescriptor(Date.prototype, "constructor"),
    ].map((own) => own?.enumerable);
  expect(await run(virtualize(async () => look()))).toEqual(look());
});
