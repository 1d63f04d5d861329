// What holds on every host: this file runs in browsers too. It is written with what all hosts have.
/* oxlint-disable no-restricted-properties, no-restricted-globals, no-new, typescript/no-floating-promises */
import { run, simulate, sleep } from "@tickless/core";
import { expect, test } from "vitest";
import { guard, virtualize } from "../src/index.ts";

const nothing = (): void => undefined;

const calls: Readonly<Record<string, () => unknown>> = {
  "Date.now()": () => Date.now(),
  "new Date()": () => new Date(),
  "performance.now()": () => performance.now(),
  "setTimeout()": () => setTimeout(nothing),
  "AbortSignal.timeout()": () => AbortSignal.timeout(5),
  "Math.random()": () => Math.random(),
  "crypto.randomUUID()": () => crypto.randomUUID(),
  "crypto.subtle.digest()": () => crypto.subtle.digest("SHA-256", new Uint8Array(1)),
  "fetch()": () => fetch("/nowhere"),
  "new MessageChannel()": () => new MessageChannel(),
  "new WeakRef()": () => new WeakRef({}),
};

function globals(): unknown[] {
  return [
    Date,
    Date.now,
    setTimeout,
    fetch,
    WeakRef,
    MessageChannel,
    Object.getOwnPropertyDescriptors(Math),
    Object.getOwnPropertyDescriptors(performance),
    Object.getOwnPropertyDescriptors(console),
    Object.getOwnPropertyDescriptors(Object.getPrototypeOf(crypto) as object),
  ];
}

test.each(Object.keys(calls))("A7.1: %s is refused in a guarded run", async (what) => {
  const main = guard(async () => {
    await sleep(1);
    await calls[what]?.();
  });
  const { outcome } = await simulate(main);
  expect(outcome).toMatchObject({
    reason: {
      code: "ERR_GUARDED",
      message: expect.stringContaining(`${what} was called in`) as string,
    },
  });
});

test("A6.2, A7.2: chance of a virtualized run is the same on every host, guarded or not", async () => {
  const main = async (): Promise<unknown[]> => {
    await new Promise((done) => void setTimeout(done, 50));
    const bytes = crypto.getRandomValues(new Uint8Array(4)).join();
    return [Math.random(), crypto.randomUUID(), bytes, Date.now(), performance.now() > 0];
  };
  const values = [
    0.5442046895896823,
    "c52188ab-dc6f-47f2-870c-d649f7c1011f",
    "243,179,125,73",
    50,
    true,
  ];
  const options = { seed: "constants" };
  expect(await run(virtualize(main, { startDate: 0 }), options)).toEqual(values);
  expect(await run(guard(virtualize(main, { startDate: 0 })), options)).toEqual(values);
});

test("A2.2: afterwards every function is what it was", async () => {
  const before = globals();
  await simulate(guard(async () => void Date.now()));
  await run(guard(virtualize(() => sleep(5))));
  const after = globals();
  expect(after.every((value, i) => typeof value !== "function" || value === before[i])).toBe(true);
  expect(after).toEqual(before);
});
