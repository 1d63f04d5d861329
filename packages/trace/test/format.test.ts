import { external, random, sleep } from "@tickless/core";
import { describe, expect, test } from "vitest";
import { traceOf } from "../src/event-list.ts";
import type { TraceEvent } from "../src/event.ts";
import { formatTrace, parseTrace, record, replay, type TraceError } from "../src/index.ts";
import { LineCheck } from "../src/line-check.ts";
import { contentOf, pipeline } from "./programs.ts";

const program = { file: "src/a b.ts", export: "default", args: ["x"], digest: "d1" };
const { trace } = await record(pipeline(), { seed: "two\nlines", start: 5, until: 40, program });
const text = formatTrace(trace);
const small = formatTrace((await record(() => sleep(1))).trace);

function failure(damaged: string): TraceError {
  try {
    parseTrace(damaged, "a.trace");
  } catch (error) {
    return error as TraceError;
  }
  throw new Error("the text was read without complaint");
}

/** The text of a trace with lines of any content and right checks. */
function forged(lines: readonly object[]): string {
  const check = new LineCheck();
  const seal = (line: object): string => {
    const whole = JSON.stringify(line);
    const body = whole.slice(0, -1);
    return Array.isArray(line)
      ? `${body},"${check.next(body)}"]\n`
      : `${body},"check":"${check.next(body)}"}\n`;
  };
  return lines.map(seal).join("");
}

const header = JSON.parse(small.split("\n")[0] ?? "") as Record<string, unknown>;
delete header["check"];

describe("a trace file", () => {
  test("gives back what was written", () => {
    expect(contentOf(parseTrace(text))).toEqual(contentOf(trace));
    expect(parseTrace(text).header.program).toEqual(program);
  });

  test("keeps NaN, infinite numbers and odd texts", () => {
    const events: TraceEvent[] = [
      {
        event: 1,
        cause: 0,
        kind: "name",
        id: 3,
        parent: -1,
        type: "gauge",
        segment: '"\\\u2028\ud800',
      },
      { event: 2, cause: 1, kind: "operation", task: -1, object: 3, name: "fill", state: Infinity },
      {
        event: 3,
        cause: 1,
        kind: "operation",
        task: -1,
        object: 3,
        name: "drain",
        state: -Infinity,
      },
      {
        event: 4,
        cause: 1,
        kind: "wait",
        task: -1,
        on: "gauge",
        object: 3,
        until: NaN,
        op: "fill",
      },
      { event: 5, cause: 1, kind: "timer", when: 0.1 + 0.2 },
    ];
    const odd = traceOf(trace.header, events);
    expect(contentOf(parseTrace(formatTrace(odd)))).toEqual(contentOf(odd));
  });

  test("has one line an event, each JSON, between a header that names the fields and an end", () => {
    const lines = small
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(lines[0]).toMatchObject({
      format: "tickless-trace",
      version: 1,
      fields: { step: ["task"] },
    });
    expect(lines[3]).toEqual([3, 2, "step", 0, expect.any(String)]);
    expect(lines.at(-1)).toMatchObject({ end: "tickless-trace", events: lines.length - 2 });
  });

  test("may have had its line ends changed to CRLF on the way", () => {
    expect(contentOf(parseTrace(text.replaceAll("\n", "\r\n")))).toEqual(contentOf(trace));
  });
});

