import { fileURLToPath } from "node:url";
import type { LoopOptions } from "@tickless/core";
import { describe, expect, test } from "vitest";

import { asyncBodies } from "../src/async-bodies.ts";
import { check } from "../src/check.ts";
import { firstDifference } from "../src/compare.ts";
import { readCorpus } from "../src/corpus.ts";
import { executeSync } from "../src/execute.ts";
import { generatorBodies } from "../src/generator-bodies.ts";
import { differences, missing } from "../src/report.ts";
import type { Case } from "../src/scenario.ts";

function corpus(file: string): readonly Case[] {
  return readCorpus(fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url)));
}

const corpora = [
  { file: "core.jsonl.gz", scenarios: 250 },
  { file: "hand.jsonl.gz", scenarios: 145 },
  { file: "random.jsonl.gz", scenarios: 400 },
  { file: "shutdown.jsonl.gz", scenarios: 100 },
  { file: "fresh.jsonl.gz", scenarios: 300 },
  { file: "found.jsonl", scenarios: 8 },
].map(({ file, scenarios }) => ({ file, scenarios, cases: corpus(file) }));

const ways: readonly { readonly how: string; readonly options: LoopOptions }[] = [
  { how: "as it comes", options: {} },
  { how: "with the reference drain", options: { drain: "reference" } },
  { how: "with a probe watching", options: { probes: [{}] } },
];

describe.each([asyncBodies, generatorBodies])("$name bodies", (interpreter) => {
  describe.each(corpora)("write the log of $file", ({ cases, scenarios }) => {
    test.each(ways)("as asyncio does, $how", async ({ options }) => {
      const tally = await check(cases, interpreter, options);
      expect([...missing(tally), ...differences(tally)]).toEqual([]);
      expect(tally.exact).toBe(scenarios);
    });
  });

  // Stacks are taken of everything, so one corpus has to do.
  test("write asyncio's log in debug mode too", async () => {
    const options = { debug: true, log: () => undefined };
    const tally = await check(corpus("shutdown.jsonl.gz"), interpreter, options);
    expect(differences(tally)).toEqual([]);
    expect(tally.exact).toBe(100);
  });
});

test.each(corpora)("S5: generators write the log of $file without promises", ({ cases }) => {
  const tasks = cases.filter(({ scenario }) => scenario.script === undefined);
  const different = tasks.flatMap(({ id, scenario, log }) => {
    const difference = firstDifference(log, executeSync(scenario));
    return difference === undefined ? [] : [{ id, difference }];
  });
  expect(different).toEqual([]);
  expect(tasks.length).toBeGreaterThan(0);
});
