import { counter, external, log, mark, random, simulate, sleep } from "@tickless/core";
import { describe, expect, test } from "vitest";
import { CHUNK_HEAD, readChunk } from "../src/chunk.ts";
import type { TraceEvent } from "../src/event.ts";
import { traceOf } from "../src/event-list.ts";
import { eventProbe } from "../src/event-probe.ts";
import {
  encodeTrace,
  openTrace,
  record,
  recorder,
  recordSync,
  replay,
  type Trace,
  type TraceError,
} from "../src/index.ts";
import { bytesKept } from "../src/levels.ts";
import { lineCheck } from "../src/line-check.ts";
import { contentOf, pipeline } from "./programs.ts";

const origin = { file: "src/ä b.ts", export: "default", args: ["x"], digest: "d1" };
const { trace } = await record(pipeline(), {
  seed: "two\nlines",
  start: 5,
  until: 40,
  program: origin,
});
const bytes = encodeTrace(trace);

/** 20,000 events and more, in three chunks, the last one small. */
const { trace: long } = recordSync(function* () {
  for (let i = 0; i < 4120; i++) {
    yield* sleep(i % 3 === 0 ? 0.5 : 1);
    if (i % 100 === 0) mark("hundred", i);
  }
});

/** The code of the error that `read` throws. */
const thrownBy = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    return (error as TraceError).code;
  }
  return "none";
};

const headerLength = (file: Uint8Array): number => file.indexOf(10) + 1;

/** Where the chunks of a file begin. */
function chunkStarts(file: Uint8Array): number[] {
  const starts: number[] = [];
  for (let at = headerLength(file); at < file.length;) {
    starts.push(at);
    const found = readChunk(file, at);
    if (typeof found === "string") throw new Error(found);
    at = found.next;
  }
  return starts;
}

