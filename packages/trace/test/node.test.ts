import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { traceOf } from "../src/event-list.ts";
import { encodeTrace, record } from "../src/index.ts";
import { readTrace, writeTrace } from "../src/node.ts";
import { ENGINE_VERSION } from "../src/trace.ts";
import { contentOf, pipeline } from "./programs.ts";

const folder = mkdtempSync(join(tmpdir(), "tickless-trace-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { trace } = await record(pipeline());

test("a trace is read as it was written", () => {
  const file = join(folder, "whole.trace");
  writeTrace(file, trace);
  expect(contentOf(readTrace(file))).toEqual(contentOf(trace));
  expect(new Uint8Array(readFileSync(file))).toEqual(encodeTrace(trace));
});

test("a file larger than one chunk is written whole", async () => {
  const { trace: long } = await record(async () => {
    for (let i = 0; i < 400; i++) await pipeline()();
  });
  const file = join(folder, "long.trace");
  expect(long.length).toBeGreaterThan(2 * 8192);
  writeTrace(file, long);
  expect(new Uint8Array(readFileSync(file))).toEqual(encodeTrace(long));
});

test("nothing half-written is left when writing fails: the old file stays, and no other appears", () => {
  const file = join(folder, "kept.trace");
  writeFileSync(file, "old");
  const broken = traceOf(trace.header, [...trace.events(), null as never], [], "");
  expect(() => writeTrace(file, broken)).toThrow(
    expect.objectContaining({ code: "ERR_TRACE_FILE" }),
  );
  expect(readFileSync(file, "utf8")).toBe("old");
  expect(readdirSync(folder).filter((name) => name.startsWith("kept"))).toEqual(["kept.trace"]);
});

test("a place where no file can be is an error that names it", () => {
  mkdirSync(join(folder, "taken"));
  expect(() => writeTrace(join(folder, "taken"), trace)).toThrow(
    /Cannot write the trace `.*taken`: /,
  );
  expect(() => writeTrace(join(folder, "no", "where"), trace)).toThrow(
    /Cannot write the trace `.*where`: /,
  );
  expect(() => readTrace(join(folder, "absent"))).toThrow(
    /Cannot read the trace `.*absent`: .*ENOENT/,
  );
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("errors call a damaged file by its path", () => {
  const file = join(folder, "cut.trace");
  writeFileSync(file, encodeTrace(trace).subarray(0, 300));
  expect(() => readTrace(file)).toThrow(`${file}: the first line`);
});

test("traces carry the version of the packages", () => {
  const manifest = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  ) as { version: string };
  expect(ENGINE_VERSION).toBe(manifest.version);
});
