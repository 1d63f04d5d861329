import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fingerprintOf, replay } from "../src/index.ts";
import { readTrace } from "../src/node.ts";
import { pipeline } from "./programs.ts";

const folder = fileURLToPath(new URL("fixtures/", import.meta.url));

// One for each released version, and for each minor version of the format: `pipeline()` with seed 7, written
// by that version and never again. `0.1.0` is of format 1.0 and `simulate`, `0.1.0-format-1.1` of `run`.
test.each(readdirSync(folder))("the trace of version %s opens and replays", async (file) => {
  const trace = readTrace(folder + file);
  expect(trace).toMatchObject({ complete: true, notices: [] });
  expect(trace.fingerprint).toBe(fingerprintOf(trace.events()));
  expect(await replay(trace, pipeline())).toMatchObject({ same: true });
});