describe("a trace file", () => {
  test("gives back the trace that it was written from", () => {
    expect(contentOf(openTrace(bytes))).toEqual(contentOf(trace));
    expect(openTrace(bytes).header.program).toEqual(origin);
    expect(contentOf(openTrace(encodeTrace(long)))).toEqual(contentOf(long));
    expect(long.length).toBeGreaterThan(16_384);
  });

  test("gives back what a probe was told, wherever a chunk ends", () => {
    for (let shift = 0; shift < 4; shift++) {
      const told: TraceEvent[] = [];
      const { trace: cut } = recordSync(
        function* () {
          for (let i = 0; i < shift; i++) random("x")();
          for (let i = 0; i < 2100; i++) yield* sleep(1);
        },
        { probes: [eventProbe((event) => void told.push(event))] },
      );
      expect([...cut.events()]).toEqual(told);
    }
  });

  test("is written from events alike: as they come, and from a list of them", () => {
    const listed = traceOf(trace.header, [...trace.events()], [...trace.notes()]);
    expect(encodeTrace(listed)).toEqual(bytes);
    const longList = traceOf(long.header, [...long.events()], [...long.notes()]);
    expect(encodeTrace(longList)).toEqual(encodeTrace(long));
  });

  test("keeps NaN, infinite numbers, large ones and odd texts", () => {
    const segment = '"\\\u2028\ud800Ω\0';
    const events: TraceEvent[] = [
      { event: 1, cause: 0, kind: "begin", seed: segment, now: -0.5, timeUnit: "" },
      { event: 2, cause: 0, kind: "name", id: 3, parent: -1, type: "gauge", segment },
      { event: 3, cause: 1, kind: "operation", task: -1, object: 3, name: "fill", state: Infinity },
      { event: 4, cause: 1, kind: "operation", task: -1, object: 3, name: "drain", state: 2 ** 40 },
      { event: 5, cause: 1, kind: "operation", task: 3, object: -1, name: "drain", state: -7 },
      {
        event: 6,
        cause: 1,
        kind: "wait",
        task: -1,
        on: "gauge",
        object: 3,
        until: NaN,
        op: "fill",
      },
      { event: 7, cause: 1, kind: "wait", task: 0, on: "", object: -1, until: 1e300, op: "" },
      { event: 8, cause: 1, kind: "timer", when: 0.1 + 0.2 },
      { event: 9, cause: 0, kind: "time", now: 2 ** 53 },
      { event: 10, cause: 9, kind: "arm", task: 3, when: 2 ** 53 - 1 },
      { event: 11, cause: 9, kind: "step", task: 2 ** 33 },
      { event: 12, cause: 9, kind: "external", call: 2 ** 31, encoded: "x".repeat(70_000) },
    ];
    const odd = traceOf(trace.header, events);
    const read = openTrace(encodeTrace(odd));
    expect([...read.events()]).toEqual(events);
    expect(read.fingerprint).toBe(odd.fingerprint);
    expect(read.complete).toBe(false);
  });

  test("begins with a line of JSON in ASCII, which names the fields of every kind", () => {
    const line = new TextDecoder().decode(bytes.subarray(0, headerLength(bytes)));
    expect(line).toMatch(/^[\x20-\x7e]*\n$/);
    expect(JSON.parse(line)).toMatchObject({
      format: "tickless-trace",
      version: 1,
      minor: 1,
      seed: "two\nlines",
      kinds: { step: ["task"] },
    });
  });

  test("takes at most 9 bytes an event, with whole and with broken times", async () => {
    const { trace: broken } = await record(async () => {
      for (let i = 0; i < 3000; i++) await sleep(random("delays")());
    });
    for (const one of [long, broken]) {
      expect(encodeTrace(one).length / one.length).toBeLessThan(9);
    }
  });

  test("gives single events and stretches of them, in any order", () => {
    const all = [...long.events()];
    for (const n of [1, 8192, 8193, 16_384, 16_385, long.last, 5, 12_000]) {
      expect(long.event(n)).toEqual(all[n - 1]);
    }
    expect([...long.events(8190, 8195)]).toEqual(all.slice(8189, 8195));
    expect([...long.events(16_380)]).toEqual(all.slice(16_379));
    expect([...long.events(-5, 2)]).toEqual(all.slice(0, 2));
    expect([...long.events(long.last + 1)]).toEqual([]);
    expect(() => long.event(0)).toThrow(RangeError);
    expect(() => long.event(long.last + 1)).toThrow(RangeError);
  });

  test("holds the notes with the events that they hang on", async () => {
    const { trace: noted } = await record(async () => {
      mark("begun");
      await sleep(2);
      mark("rate", 0.5);
      mark("who", "Ω");
      log("halfway");
      counter("load", 3);
    });
    const [first, , , , last] = [...openTrace(encodeTrace(noted)).notes()];
    expect(first).toEqual({ event: 3, task: 0, kind: "mark", name: "begun", value: null });
    expect(last).toEqual({ event: 7, task: 0, kind: "counter", name: "load", value: 3 });
    expect([...noted.notes(4)].map(({ kind }) => kind)).toEqual(["mark", "mark", "log", "counter"]);
    expect([...long.notes()]).toHaveLength(42);
  });
});

