import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createTask, gather, sleep } from "@tickless/core";
import { Lock } from "@tickless/sync";
import { sometimes } from "@tickless/explore";
import { record } from "@tickless/trace";
import { simTest } from "../src/index.ts";

// These tests are of one task each, and mean it.
vi.stubEnv("TICKLESS_HAND_OVERS", "1");

/** Two locks that two tasks take in opposite orders. */
const crossed = async (): Promise<void> => {
  const locks = [new Lock({ name: "a" }), new Lock({ name: "b" })] as const;
  const taking = (first: number, second: number) => async (): Promise<void> => {
    await locks[first]?.acquire();
    await sleep(0);
    await locks[second]?.acquire();
    for (const lock of locks) lock.release();
  };
  const tasks = [
    createTask(taking(0, 1), { name: "there" }),
    createTask(taking(1, 0), { name: "back" }),
  ];
  await gather(tasks);
};

const quiet = async (): Promise<number> => {
  await sleep(1);
  return 1;
};

describe("toDeadlock", () => {
  test("finds who is in one", async () => {
    await expect(crossed).toDeadlock();
    await expect(crossed).toDeadlock({ tasks: ["main/back", "main", "main/there"] });
    await expect(quiet).not.toDeadlock();
  });

  test("says what it found instead", async () => {
    await expect(expect(crossed).toDeadlock({ tasks: ["main"] })).rejects.toThrow(
      /a deadlock of main, but it is one of main, main\/back, main\/there/,
    );
    await expect(expect(crossed).not.toDeadlock()).rejects.toThrow(/Run it again: replay\("tk1:/);
    await expect(expect(quiet).toDeadlock()).rejects.toThrow(
      /^expected a deadlock, but nothing to explore: 1 schedule\. /,
    );
    const passing = async () => {
      await gather([createTask(quiet), createTask(quiet)]);
    };
    await expect(expect(passing).toDeadlock()).rejects.toThrow("but all of 100 schedules ended");
  });

  test("throws what the program throws", async () => {
    const fails = async (): Promise<never> => {
      throw new Error("own");
    };
    await expect(expect(fails).toDeadlock()).rejects.toThrow("own");
  });
});

describe("toHaveFingerprint", () => {
  test("takes runs, traces, fingerprints and mains", async () => {
    const recorded = await record(quiet);
    expect(recorded).toHaveFingerprint(recorded.fingerprint);
    expect(recorded.trace).toHaveFingerprint(recorded.fingerprint);
    expect(recorded.fingerprint).toHaveFingerprint(recorded.fingerprint);
    await expect(quiet).toHaveFingerprint(recorded.fingerprint);
    await expect(crossed).not.toHaveFingerprint(recorded.fingerprint);
  });

  test("says both where they differ", async () => {
    const recorded = await record(crossed);
    const other = (await record(quiet)).fingerprint;
    expect(() => expect(recorded).toHaveFingerprint(other)).toThrow(
      `expected the run to have fingerprint ${other}, but it is ${recorded.fingerprint}`,
    );
    expect(() => expect(5).toHaveFingerprint(other)).toThrow(
      /Expected `received` to be a recorded/,
    );
  });
});

describe("what is no test", () => {
  const body = async (): Promise<void> => undefined;
  test.each([
    [{ schedules: 0 }, "schedules"],
    [{ sometimes: "full" }, "sometimes"],
    [{ strategy: "best" }, "random-walk"],
    [{ ambient: 5 }, "ambient"],
    [{ record: 5 }, "record"],
    [{ timeout: -1 }, "timeout"],
    [{ Schedules: 5 }, "Schedules"],
  ])("%j is refused when the test is declared", (options, name) => {
    expect(() => simTest("never", options as never, body)).toThrow(name);
  });

  test("without a function", () => {
    expect(() => simTest("never", {} as never)).toThrow("Expected a function as the last argument");
    expect(() => simTest.prop("never", fc.nat() as never, body)).toThrow(
      "Expected `simTest.prop(name, arbitraries, options?, fn)`",
    );
  });
});

simTest.prop([fc.nat(5)], { name: "a property by its option", numRuns: 5 }, async (n: number) => {
  await sleep(n);
});

describe("fc.configureGlobal", () => {
  const seen = new Set<unknown>();
  beforeAll(() => fc.configureGlobal({ numRuns: 3 }));
  afterAll(() => fc.resetConfigureGlobal());
  simTest.prop("any", [fc.uuid()], async (id) => void seen.add(id));
  test("says how many inputs there are", () => expect(seen.size).toBe(3));
});

simTest.prop("a property with its name in front", [fc.nat(5), fc.string()], async (n, text) => {
  await sleep(n);
  expect(typeof text).toBe("string");
});

simTest.each([
  [1, "a"],
  [2, "b"],
] as const)("%i and %s", async (n, text) => {
  expect([n, text]).toHaveLength(2);
  await sleep(n);
});

simTest("a context, as Vitest's", ({ task, expect: own }) => {
  own(task.name).toBe("a context, as Vitest's");
});

simTest("reaches what it names", { sometimes: ["two"], schedules: 3 }, async () => {
  await sleep(1);
  sometimes("two", true);
});

simTest.fails("does not reach what it names", { sometimes: ["never"] }, async () => {
  await sleep(1);
});
