import { describe, expect, expectTypeOf, test } from "vitest";

import {
  createTask,
  type ExceptionContext,
  type Future,
  getRunningLoop,
  isCancelled,
  now,
  run,
  runSync,
  shield,
  sleep,
  type Task,
} from "../src/index.ts";
import { journal } from "./journal.ts";
import { kinds, type Script, wait } from "./kinds.ts";

const error = new Error("failed");

/** What `script` gives or throws, as a word, with the time at which it does. */
function* endOf(script: Script<unknown>): Script<string> {
  try {
    return `${String(yield* script)} at ${now()}`;
  } catch (thrown) {
    return isCancelled(thrown) ? `cancelled at ${now()}` : `${String(thrown)} at ${now()}`;
  }
}

describe.each(kinds)("shield with $kind bodies", ({ of }) => {
  const after = (delay: number, thrown?: unknown) =>
    of(function* () {
      yield* wait(sleep(delay));
      if (thrown !== undefined) throw thrown;
      return `after ${delay}`;
    });
  /** Runs `script`; answers what went to the exception handler, with the time. */
  async function reportsOf(script: () => Script<unknown>): Promise<string[]> {
    const reports: string[] = [];
    const exceptionHandler = (_: unknown, { message, exception }: ExceptionContext): void => {
      reports.push(`${message}: ${String(exception)}`);
    };
    await run(of(script), { exceptionHandler });
    return reports;
  }

  test("SHIELD-01: value and exception pass", () =>
    run(
      of(function* () {
        expect(yield* endOf(wait(shield(after(2))))).toBe("after 2 at 2");
        expect(yield* endOf(wait(shield(sleep(2, "slept"))))).toBe("slept at 4");
        const thrown = yield* endOf(wait(shield(createTask(after(2, error)))));
        expect(thrown).toBe("Error: failed at 6");
      }),
    ));

  test("SHIELD-05: what is done is answered itself", () =>
    run(
      of(function* () {
        const task = createTask(after(1));
        yield* wait(task);
        expect(shield(task)).toBe(task);
      }),
    ));

  test("SHIELD-02: cancelling the awaiter, or the future itself, leaves the inner alone", () =>
    run(
      of(function* () {
        const inner = createTask(after(5));
        const outer = shield(inner);
        const waiter = createTask(of(() => wait(outer)));
        yield* wait(sleep(1));
        waiter.cancel();
        expect(yield* endOf(wait(waiter))).toBe("cancelled at 1");
        expect([outer.cancelled(), inner.done()]).toEqual([true, false]);
        const other = shield(inner);
        expect([other.cancel(), other.cancelled(), inner.cancelling()]).toEqual([true, true, 0]);
        expect(yield* endOf(wait(inner))).toBe("after 5 at 5");
      }),
    ));

  test("SHIELD-03: cancelling the inner cancels the outer", () =>
    run(
      of(function* () {
        const inner = createTask(after(5));
        const outer = shield(inner);
        getRunningLoop().callLater(2, () => void inner.cancel());
        expect(yield* endOf(wait(outer))).toBe("cancelled at 2");
        expect(outer.cancelled()).toBe(true);
      }),
    ));

  test("SHIELD-04: the outer was cancelled and the inner raises later: the handler gets it, at once and once", async () => {
    const reports = await reportsOf(function* () {
      const inner = createTask(after(5, error), { name: "inner" });
      const outer = shield(inner);
      yield* wait(sleep(1));
      outer.cancel();
      yield* wait(sleep(4));
      yield* wait(sleep(1));
    });
    expect(reports).toEqual(["Error exception in shielded future `main/inner`: Error: failed"]);
  });

  test("SHIELD-04: nothing is reported if the inner returns, is cancelled, or raises while somebody waits", async () => {
    const reports = await reportsOf(function* () {
      const returns = shield(after(5));
      const cancelled: Task<string> = createTask(after(50));
      const cut = shield(cancelled);
      yield* wait(sleep(1));
      returns.cancel();
      cut.cancel();
      yield* wait(sleep(1));
      cancelled.cancel();
      yield* endOf(wait(shield(after(5, error))));
    });
    expect(reports).toEqual([]);
  });

  test("SHIELD-04: raised before it is known that the outer is cancelled: reported at the end, as CPython does", async () => {
    const reports = await reportsOf(function* () {
      const loop = getRunningLoop();
      const inner = loop.createFuture({ name: "inner" });
      const outer = shield(inner);
      inner.setException(error);
      outer.cancel();
      yield* wait(sleep(1));
    });
    expect(reports).toEqual(["Future exception was never retrieved: main/inner: Error: failed"]);
  });

  test("S8: the report of a late exception is a callback of the program, as probes see it", async () => {
    const { probe, lines } = journal();
    await run(
      of(function* () {
        const outer = shield(after(2, error));
        yield* wait(sleep(1));
        outer.cancel();
        yield* wait(sleep(2));
      }),
      { probes: [probe], exceptionHandler: () => undefined },
    );
    expect(lines.filter((line) => line.startsWith("callback"))).toHaveLength(1);
    expect(lines.some((line) => /^name .* shield shield-1$/.test(line))).toBe(true);
  });

  test("S7: a deadlock report names what is shielded", async () => {
    const end = run(
      of(function* () {
        const stuck = createTask(() => getRunningLoop().createFuture(), { name: "stuck" });
        yield* wait(shield(stuck));
      }),
    );
    await expect(end).rejects.toMatchObject({
      code: "ERR_DEADLOCK",
      message: expect.stringContaining(
        "`main` waits for shield `main/shield-1`, in front of `main/stuck`",
      ),
      blocked: [{ waits: [{ blockedBy: ["main/stuck"] }] }, {}],
    });
  });
});

test("shield refuses a promise", () =>
  run(async () => {
    expect(() => shield(Promise.resolve(1) as never)).toThrow(TypeError);
  }));

test("shield works under runSync", () => {
  expect(runSync(() => shield(() => sleep(3, "slept")))).toBe("slept");
});

test("the type of what is shielded comes through", () =>
  run(async () => {
    expectTypeOf(shield(async () => 1)).toEqualTypeOf<Future<number>>();
    expectTypeOf(shield(sleep(1, "x"))).toEqualTypeOf<Future<string>>();
    expectTypeOf(await shield(createTask(async () => true))).toEqualTypeOf<boolean>();
    await sleep(1);
  }));