describe("a damaged trace file", () => {
  test("cut at every byte of its last two chunks opens, gives a prefix, and says what is missing", () => {
    const whole = encodeTrace(long);
    const all = [...long.events()];
    const starts = chunkStarts(whole);
    const from = starts.at(-3) as number;
    // Every byte of the last two, and every thousandth of the full one before them.
    for (let length = from; length < whole.length; length++) {
      if (length < (starts.at(-2) as number) && length % 1009 > 0) continue;
      const cut = openTrace(whole.subarray(0, length));
      const { last, complete, notices } = cut;
      expect(complete).toBe(false);
      expect(notices).toEqual([
        `The trace ends after event ${last}, before its recording was finished: the recording was ` +
          "interrupted, or the file was cut off.",
      ]);
      expect([8192, 16_384, all.length]).toContain(last);
    }
    for (const last of starts.slice(-3)) {
      const prefix = [...openTrace(whole.subarray(0, last)).events()];
      expect(prefix).toEqual(all.slice(0, prefix.length));
    }
  });

  test("with any one bit flipped says so, with the place", () => {
    const starts = chunkStarts(bytes);
    const wrong: string[] = [];
    /** What is said of the file with a bit changed. */
    const said = (bit: number): string => {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      try {
        const { complete, notices } = openTrace(flipped);
        return `${String(complete)} ${notices.map((notice) => notice.split(":")[0]).join()}`;
      } catch (error) {
        return (error as TraceError).code.replace(/_(?:DAMAGED|FORMAT|VERSION)$/, "");
      }
    };
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const place = starts.findLast((start) => start <= bit >> 3);
      const expected =
        place === undefined ? "ERR_TRACE" : `false The trace is damaged at byte ${place}`;
      const now = said(bit);
      if (now !== expected) wrong.push(`bit ${bit & 7} of byte ${bit >> 3}: ${now}`);
    }
    expect(wrong).toEqual([]);
  });

  test("with a chunk missing, doubled or moved says so", () => {
    const whole = encodeTrace(long);
    const starts = [...chunkStarts(whole), whole.length];
    const parts = starts.slice(0, -1).map((start, i) => whole.subarray(start, starts[i + 1]));
    const join = (chunks: readonly Uint8Array[]): Uint8Array =>
      Uint8Array.from([whole.subarray(0, starts[0]), ...chunks].flatMap((part) => [...part]));
    expect(contentOf(openTrace(join(parts)))).toEqual(contentOf(long));
    for (let i = 0; i < parts.length - 1; i++) {
      for (const changed of [parts.toSpliced(i, 1), parts.toSpliced(i, 0, parts[i] ?? whole)]) {
        const read = openTrace(join(changed));
        expect(read.complete).toBe(false);
        expect(read.notices[0]).toContain("damaged at byte");
      }
    }
    expect(openTrace(join([...parts, parts[0] ?? whole])).notices).toEqual([
      expect.stringContaining("behind the end of the trace"),
    ]);
  });
});

/** The file with another header; `change` gets the old one. */
function forged(change: (header: Record<string, unknown>) => object, rest = bytes): Uint8Array {
  const line = new TextDecoder().decode(bytes.subarray(0, headerLength(bytes)));
  const { check: _, ...header } = JSON.parse(line) as Record<string, unknown>;
  const plain = JSON.stringify(change(header)).slice(0, -1).replaceAll("ä", "\\u00e4");
  const head = new TextEncoder().encode(`${plain},"check":"${lineCheck(plain)}"}\n`);
  return Uint8Array.from([...head, ...rest.subarray(headerLength(rest))]);
}

describe("a file that no recorder of this version wrote", () => {
  test("of a newer format is refused in plain words", () => {
    const newer = forged((header) => ({ ...header, version: 2, engine: "1.4.0" }));
    expect(() => openTrace(newer, "a.trace")).toThrow(
      "a.trace: this trace has format version 2, and this Tickless reads version 1. A newer Tickless wrote " +
        "it (1.4.0), or its first line is damaged. Update: `npm install tickless@latest`.",
    );
  });

  test.each(["\n", "hello\nworld\n", "[1]\n", '{"format":"har"}\n', "\0\0\0\n", ""])(
    "is not taken for a trace: %j",
    (other) => {
      expect(thrownBy(() => openTrace(new TextEncoder().encode(other)))).toBe("ERR_TRACE_FORMAT");
    },
  );

  test.each([
    ["a header without a seed", { seed: undefined }],
    ["a header with a bad limit", { options: { until: "x" } }],
    ["a header with half a program", { program: { file: "a.ts" } }],
    ["a header without a minor version", { minor: undefined }],
  ])("with %s is refused", (_what, change) => {
    expect(thrownBy(() => openTrace(forged((header) => ({ ...header, ...change }))))).toBe(
      "ERR_TRACE_FORMAT",
    );
  });

  test("of a newer minor version opens, and what is unknown is skipped with a notice", async () => {
    const { later } = await import("./later-version.ts");
    const read = openTrace(later(trace.header), "a.trace");
    expect([...read.events()].map(({ event, kind }) => `${event} ${kind}`)).toEqual([
      "1 time",
      "3 time",
    ]);
    expect(read.event(3)).toMatchObject({ now: 7 });
    expect([...read.notes()]).toEqual([{ event: 3, task: -1, kind: "log", text: "after" }]);
    expect(() => read.event(2)).toThrow(
      "Event 2 of the trace is of a kind that this Tickless does",
    );
    expect(read.notices).toEqual([
      "A newer Tickless (0.1.0) wrote the trace; events and notes of kinds that this one does not know are skipped.",
    ]);
  });
});