describe("a damaged trace file", () => {
  test("cut at any line is refused, with the line that is missing", () => {
    const lines = text.split("\n");
    for (let kept = 0; kept < lines.length - 1; kept++) {
      const cut = lines
        .slice(0, kept)
        .map((line) => `${line}\n`)
        .join("");
      expect(failure(cut)).toMatchObject({ code: "ERR_TRACE_DAMAGED", line: kept + 1 });
    }
  });

  test("cut anywhere else is refused, with the line that is not whole", () => {
    for (let length = 0; length < small.length; length++) {
      const cut = small.slice(0, length);
      const error = failure(cut);
      expect(error.code).toBe("ERR_TRACE_DAMAGED");
      expect(error.line).toBe(cut.split("\n").length);
    }
  });

  test("with any one bit flipped is refused, with its line", () => {
    const bytes = new TextEncoder().encode(small);
    const decoder = new TextDecoder();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const line = decoder.decode(bytes.subarray(0, bit >> 3)).split("\n").length;
      const error = failure(decoder.decode(flipped));
      expect(error.code).toMatch(/^ERR_TRACE_(DAMAGED|FORMAT|VERSION)$/);
      expect(error.line, `bit ${bit & 7} of byte ${bit >> 3}`).toBe(line);
    }
  });

  test("with a line missing, doubled or moved is refused", () => {
    const lines = small.trimEnd().split("\n");
    const join = (changed: readonly string[]): string =>
      changed.map((line) => `${line}\n`).join("");
    for (let i = 1; i < lines.length - 1; i++) {
      expect(failure(join(lines.toSpliced(i, 1))).code).toBe("ERR_TRACE_DAMAGED");
      expect(failure(join(lines.toSpliced(i, 0, lines[i] ?? ""))).code).toBe("ERR_TRACE_DAMAGED");
    }
    expect(failure(`${small}${lines[1]}\n`).code).toBe("ERR_TRACE_DAMAGED");
    expect(failure(`${small}\n`).code).toBe("ERR_TRACE_DAMAGED");
  });

  test("is called by its name, and the reader is told what to do", () => {
    const lines = text.split("\n");
    expect(failure(lines.toSpliced(4, 1).join("\n")).message).toBe(
      "a.trace, line 5: the trace is damaged: it is not what was written, or a line before it is " +
        "missing. Take another copy, or record again.",
    );
    expect(failure(lines.slice(0, 9).join("\n")).message).toBe(
      "a.trace, line 9: the trace is damaged: the file ends in the middle of this line, so its recording or " +
        "copying was interrupted. Take another copy, or record again.",
    );
  });
});

describe("a file that no recorder of this version wrote", () => {
  test("of a newer format is refused in plain words, whatever else it has in it", () => {
    const newer = `${JSON.stringify({ format: "tickless-trace", version: 2, engine: "1.4.0" })}\n0101\n`;
    expect(failure(newer)).toMatchObject({ code: "ERR_TRACE_VERSION", line: 1 });
    expect(failure(newer).message).toBe(
      "a.trace, line 1: this trace has format version 2, and this Tickless reads version 1. A newer " +
        "Tickless wrote it (1.4.0). Update: `npm install tickless@latest`.",
    );
  });

  test.each(["\n", "hello\nworld\n", "[1]\n", '{"format":"har"}\n', "\0\0\0\n"])(
    "is not taken for a trace: %j",
    (other) => {
      expect(failure(other)).toMatchObject({ code: "ERR_TRACE_FORMAT", line: 1 });
    },
  );

  test.each([
    ["a header without a seed", [{ ...header, seed: undefined }], 1],
    ["a header with a bad limit", [{ ...header, options: { until: "x" } }], 1],
    ["a header with half a program", [{ ...header, program: { file: "a.ts" } }], 1],
    ["an unknown kind", [header, [1, 0, "sing", 1]], 2],
    ["a wrong number", [header, [2, 0, "time", 1]], 2],
    ["a cause that comes later", [header, [1, 1, "time", 1]], 2],
    ["a field too many", [header, [1, 0, "time", 1, 2]], 2],
    ["a text for a number", [header, [1, 0, "time", "1"]], 2],
    ["a number for a text", [header, [1, 0, "draw", 1]], 2],
    ["an id that nothing has named", [header, [1, 0, "step", 0]], 2],
    ["its own parent", [header, [1, 0, "name", 0, 0, "task", "main"]], 2],
    [
      "an id named twice",
      [header, [1, 0, "name", 0, -1, "task", "a"], [2, 0, "name", 0, -1, "task", "b"]],
      3,
    ],
  ])("with %s is refused", (_what, lines, line) => {
    expect(failure(forged(lines as object[]))).toMatchObject({ code: "ERR_TRACE_FORMAT", line });
  });

  test("whose events do not give its fingerprint is refused", () => {
    const end = { events: 1, fingerprint: "0000-0000-0000-0000/tkscore" };
    expect(failure(forged([header, [1, 0, "time", 1], end]))).toMatchObject({
      code: "ERR_TRACE_DAMAGED",
      line: 3,
    });
    expect(failure(forged([header, { ...end, events: 4 }]))).toMatchObject({
      code: "ERR_TRACE_DAMAGED",
      line: 2,
    });
  });
});

test("a run with external results survives the file and replays from it", async () => {
  const main = async (): Promise<string> => {
    const read = await external(() => Promise.resolve({ name: "Ωmega\n" }));
    await sleep(random("x").int(1, 9));
    return read.name;
  };
  const recorded = await record(main);
  const replayed = await replay(parseTrace(formatTrace(recorded.trace)), main);
  expect(replayed).toMatchObject({ same: true, result: { outcome: { value: "Ωmega\n" } } });
});
