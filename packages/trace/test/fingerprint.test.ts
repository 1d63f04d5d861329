import {
  createTask,
  type FlowOf,
  getRunningLoop,
  random,
  run,
  simulate,
  sleep,
} from "@tickless/core";
import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../src/event.ts";
import { fingerprintOf } from "../src/fingerprint.ts";
import { record, recorder, recordSync, sameFingerprint } from "../src/index.ts";
import { pipeline, relay } from "./programs.ts";

/** One event of every kind, by hand: what is hashed shall not depend on what core does today. */
const everyKind: readonly TraceEvent[] = [
  { event: 1, cause: 0, kind: "begin", seed: "7", now: 0, timeUnit: "ms" },
  { event: 2, cause: 0, kind: "name", id: 0, parent: -1, type: "task", segment: "main" },
  { event: 3, cause: 2, kind: "step", task: 0 },
  { event: 4, cause: 3, kind: "name", id: 1, parent: 0, type: "queue", segment: "jobs" },
  { event: 5, cause: 3, kind: "operation", task: 0, object: 1, name: "put", state: 1 },
  { event: 6, cause: 3, kind: "draw", stream: "arrivals" },
  { event: 7, cause: 3, kind: "arm", task: 0, when: 0.1 },
  { event: 8, cause: 3, kind: "wait", task: 0, on: "external", object: -1, until: NaN, op: "" },
  { event: 9, cause: 8, kind: "external", call: 0, encoded: 'v{"ok":true}' },
  { event: 10, cause: 9, kind: "choice", on: "ready", count: 3, picked: 2 },
  { event: 11, cause: 0, kind: "time", now: 0.1 },
  { event: 12, cause: 7, kind: "timer", when: 0.1 },
  { event: 13, cause: 7, kind: "callback", task: 0 },
  { event: 14, cause: 13, kind: "cancel", by: -1, task: 0 },
  { event: 15, cause: 14, kind: "settle", object: 0, outcome: "cancelled" },
  { event: 16, cause: 0, kind: "end", reason: "error" },
];

describe("S9: a fingerprint is one constant per run", () => {
  test("one event of every kind gives the committed fingerprint", () => {
    expect(fingerprintOf(everyKind)).toBe("2488-d2b6-8527-d2f4/tkscore");
  });

  test("a program gives the committed fingerprint, with promises and with generators", async () => {
    expect((await record(pipeline(), { seed: 7 })).fingerprint).toBe("6c60-87eb-0faf-e1e5/tkscore");
    expect(recordSync(relay, { seed: 7 }).fingerprint).toBe("89d7-1953-ccb6-a79f/tkscore");
  });

  test("it is 4 × 4 hexadecimal digits and the letters of what it covers", () => {
    expect(fingerprintOf([])).toBe("0000-0000-0000-0000/tkscore");
  });

  test("every field of every kind counts", () => {
    const whole = fingerprintOf(everyKind);
    everyKind.forEach((event, i) => {
      for (const field of Object.keys(event)) {
        if (field === "event" || field === "id" || field === "kind") continue;
        if (field === "parent" && event.event === 2) continue; // there is nobody else yet
        const value = (event as unknown as Record<string, unknown>)[field];
        const other = typeof value === "string" ? `${value}!` : value === 0 ? 1 : 0;
        // Times, ends and the first name have no cause.
        if (Object.is(other, value) || (field === "cause" && value === 0)) continue;
        const changed = everyKind.with(i, { ...event, [field]: other });
        expect(fingerprintOf(changed), `${event.kind}.${field}`).not.toBe(whole);
      }
    });
  });

  test("S11: a chain of 20,000 spawned tasks costs no path", () => {
    function* child(depth: number): FlowOf<void> {
      if (depth > 0) yield* sleep(0);
      if (depth > 0) void createTask(() => child(depth - 1));
    }
    const taken = recorder({ level: "fingerprint" });
    const main = function* (): FlowOf<void> {
      yield* sleep(0);
      void createTask(() => child(20_000));
    };
    expect(() => recordSync(main, { until: 1, probes: [taken.probe] })).not.toThrow();
    expect(taken.fingerprint()).toMatch(/^[0-9a-f-]{19}\/tkscore$/);
  });
});