describe("levels", () => {
  const main = async (): Promise<void> => {
    mark("begun");
    for (let i = 0; i < 9000; i++) await sleep(1);
    log("done");
  };

  test("a ring keeps the last part, shows the gap, and knows the names of before", async () => {
    const taker = recorder({ level: { ring: "64 KB" } });
    await simulate(main, { probes: taker.probes });
    const ring = taker.trace();
    const { trace: whole } = await record(main);
    expect(ring.first).toBeGreaterThan(1);
    expect(ring.last).toBe(whole.last);
    expect(ring.fingerprint).toBe(whole.fingerprint);
    expect([...ring.events()]).toEqual([...whole.events(ring.first)]);
    expect(ring.complete).toBe(false);
    expect(ring.notices).toEqual([
      `Events 1 to ${ring.first - 1} are not there: the recording was kept in a ring, which has let go of them.`,
    ]);
    const file = encodeTrace(ring);
    expect(contentOf(openTrace(file))).toEqual(contentOf(ring));
    expect(file.length).toBeLessThan(64 * 1024 + 60_000);
  });

  test("every level, with and without notes, gives the same fingerprint", async () => {
    const quiet = async (): Promise<void> => {
      for (let i = 0; i < 9000; i++) await sleep(1);
    };
    const prints = new Set<string>();
    for (const level of ["fingerprint", "all", { ring: "64 KB" }, { ring: 1e9 }] as const) {
      for (const program of [main, quiet]) {
        const taker = recorder({ level });
        await simulate(program, { probes: taker.probes });
        prints.add(taker.fingerprint());
      }
    }
    const parts: Uint8Array[] = [];
    const streaming = recorder({ write: (part) => void parts.push(part) });
    await simulate(main, { probes: streaming.probes });
    streaming.finish();
    const streamed = openTrace(Uint8Array.from(parts.flatMap((part) => [...part])));
    prints.add(streaming.fingerprint()).add(streamed.fingerprint);
    expect(streamed.complete).toBe(true);
    expect(prints.size).toBe(1);
  });

  test("off asks nothing of the run", () => {
    expect(recorder({ level: "off" }).probes).toEqual([]);
  });

  test.each(["64 kB", "64 KB", "64kb", "64 KiB", "65536", "65536 B", "0.0625 MB", 65_536])(
    "a ring of %j is one of 64 KB",
    (ring) => expect(bytesKept({ ring })).toBe(65_536),
  );

  test.each([
    {},
    [],
    { ring: true },
    { ring: "4 MiBi" },
    { ring: "" },
    { ring: "0 MB" },
    { ring: "-1" },
    { ring: 0 },
    { ring: "4 MB", on: "sunday" },
    "some",
    null,
  ])("%j is no level", (level) => {
    expect(() => recorder({ level: level as never })).toThrow(/level/);
  });

  test("S8: a recorder that throws fails the run at once", async () => {
    let parts = 0;
    const full = recorder({
      write: () => {
        if (++parts === 2) throw new Error("the disk is full");
      },
    });
    const { outcome, now } = await simulate(main, { probes: full.probes });
    expect(outcome).toMatchObject({ reason: { message: "the disk is full" } });
    expect(now).toBeLessThan(9000);
  });
});

test("a run with external results survives the file and replays from it", async () => {
  const main = async (): Promise<string> => {
    const read = await external(() => Promise.resolve({ name: "Ωmega\n" }));
    await sleep(random("x").int(1, 9));
    return read.name;
  };
  const recorded: { readonly trace: Trace } = await record(main);
  const replayed = await replay(openTrace(encodeTrace(recorded.trace)), main);
  expect(replayed).toMatchObject({ same: true, result: { outcome: { value: "Ωmega\n" } } });
  expect(CHUNK_HEAD).toBe(76);
});
