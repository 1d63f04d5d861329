import { createTask, Loop, simulate, sleep } from "@tickless/core";
import type { Probe } from "@tickless/core/kit";
import { Barrier, Condition, Event, Lock, Queue, Semaphore } from "@tickless/sync";
import { expect, test } from "vitest";
import { journal } from "../../core/test/journal.ts";

// S8: what probes are told of the primitives, and what happens when one of them throws.

/** A program that does everything that there is to do. */
async function everything(log: string[]): Promise<void> {
  const lock = new Lock();
  const slots = new Semaphore(1);
  const changed = new Condition();
  const both = new Barrier(2);
  const jobs = new Queue<number>({ maxsize: 1 });
  const ready = new Event();
  const user = (name: string) => async () => {
    await lock.withLock(() => sleep(1));
    await slots.withPermit(() => sleep(1));
    await both.wait();
    await jobs.put(1);
    await ready.wait();
    await changed.withLock(() => changed.wait());
    log.push(name);
  };
  const users = [createTask(user("a")), createTask(user("b"))];
  await sleep(10);
  for (let i = 0; i < 2; i++) await jobs.get();
  jobs.shutdown();
  ready.set();
  ready.clear();
  await sleep(1);
  await changed.withLock(() => changed.notify());
  await changed.withLock(() => changed.notifyAll());
  for (const task of users) await task;
  await both.abort();
  await both.reset();
  log.push("end");
}

test("S8.1: with a probe and without, and twice, it takes the same course", async () => {
  const [first, second] = [journal(), journal()];
  const logs: string[][] = [[], [], []];
  const ends = [
    await simulate(() => everything(logs[0] ?? []), { probes: [first.probe] }),
    await simulate(() => everything(logs[1] ?? []), { probes: [second.probe] }),
    await simulate(() => everything(logs[2] ?? [])),
  ];
  expect(first.lines).toEqual(second.lines);
  expect(logs).toEqual([logs[0], logs[0], logs[0]]);
  expect(logs[0]).toEqual(["b", "a", "end"]);
  const runs = ends.map(({ reason, now, steps }) => `${reason} at ${now}, ${steps} steps`);
  expect(new Set(runs).size).toBe(1);
});

test("S8.2: a probe is told of each operation, with what the object holds then", async () => {
  const told: string[] = [];
  const kinds = new Map<number, string>();
  const probe: Probe = {
    name: (_event, _cause, id, _parent, kind) => void kinds.set(id, kind),
    operation: (_event, _cause, _task, object, name, state) =>
      void told.push(`${kinds.get(object)} ${name} ${state}`),
  };
  await simulate(() => everything([]), { probes: [probe] });
  expect([...new Set(told)].toSorted()).toEqual([
    "barrier abort 0",
    "barrier arrive 1",
    "barrier arrive 2",
    "barrier reset 0",
    "condition notify 0",
    "condition notifyAll 0",
    "event clear 0",
    "event set 1",
    "lock acquire 1",
    "lock release 0",
    "queue get 0",
    "queue put 1",
    "queue shutdown 0",
    "semaphore acquire 0",
    "semaphore release 1",
  ]);
});

test("S8.4: a probe that throws at any of these operations ends the run, before it takes effect", async () => {
  let operations = 0;
  const counting: Probe = { operation: () => void operations++ };
  await simulate(() => everything([]), { probes: [counting] });
  expect(operations).toBeGreaterThan(20);
  for (let at = 1; at <= operations; at++) {
    let seen = 0;
    const failure = new Error(`at operation ${at}`);
    const failing: Probe = {
      operation: () => {
        if (++seen === at) throw failure;
      },
    };
    const log: string[] = [];
    const result = await simulate(() => everything(log), { probes: [failing] });
    expect(result.outcome).toEqual({ status: "rejected", reason: failure });
    // Code around a call that does not wait, such as `finally { release() }`, runs to its next wait.
    expect(seen - at).toBeLessThanOrEqual(1);
    expect(log).not.toContain("end");
  }
});

test("S8.2: what a probe forbids has not happened", async () => {
  const forbidden = new Error("forbidden");
  const forbid = (operation: string): Probe => ({
    operation: (_event, _cause, _task, _object, name) => {
      if (name === operation) throw forbidden;
    },
  });
  const lockedAfter = async (operation: string, use: (slots: Semaphore) => unknown) => {
    const loop = new Loop({ probes: [forbid(operation)] });
    const slots = new Semaphore(1);
    loop.createTask(async () => use(slots)).addDoneCallback(() => undefined);
    await loop.run().catch(() => undefined);
    return slots.locked();
  };
  expect(await lockedAfter("acquire", (slots) => slots.acquire())).toBe(false);
  const releasing = async (slots: Semaphore): Promise<void> => {
    await slots.acquire();
    slots.release();
  };
  expect(await lockedAfter("release", releasing)).toBe(true);
});
