import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

import { asyncBodies } from "../src/async-bodies.ts";
import { check } from "../src/check.ts";
import { readCorpus } from "../src/corpus.ts";
import type { Case, LogEvent, Scenario } from "../src/scenario.ts";

const fixture = fileURLToPath(new URL("../fixtures/core.jsonl.gz", import.meta.url));
const sample = readCorpus(fixture).find(({ id }) => id === "k20000") ?? missing();

function missing(): never {
  throw new Error("The fixture has no scenario k20000");
}

function tampered(change: (log: LogEvent[]) => void): Case {
  const log = [...sample.log];
  change(log);
  return { ...sample, log };
}

async function differingIndex(change: (log: LogEvent[]) => void): Promise<number | undefined> {
  const tally = await check([tampered(change)], asyncBodies);
  return tally.inexact[0]?.difference.index;
}

test("an untouched log is exact", async () => {
  expect((await check([sample], asyncBodies)).exact).toBe(1);
});

test("a changed time is reported where it stands", async () => {
  const change = (log: LogEvent[]): void => {
    log[40] = [99, ...(log[40] ?? []).slice(1)];
  };
  expect(await differingIndex(change)).toBe(40);
});

test("two exchanged events are reported at the first of them", async () => {
  const change = (log: LogEvent[]): void => {
    log.splice(10, 2, log[11] ?? [], log[10] ?? []);
  };
  expect(await differingIndex(change)).toBe(10);
});

test("a missing event is reported where it stood", async () => {
  expect(await differingIndex((log) => void log.splice(23, 1))).toBe(23);
});

test("a log that goes on too long is reported at its end", async () => {
  const { length } = sample.log;
  expect(await differingIndex((log) => void log.push([0, "A", "begin"]))).toBe(length);
});

test("a scenario that needs what is not there counts as unsupported, not as different", async () => {
  const scenario: Scenario = { tasks: [["A", [["levitate", 3]]]] };
  const tally = await check([{ id: "x", scenario, log: [] }], asyncBodies);
  expect(tally.exact).toBe(0);
  expect(tally.inexact).toEqual([]);
  expect([...tally.unsupported]).toEqual([['unsupported op "levitate"', 1]]);
});

test("no handler of a scenario hides what is unsupported", async () => {
  const hidden: Scenario = {
    tasks: [["A", [["try", { body: [["levitate"]], except: [["BaseException", []]] }]]]],
  };
  const tally = await check([{ id: "x", scenario: hidden, log: [] }], asyncBodies);
  expect([...tally.unsupported.keys()]).toEqual(['unsupported op "levitate"']);
});

test("an unknown kind of object is unsupported", async () => {
  const scenario: Scenario = { objects: { o: { type: "teapot" } }, tasks: [] };
  const tally = await check([{ id: "x", scenario, log: [] }], asyncBodies);
  expect([...tally.unsupported.keys()]).toEqual(['unsupported object "teapot"']);
});
