import { runSync, sleep } from "@tickless/core";
import { expect, test } from "vitest";
import { virtualize } from "../src/index.ts";
import { Log, virtual } from "./world.ts";

test("AbortSignal.timeout aborts a real signal at its time, with the host's reason", async () => {
  const log = new Log();
  const signal = await virtual(async () => {
    const made = AbortSignal.timeout(1000);
    expect(made).toBeInstanceOf(AbortSignal);
    expect(made.aborted).toBe(false);
    made.addEventListener("abort", log.noting("aborted"));
    AbortSignal.any([made, new AbortController().signal]).addEventListener(
      "abort",
      log.noting("any"),
    );
    // It keeps the run going: what it ends keeps a process alive.
    await new Promise((resolve) => {
      made.addEventListener("abort", resolve);
    });
    return made;
  });
  expect(log.lines.toSorted()).toEqual(["1000 aborted", "1000 any"]);
  expect(signal.reason).toBeInstanceOf(DOMException);
  expect(signal.reason).toMatchObject({
    name: "TimeoutError",
    code: 23,
    message: "The operation was aborted due to timeout",
  });
  const reason = (
    await new Promise<AbortSignal>((resolve) => {
      const real = AbortSignal.timeout(0);
      real.addEventListener("abort", () => resolve(real));
    })
  ).reason as DOMException;
  expect(signal.reason).toMatchObject({
    name: reason.name,
    message: reason.message,
    code: reason.code,
  });
});

test.each([["5"], [-5], [undefined], [1.5], [2 ** 40], [NaN]])(
  "AbortSignal.timeout(%s): Node's own error",
  async (delay) => {
    const probe = () => {
      try {
        return AbortSignal.timeout(delay as never);
      } catch (error) {
        const { name, message, code } = error as Error & { code?: string };
        return { name, message, code };
      }
    };
    const real = probe();
    expect(real).toMatchObject({ code: expect.stringMatching(/^ERR_/) });
    expect(await virtual(() => probe())).toEqual(real);
  },
);

test("it works in a generator main under runSync", () => {
  const seen = runSync(
    virtualize(function* () {
      const signal = AbortSignal.timeout(5);
      yield* sleep(4);
      const before = signal.aborted;
      yield* sleep(2);
      return [before, signal.aborted];
    }),
  );
  expect(seen).toEqual([false, true]);
});

test("A1.5: the longest delay is 2^32 - 1, the host refuses the next", async () => {
  const thrown = (ms: number): unknown => {
    try {
      AbortSignal.timeout(ms);
      return "nothing";
    } catch (error) {
      return String(error);
    }
  };
  const virtually = await virtual(() => [2 ** 32 - 1, 2 ** 32, -1, 0.5].map(thrown));
  // The host would really wait for a delay that it takes.
  expect(virtually).toEqual(["nothing", ...[2 ** 32, -1, 0.5].map(thrown)]);
});
