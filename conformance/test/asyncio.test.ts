import { fileURLToPath } from "node:url";
import type { LoopOptions } from "@tickless/core";
import { describe, expect, test } from "vitest";

import { asyncBodies } from "../src/async-bodies.ts";
import { check } from "../src/check.ts";
import { readCorpus } from "../src/corpus.ts";
import { generatorBodies } from "../src/generator-bodies.ts";
import { differences, missing } from "../src/report.ts";

const core = readCorpus(fileURLToPath(new URL("../fixtures/core.jsonl.gz", import.meta.url)));

const ways: readonly { readonly how: string; readonly options: LoopOptions }[] = [
  { how: "as it comes", options: {} },
  { how: "with the reference drain", options: { drain: "reference" } },
  { how: "with a probe watching", options: { probes: [{}] } },
];

describe.each([asyncBodies, generatorBodies])("$name bodies", (interpreter) => {
  test.each(ways)("write asyncio's log in every core scenario, $how", async ({ options }) => {
    const tally = await check(core, interpreter, options);
    expect([...missing(tally), ...differences(tally)]).toEqual([]);
    expect(tally.exact).toBe(250);
  });
});
