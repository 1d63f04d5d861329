import { createTask, gather, random, sleep } from "@tickless/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { traceOf } from "../src/event-list.ts";
import { diff, firstDifference, record, type Trace } from "../src/index.ts";
import { pipeline, type Change } from "./programs.ts";

const recorded = async (change: Change = {}, seed = 7): Promise<Trace> =>
  (await record(pipeline([], change), { seed })).trace;

/** The trace with one event changed; what has no cause, which is no part of a file then, in its field. */
function changed(trace: Trace, number: number): Trace {
  const event = trace.event(number);
  const other = { ...event, cause: Math.abs(event.cause - 1), now: 0.5, reason: "limit" };
  return traceOf(trace.header, [...trace.events()].with(number - 1, other));
}

describe("the first difference", () => {
  test("is found wherever it is, with digests and without, and looks at nothing before the last equal one", async () => {
    const plain = await recorded();
    const cutAt = (trace: Trace, from: number): Trace => {
      const cuts = [1, 11, 21, 31, 41].map((event) => ({
        event,
        digest: event <= from ? `same ${event}` : `${trace.fingerprint} ${event}`,
      }));
      return { ...trace, cuts };
    };
    fc.assert(
      fc.property(fc.integer({ min: 2, max: plain.last }), (number) => {
        const other = changed(plain, number);
        expect(firstDifference(plain, other)).toBe(number);
        expect(firstDifference(cutAt(plain, number), cutAt(other, number))).toBe(number);
      }),
    );
    let looked = Infinity;
    const watched = cutAt(plain, 33);
    const counting: Trace = {
      ...watched,
      events: (from, to) => {
        looked = from ?? 1;
        return watched.events(from, to);
      },
    };
    expect(firstDifference(counting, cutAt(changed(plain, 33), 33))).toBe(33);
    expect(looked).toBe(31);
  });

  test("is none for equal traces, and the end of the shorter one", async () => {
    const trace = await recorded();
    expect(firstDifference(trace, await recorded())).toBe(0);
    const shorter = traceOf(trace.header, [...trace.events(1, 20)]);
    expect(firstDifference(trace, shorter)).toBe(21);
    expect(firstDifference(shorter, trace)).toBe(21);
  });
});

describe("diff", () => {
  test("of equal traces says so", async () => {
    const { same, event, a, b, summary, report } = diff(await recorded(), await recorded());
    expect({ same, event, a, b, summary }).toEqual({
      same: true,
      event: 0,
      a: null,
      b: null,
      summary: { onlyA: [], onlyB: [], both: [] },
    });
    expect(report).toMatch(/\nThe same: all \d+ events are equal\.$/);
  });

  test("finds what a replay finds", async () => {
    const trace = await recorded();
    const { same, event, a, b } = diff(trace, await recorded({ swapAwaits: true }));
    expect({ same, a, b }).toMatchObject({ same: false });
    expect([a, b]).toEqual([
      expect.stringContaining("waits for lock main/ledger"),
      expect.stringContaining("sleeps until"),
    ]);
    expect(event).toBeGreaterThan(20);
  });

  test("tells both sides in context, and what each has that the other lacks, by path", async () => {
    const shop = (names: readonly string[], rolls: number) => async (): Promise<void> => {
      await sleep(1);
      const work = async (): Promise<void> => {
        for (let i = 0; i < rolls; i++) await sleep(random("service").int(1, 5));
      };
      await gather(names.map((name) => createTask(work, { name })));
    };
    const program = { file: "shop.ts", export: "default", args: ["a"], digest: "5d41402a" };
    const one = await record(shop(["ann", "bob"], 2), { seed: 7, program });
    const other = await record(shop(["ann", "cleo"], 3), {
      seed: 7,
      until: 100,
      program: { ...program, digest: "7d793037" },
    });
    const found = diff(one.trace, other.trace, { a: "monday.trace", b: "tuesday.trace" });
    expect(found.summary.onlyA.map(({ what }) => what)).toEqual(["task main/bob"]);
    expect(found.summary.onlyB.map(({ what }) => what)).toEqual(["task main/cleo"]);
    expect(found.summary.both).toContainEqual({ what: 'draws from "service"', a: 4, b: 6 });
    await expect(`${found.report}\n`).toMatchFileSnapshot("golden/diff.txt");
  });

  test("of an interrupted recording says that it ends", async () => {
    const trace = await recorded();
    const { report, b } = diff(trace, traceOf(trace.header, [...trace.events(1, 20)]));
    expect(b).toBe(null);
    expect(report).toContain("  B  nothing more: the recording ends here");
  });

  test("fingerprints of different letters are not compared, and the notice says so", async () => {
    const trace = await recorded();
    const other = traceOf(trace.header, [...trace.events()], [], "0000-0000-0000-0000/tk");
    expect(diff(trace, other)).toMatchObject({
      same: true,
      notices: [expect.stringContaining("The fingerprints cover different things")],
    });
  });

  test("seeds that differ are told before any event", async () => {
    const { event, settings } = diff(await recorded(), await recorded({}, 8));
    expect(event).toBe(1);
    expect(settings).toEqual(['seed: "7" in A, "8" in B']);
  });
});
