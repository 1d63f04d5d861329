import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";

import { command } from "../src/command.ts";

const folder = mkdtempSync(join(tmpdir(), "conformance-"));
afterAll(() => rmSync(folder, { recursive: true }));

const scenario = { objects: {}, tasks: [["A", [["sleep", 1]]]] };
const log = [
  [0, "A", "begin"],
  [0, "A", ">", "0", "sleep"],
  [1, "A", "<", "0", null],
  [1, "A", "exit", "returned", null],
  [
    1,
    "*",
    "end",
    { status: "ok", final: [["A", "returned", null]], blocked: [], unretrieved: [], state: {} },
  ],
];
const good = JSON.stringify({ id: "good", scenario, log });
const late = JSON.stringify({ id: "late", scenario, log: log.with(2, [2, "A", "<", "0", null]) });

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await command(
    args,
    (line) => out.push(line),
    (line) => err.push(line),
  );
  return { status, out: out.join("\n"), err: err.join("\n") };
}

test("exact logs: the counts for both kinds of body and status 0", async () => {
  const path = file("exact.jsonl", `${good}\n`);
  expect(await run(path)).toEqual({
    status: 0,
    out: `${path}\nasync: 1 of 1 exact\ngenerator: 1 of 1 exact`,
    err: "",
  });
});

test("a gzip file is read like a plain one", async () => {
  expect((await run(file("exact.jsonl.gz", gzipSync(good)))).status).toBe(0);
});

test("a different log: the event with two before it, and status 1", async () => {
  const { status, out } = await run(file("late.jsonl", `${good}\n${late}\n`));
  expect(status).toBe(1);
  expect(out).toContain(
    [
      "async: 1 of 2 exact, 1 different",
      "  late differs at event 2",
      '        0  [0,"A","begin"]',
      '        1  [0,"A",">","0","sleep"]',
      '  -     2  [2,"A","<","0",null]',
      '  +     2  [1,"A","<","0",null]',
    ].join("\n"),
  );
});

test("--only runs one scenario and shows both logs", async () => {
  const path = file("both.jsonl", `${good}\n${late}\n`);
  expect((await run("--only", "good", path)).status).toBe(0);
  const { status, out } = await run("--only", "late", path);
  expect(status).toBe(1);
  expect(out).toContain("async: 0 of 1 exact, 1 different");
  expect(out).toContain('  expected\n        0  [0,"A","begin"]');
  expect(out).toContain('  >     2  [1,"A","<","0",null]');
});

test("what is unsupported is counted by itself, and status 1", async () => {
  const odd = JSON.stringify({ id: "odd", scenario: { tasks: [["A", [["fly"]]]] }, log: [] });
  const { status, out } = await run(file("odd.jsonl", odd));
  expect(status).toBe(1);
  expect(out).toContain('async: 0 of 1 exact, 1 unsupported\n  unsupported op "fly" (1)');
});

test("--help explains itself", async () => {
  const { status, out } = await run("--help");
  expect(status).toBe(0);
  expect(out).toContain("Usage: npm run conformance -- [--only ID] FILE...");
});

test("--fresh prints scenarios, the same for the same seed", async () => {
  const { status, out } = await run("--fresh", "2", "--seed", "x");
  expect(status).toBe(0);
  const lines = out.split("\n").map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { id: "x-0", scenario: { tasks: expect.any(Array) } },
    { id: "x-1", scenario: { tasks: expect.any(Array) } },
  ]);
  expect((await run("--fresh", "2", "--seed", "x")).out).toBe(out);
  expect((await run("--fresh", "2", "--seed", "y")).out).not.toBe(out);
});

test("--fresh with something else than a count: status 2", async () => {
  expect(await run("--fresh", "many")).toMatchObject({
    status: 2,
    err: expect.stringContaining('Expected --fresh to be an integer ≥ 1, got "many"'),
  });
});

test("no FILE, and an unknown option: the usage and status 2", async () => {
  expect(await run()).toMatchObject({
    status: 2,
    err: expect.stringContaining("at least one FILE"),
  });
  expect(await run("--fast")).toMatchObject({ status: 2, err: expect.stringContaining("--fast") });
});

test("a missing file is named", async () => {
  const path = join(folder, "none.jsonl");
  expect(await run(path)).toEqual({ status: 2, out: "", err: `Cannot read ${path}: no such file` });
});

test("invalid JSON is placed by its line", async () => {
  const path = file("broken.jsonl", `${good}\n{"id": \n`);
  const { status, err } = await run(path);
  expect(status).toBe(2);
  expect(err).toContain(`${path}:2: not JSON`);
});

test("a line that is no case is placed too", async () => {
  const path = file("shape.jsonl", '{"id":"x"}\n');
  const { status, err } = await run(path);
  expect(status).toBe(2);
  expect(err).toBe(`${path}:1: expected an object with an id, a scenario and a log`);
});

test("a cut gzip file is refused", async () => {
  const path = file("cut.jsonl.gz", gzipSync(good).subarray(0, 40));
  const { status, err } = await run(path);
  expect(status).toBe(2);
  expect(err).toContain("is not a whole gzip file");
});

test("--only with an id that is not there is an error", async () => {
  const path = file("one.jsonl", good);
  const { status, err } = await run("--only", "bad", path);
  expect(status).toBe(2);
  expect(err).toBe(`${path} has no scenario "bad"`);
});
