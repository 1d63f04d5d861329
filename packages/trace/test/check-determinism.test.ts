// What differs from machine to machine is planted here on purpose.
/* oxlint-disable no-restricted-properties, no-restricted-globals */
import { createTask, external, gather, random, sleep } from "@tickless/core";
import { Event } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import { assertDeterministic, checkDeterminism, type Divergence } from "../src/index.ts";
import { pipeline, relay } from "./programs.ts";
import { portable } from "./portable.ts";
import { placeIn } from "../../core/test/host.ts";

async function found(main: () => unknown): Promise<Divergence> {
  const checked = await checkDeterminism(main, { seed: 7 });
  if (checked.same) throw new Error("nothing was found");
  return checked.divergence;
}

/** Counts on from run to run: what `let nextId = 0` is in a module. */
let nextId = 0;

describe("checkDeterminism finds the planted nondeterminism, and names event and reason", () => {
  test("one draw more in a later run", async () => {
    let runs = 0;
    const { kind, expected, actual, event, task, reason, report } = await found(async () => {
      const rolls = ++runs;
      await sleep(1);
      for (let i = 0; i <= rolls; i++) random("dice")();
      await sleep(1);
    });
    expect({ kind, event, task, expected, actual }).toEqual({
      kind: "draws",
      event: 10,
      task: "main",
      expected: "main sleeps until t=2 ms",
      actual: 'main draws a number from stream "dice"',
    });
    expect(reason).toContain('main draws one random number more here, from stream "dice".');
    expect(reason).toContain("neither a clock nor Math.random() nor crypto");
    expect(report).toContain('"dice" 2 expected, 3 actual');
    await expect(portable(report)).toMatchFileSnapshot("golden/check-draw.txt");
  });

  test("wake-ups in another order", async () => {
    let runs = 0;
    const { kind, event, expected, actual, reason, report } = await found(async () => {
      const gates = ["ann", "bob"].map((name) => new Event({ name: `gate-${name}` }));
      const [ann, bob] = gates.map((gate, i) =>
        createTask(() => gate.wait(), { name: ["ann", "bob"][i] }),
      );
      await sleep(1);
      const order = ++runs === 1 ? gates : gates.toReversed();
      for (const gate of order) gate.set();
      await gather([ann as never, bob as never]);
    });
    expect({ kind, event }).toEqual({ kind: "order", event: 16 });
    expect(expected).toBe("main sets event main/gate-ann");
    expect(actual).toBe("main sets event main/gate-bob");
    expect(reason).toContain("in another order");
    await expect(portable(report)).toMatchFileSnapshot("golden/check-order.txt");
  });

  test.each([
    ["Math.random()", () => Math.random() * 1000],
    ["Date.now()", () => (Date.now() % 1000) + ++nextId],
    ["new Date()", () => (new Date().getTime() % 1000) + ++nextId],
    ["performance.now()", () => performance.now() + ++nextId],
  ])("a clock or chance: %s, with its place", async (what, read) => {
    const { kind, event, task, expected, actual, reason, report } = await found(async () => {
      await sleep(5);
      const jitter = (): number => read();
      const retry = async (): Promise<void> => {
        await sleep(jitter());
      };
      await createTask(retry, { name: "retry" });
    });
    expect({ kind, event, task }).toEqual({ kind: "value", event: 11, task: "main/retry" });
    expect([expected, actual]).toEqual([
      expect.stringMatching(/^main\/retry sleeps until/),
      expect.stringMatching(/^main\/retry sleeps until/),
    ]);
    expect(reason).toContain(`  ${what} in main/retry, after event 10, at `);
    expect(reason).toMatch(placeIn("check-determinism.test.ts"));
    expect(report).toContain(reason);
  });

  test("iteration over a Map keyed by the ids of fresh objects", async () => {
    const { kind, event, expected, actual, reason, report } = await found(async () => {
      const jobs = new Map<string, string>();
      // Ids 8 to 11, then 12 to 15: as texts they sort otherwise.
      if (nextId < 7) nextId = 7;
      for (const name of ["a", "b", "c", "d"]) jobs.set(String(++nextId), name);
      const sorted = [...jobs].toSorted(([one], [other]) => (one < other ? -1 : 1));
      for (const [, name] of sorted) void createTask(() => sleep(1), { name });
      await sleep(2);
    });
    expect({ kind, event }).toEqual({ kind: "order", event: 4 });
    expect([expected, actual]).toEqual(["main makes task main/c", "main makes task main/a"]);
    expect(reason).toContain(
      "an iteration over a Map, a Set or an object whose keys are not the same",
    );
    await expect(portable(report)).toMatchFileSnapshot("golden/check-map.txt");
  });

  test("a counter of a module that survives between runs", async () => {
    let jobs = 0;
    const { kind, event, expected, actual, reason, report } = await found(async () => {
      await createTask(() => sleep(1), { name: `job-${++jobs}` });
    });
    expect({ kind, event }).toEqual({ kind: "name", event: 4 });
    expect([expected, actual]).toEqual([
      "main makes task main/job-1",
      "main makes task main/job-2",
    ]);
    expect(reason).toContain("The same thing is called otherwise: `job-1` then, `job-2` now.");
    expect(reason).toContain(
      "a variable of a module that the run before has changed, such as a counter",
    );
    await expect(portable(report)).toMatchFileSnapshot("golden/check-counter.txt");
  });
});

