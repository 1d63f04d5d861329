// The small programs of programs/programs.ts in virtual time, compared with the orders that Node itself gave
// them (programs/node-orders.json, written by programs/record.mjs).
import { mark, now, simulate } from "@tickless/core";
import { record, replay } from "@tickless/trace";
import { describe, expect, test } from "vitest";
import { virtualize } from "../src/index.ts";
import { nodeOrder, recorded } from "./programs/node-orders.ts";
import { type Program, programs } from "./programs/programs.ts";

interface Line {
  readonly label: string;
  readonly time: number;
}

/**
 * Node ends when nothing is left that holds it; here a main that waits for nothing in particular is
 * then without hope, which is called a deadlock.
 */
async function inVirtualTime(program: Program, drain: "auto" | "reference"): Promise<Line[]> {
  const lines: Line[] = [];
  const main = virtualize(async () => {
    program(
      (label) => void lines.push({ label, time: now() }),
      () => undefined,
    );
    await new Promise(() => undefined);
  });
  const { reason, outcome } = await simulate(main, { drain });
  expect({ reason, outcome }).toMatchObject({ reason: "deadlock" });
  return lines;
}

test("there are programs, and each has been recorded", () => {
  const names = Object.keys(programs);
  expect(names.length).toBeGreaterThanOrEqual(40);
  expect(recorded).toEqual(names);
});

describe.each(["auto", "reference"] as const)("A1: drain %s", (drain) => {
  test.each(Object.entries(programs))("%s: the order is Node's", async (name, program) => {
    const lines = await inVirtualTime(program, drain);
    expect(lines.map(({ label }) => label)).toEqual(nodeOrder(name));
  });
});

test.each(Object.entries(programs))("A3: %s: is recorded and replayed", async (_name, program) => {
  const main = virtualize(async () => {
    program(
      (label) => mark(label),
      () => undefined,
    );
    await new Promise(() => undefined);
  });
  const { trace } = await record(main, { log: () => undefined });
  expect((await replay(trace, main, { log: () => undefined })).same).toBe(true);
});

test("times are exact: the golden file has each label with its ms", async () => {
  const texts: string[] = [];
  for (const [name, program] of Object.entries(programs)) {
    const lines = await inVirtualTime(program, "auto");
    const shown = lines.map(({ label, time }) => `  ${String(time).padStart(3)} ${label}`);
    texts.push(`${name}\n${shown.join("\n")}\n`);
  }
  await expect(texts.join("\n")).toMatchFileSnapshot("golden/programs.txt");
});