describe("S8, S9, S12: the same program has the same fingerprint", () => {
  const fingerprint = async (options = {}): Promise<string> =>
    (await record(pipeline(), { seed: 3, ...options })).fingerprint;

  test("twice in one process", async () => {
    expect(await fingerprint()).toBe(await fingerprint());
  });

  test("alone and beside another simulation", async () => {
    const alone = await fingerprint();
    const [beside, other] = await Promise.all([fingerprint(), fingerprint({ seed: 4 })]);
    expect(beside).toBe(alone);
    expect(other).not.toBe(alone);
  });

  test("with either drain", async () => {
    expect(await fingerprint({ drain: "reference" })).toBe(await fingerprint({ drain: "auto" }));
  });

  test("with and without recording it takes the same course", async () => {
    const bare: string[] = [];
    const recorded: string[] = [];
    const one = await simulate(pipeline(bare), { seed: 3 });
    const { trace: _, fingerprint: __, ...other } = await record(pipeline(recorded), { seed: 3 });
    expect(recorded).toEqual(bare);
    expect(other).toEqual(one);
  });

  test("with another probe in front or behind, and with the events not kept", async () => {
    const inner = recorder({ level: "fingerprint" });
    const whole = await fingerprint({ probes: [inner.probe, {}] });
    expect(inner.fingerprint()).toBe(whole);
    expect(whole).toBe(await fingerprint());
  });

  test("sync and async drives of one generator program agree", async () => {
    expect((await record(relay, { seed: 3 })).fingerprint).toBe(
      recordSync(relay, { seed: 3 }).fingerprint,
    );
  });

  test("and another program, seed or input has another", async () => {
    const all = await Promise.all([
      fingerprint(),
      fingerprint({ seed: 9 }),
      fingerprint({ start: 1 }),
      fingerprint({ timeUnit: "s" }),
      record(pipeline([], { delay: 11 }), { seed: 3 }).then((one) => one.fingerprint),
      record(pipeline([], { extraDraw: true }), { seed: 3 }).then((one) => one.fingerprint),
    ]);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("a recorder", () => {
  test("works with run, and with a loop by hand", async () => {
    const taken = recorder();
    await run(() => sleep(3), { probes: [taken.probe] });
    expect([...taken.trace().events()].at(-1)).toMatchObject({ kind: "end", reason: "done" });
    expect(taken.trace().header).toMatchObject({
      format: "tickless-trace",
      version: 1,
      program: null,
    });
  });

  test("is for one run", async () => {
    const { probe } = recorder();
    await simulate(async () => 1, { probes: [probe] });
    await expect(simulate(async () => 1, { probes: [probe] })).rejects.toMatchObject({
      code: "ERR_RECORDER_USED",
    });
  });

  test("has no trace before the run, nor without events", () => {
    expect(() => recorder().trace()).toThrow(
      expect.objectContaining({ code: "ERR_NOTHING_RECORDED" }),
    );
    expect(() => recorder({ level: "fingerprint" }).trace()).toThrow(
      expect.objectContaining({ code: "ERR_NO_EVENTS" }),
    );
  });

  test("a failing program is recorded to its end", async () => {
    const { reason, trace } = await record(async () => {
      random("x")();
      await getRunningLoop().createFuture();
    });
    expect(reason).toBe("deadlock");
    expect(trace.event(trace.last)).toMatchObject({ kind: "end", reason: "deadlock" });
  });

  test("300,000 events take seconds at most, and hold nothing but data", () => {
    function* ticker(): FlowOf<void> {
      for (let i = 0; i < 100_000; i++) yield* sleep(1);
    }
    const { trace } = recordSync(ticker);
    expect(trace.length).toBeGreaterThan(300_000);
    for (const value of Object.values(trace.event(1001))) {
      expect(["number", "string"]).toContain(typeof value);
    }
  });
});

describe("the letters of a fingerprint", () => {
  const printsOf = async (letters: string): Promise<readonly string[]> => {
    const print = async (delay: number, seed: number, name: string): Promise<string> => {
      const taker = recorder({ letters, level: "fingerprint" });
      const main = async (): Promise<void> => {
        random("x")();
        await createTask(() => sleep(delay), { name });
      };
      await simulate(main, { seed, probes: taker.probes });
      return taker.fingerprint();
    };
    return Promise.all([print(1, 1, "a"), print(2, 1, "a"), print(1, 2, "a"), print(1, 1, "b")]);
  };

  test.each([
    ["tkscore", 4],
    ["kscore", 3],
    ["tkscoe", 3],
    ["tkscre", 3],
    ["ks", 1],
  ])("%s tells %i of four programs apart: another delay, seed and name", async (letters, apart) => {
    const prints = await printsOf(letters);
    expect(new Set(prints).size).toBe(apart);
    expect(prints[0]?.split("/")[1]).toBe(letters);
  });

  test("that are none, or without `k`, are refused", () => {
    for (const letters of ["tx", "ts", ""]) {
      expect(() => recorder({ letters })).toThrow(/Expected `letters` to be letters of `tkscore`/);
    }
  });

  test("fingerprints with different ones are not compared", () => {
    const [one, other] = ["0000-0000-0000-0000/tk", "0000-0000-0000-0000/tkscore"];
    expect(sameFingerprint(one, one)).toBe(true);
    expect(sameFingerprint(one, one.replace("0", "1"))).toBe(false);
    expect(() => sameFingerprint(one, other)).toThrow(
      "cannot be compared: the first covers `tk`, the second `tkscore`",
    );
  });
});
