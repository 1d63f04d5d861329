import { createTask, now, run, sleep, type Task } from "@tickless/core";
import { Event } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import { kinds, type Script, wait } from "../../core/test/kinds.ts";

describe.each(kinds)("with $kind bodies", ({ of }) => {
  const start = <T>(script: () => Script<T>): Task<T> => createTask(of(script));
  const nap = (delay: number): Script<void> => wait(sleep(delay));

  test("EVENT-01: set wakes all who wait, in the order in which they came", () =>
    run(
      of(function* () {
        const event = new Event();
        const log: string[] = [];
        const waiter = (name: string) =>
          function* (): Script<void> {
            yield* wait(event.wait());
            log.push(`${name} at ${now()}`);
          };
        for (const name of ["a", "b", "c"]) void start(waiter(name));
        yield* nap(4);
        expect([log, event.isSet()]).toEqual([[], false]);
        event.set();
        yield* nap(0);
        expect([log, event.isSet()]).toEqual([["a at 4", "b at 4", "c at 4"], true]);
      }),
    ));

  test("EVENT-02: wait on an event that is set answers true and does not suspend", () =>
    run(
      of(function* () {
        const event = new Event();
        let other = false;
        event.set();
        void start(function* () {
          other = true;
          yield* nap(0);
        });
        expect(yield* wait(event.wait())).toBe(true);
        expect(other).toBe(false);
      }),
    ));

  test("EVENT-03: set and clear in one step still wake those who waited, and nobody later", () =>
    run(
      of(function* () {
        const event = new Event();
        const early = start(() => wait(event.wait()));
        yield* nap(0);
        event.set();
        event.clear();
        const late = start(() => wait(event.wait()));
        yield* nap(1);
        expect([early.done(), late.done(), event.isSet()]).toEqual([true, false, false]);
        expect(early.result()).toBe(true);
        event.set();
        yield* wait(late);
      }),
    ));

  test("EVENT-04: a second set changes nothing", () =>
    run(
      of(function* () {
        const event = new Event();
        event.set();
        event.set();
        expect(event.isSet()).toBe(true);
        event.clear();
        expect(event.isSet()).toBe(false);
        const waiter = start(() => wait(event.wait()));
        yield* nap(1);
        expect(waiter.done()).toBe(false);
        event.set();
        yield* wait(waiter);
      }),
    ));

  test("EVENT-05: a waiter that was cancelled is gone, the others are woken", () =>
    run(
      of(function* () {
        const event = new Event();
        const [gone, stays] = [start(() => wait(event.wait())), start(() => wait(event.wait()))];
        yield* nap(1);
        gone.cancel();
        yield* nap(1);
        event.set();
        expect(yield* wait(stays)).toBe(true);
        expect(gone.cancelled()).toBe(true);
      }),
    ));

  test("EVENT-05: a waiter cancelled after it was woken is cancelled all the same (CANCEL-06)", () =>
    run(
      of(function* () {
        const event = new Event();
        const waiter = start(() => wait(event.wait()));
        yield* nap(1);
        event.set();
        waiter.cancel();
        yield* nap(1);
        expect(waiter.cancelled()).toBe(true);
      }),
    ));
});

test("isSet, set and clear work outside a run", () => {
  const event = new Event({ name: "ready" });
  event.set();
  expect(event.isSet()).toBe(true);
  event.clear();
  expect(event.isSet()).toBe(false);
});