describe("checkDeterminism", () => {
  test.each([
    ["promises", pipeline()],
    ["generators", relay],
  ])("S9: says of a deterministic program that it is one (%s)", async (_, main) => {
    expect(await checkDeterminism<unknown>(main as never, { runs: 4, seed: 3 })).toMatchObject({
      same: true,
      runs: 4,
      fingerprint: expect.stringContaining("/") as string,
      result: { reason: "done" },
    });
  });

  test("finds what only the third run does", async () => {
    let runs = 0;
    const main = async (): Promise<void> => {
      await sleep(++runs === 3 ? 2 : 1);
    };
    expect(await checkDeterminism(main, { runs: 2 })).toMatchObject({ same: true });
    runs = 0;
    expect(await checkDeterminism(main, { runs: 5 })).toMatchObject({
      same: false,
      run: 3,
      divergence: { report: expect.stringMatching(/^Run 3 diverged at event 4/) as string },
    });
  });

  test("S7: calls of `external` are made once, so what they answer is no difference", async () => {
    let calls = 0;
    const checked = await checkDeterminism(async () => {
      await sleep(await external(async () => ++calls));
    });
    expect(checked).toMatchObject({ same: true });
    expect(calls).toBe(1);
  });

  test("leaves the functions of the host as they were, whatever happens", async () => {
    const hosts = () => [
      Date,
      ...[Date, Math, performance].map((home) => Object.getOwnPropertyDescriptors(home)),
    ];
    const before = hosts();
    const main = async (): Promise<void> => {
      expect(new Date(0).getTime()).toBe(0);
      expect(Date.now()).toBeGreaterThan(0);
      expect(new Date()).toBeInstanceOf(Date);
      await sleep(1);
      throw new Error("no luck");
    };
    await checkDeterminism(main);
    expect(hosts()).toEqual(before);
    expect(before[0]).toBe(Date);
  });

  test("S12: what code outside the run reads is not the run's", async () => {
    let runs = 0;
    const ticking = setInterval(() => void Math.random(), 0);
    const { reason } = await found(async () => {
      await external(() => new Promise((resolve) => void setTimeout(() => resolve(1), 5)));
      await sleep(++runs);
    });
    clearInterval(ticking);
    expect(reason).toContain("neither a clock nor Math.random()");
  });

  test("assertDeterministic throws the report, and answers the result of the first run", async () => {
    await expect(assertDeterministic(() => sleep(++nextId))).rejects.toMatchObject({
      code: "ERR_DIVERGENCE",
      message: expect.stringMatching(/^Run 2 diverged at event 4/) as string,
    });
    expect(await assertDeterministic(() => sleep(1, "well"))).toMatchObject({
      outcome: { value: "well" },
    });
  });

  test("one run is none to compare", async () => {
    await expect(checkDeterminism(() => sleep(1), { runs: 1 })).rejects.toThrow("`runs`");
  });
});
