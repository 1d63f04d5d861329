import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FlowOf, simulate, simulateSync, sleep } from "@tickless/core";
import { afterAll, describe, expect, test } from "vitest";
import { traceOf } from "../src/event-list.ts";
import { encodeTrace, openTrace, record, recorder } from "../src/index.ts";
import { fileRecorder, readTrace, recordToFile, writeTrace } from "../src/node.ts";
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

test("what is not bytes is refused in words", () => {
  const { buffer } = encodeTrace(trace);
  expect(() => openTrace(buffer as never)).toThrow(
    /`bytes` to be a Uint8Array.*new Uint8Array\(buffer\)/,
  );
  expect(() => openTrace("text" as never)).toThrow(
    expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }),
  );
});

test("traces carry the version of the packages", () => {
  const manifest = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  ) as { version: string };
  expect(ENGINE_VERSION).toBe(manifest.version);
});

describe("recording to a file", () => {
  const names = (prefix: string): string[] =>
    readdirSync(folder).filter((name) => name.startsWith(prefix));

  test("has what a recording in memory has, and gives the result of the run", async () => {
    const file = join(folder, "streamed.trace");
    const main = async (): Promise<number> => {
      for (let i = 0; i < 5000; i++) await sleep(1);
      return 7;
    };
    const result = await recordToFile(file, main, { seed: 3 });
    const recorded = await record(main, { seed: 3 });
    expect(result).toMatchObject({ outcome: { value: 7 }, written: true });
    expect(result.fingerprint).toBe(recorded.fingerprint);
    expect(contentOf(readTrace(file))).toEqual(contentOf(recorded.trace));
    expect(names("streamed")).toEqual(["streamed.trace"]);
  });

  test("a file in which nothing was flushed is that of writeTrace byte by byte", () => {
    const main = function* (): FlowOf<void> {
      for (let i = 0; i < 5000; i++) yield* sleep(1);
    };
    const file = join(folder, "at-once.trace");
    const streamed = fileRecorder(file);
    // On the caller's stack: no real timer has its turn meanwhile.
    simulateSync(main, { probes: streamed.probes });
    streamed.finish();
    const inMemory = recorder();
    simulateSync(main, { probes: inMemory.probes });
    inMemory.finish();
    expect(new Uint8Array(readFileSync(file))).toEqual(encodeTrace(inMemory.trace()));
  });

  test("the file grows with the run: what is there opens when the process dies", async () => {
    const file = join(folder, "growing.trace");
    const taker = fileRecorder(file);
    await simulate(
      async () => {
        for (let i = 0; i < 5000; i++) await sleep(1);
      },
      { probes: taker.probes },
    );
    const [beside = ""] = names("growing");
    const before = readTrace(join(folder, beside));
    // Whole chunks, and what was flushed since; how much that is, is a matter of real time.
    expect(before.last).toBeGreaterThanOrEqual(16_384);
    expect(before.notices).toEqual([
      expect.stringContaining(`ends after event ${before.last}, before its recording was finished`),
    ]);
    taker.finish();
    expect(readTrace(file).complete).toBe(true);
  });

  test.each([
    ["a run that fails", true],
    ["a run that does not", false],
  ])("a ring for failures, after %s", async (what, hasFailed) => {
    const file = join(folder, `ring-${String(hasFailed)}.trace`);
    const main = (): unknown => (hasFailed ? Promise.reject(new Error(what)) : sleep(1));
    const level = { ring: "1 MB", on: "failure" } as const;
    expect((await recordToFile(file, main, { level })).written).toBe(hasFailed);
    expect(existsSync(file)).toBe(hasFailed);
  });

  test.each(["all", { ring: "1 MB" }] as const)(
    "an unwritable path is an error before anything runs, at level %j",
    async (level) => {
      const taken = join(folder, "a-folder");
      mkdirSync(taken, { recursive: true });
      let runs = 0;
      for (const file of [join(folder, "no", "where"), taken]) {
        const recording = recordToFile(file, () => void runs++, { level });
        await expect(recording).rejects.toMatchObject({ code: "ERR_TRACE_FILE" });
      }
      expect(runs).toBe(0);
      expect(names("a-folder")).toEqual(["a-folder"]);
    },
  );

  test("a socket is not replaced by a file, nor is a device", async () => {
    const path = join(folder, "socket");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      expect(() => writeTrace(path, trace)).toThrow(/: it is a device, a pipe or a socket\.$/);
      expect(statSync(path).isSocket()).toBe(true);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test("where the file cannot be finished the error carries the result of the run", async () => {
    const file = join(folder, "late");
    const recording = recordToFile(file, async () => {
      await sleep(1);
      // A folder of that name keeps the file from getting it.
      mkdirSync(file);
      return 7;
    });
    await expect(recording).rejects.toMatchObject({
      code: "ERR_TRACE_FILE",
      result: { reason: "done", outcome: { value: 7 } },
    });
  });

  test.runIf(existsSync("/dev/full"))("a full disk fails the run at once", async () => {
    // /dev/full takes no byte; a link to it stands where the recorder writes.
    const file = join(folder, "full");
    symlinkSync("/dev/full", `${file}.${process.pid}.tmp`);
    let laps = 0;
    const recording = recordToFile(file, async () => {
      for (; laps < 5000; laps++) await sleep(1);
    });
    await expect(recording).rejects.toThrow(/^Cannot write the trace `.*full`: ENOSPC/);
    expect(laps).toBe(0);
  });
});
