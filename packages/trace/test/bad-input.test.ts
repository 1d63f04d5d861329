// Types lie in JavaScript: whatever a public function is given, its error has a code and says what was expected.
import { expect, test } from "vitest";
import {
  assertReplays,
  checkDeterminism,
  describeEvent,
  diff,
  encodeTrace,
  fingerprintOf,
  firstDifference,
  isReproLine,
  openTrace,
  parseRepro,
  record,
  recorder,
  replay,
  replaySync,
  reproLine,
  reproLineOf,
  sameFingerprint,
  stateLines,
  TimeTravel,
  TraceIndex,
} from "../src/index.ts";
import { exporters } from "../src/exporters/index.ts";

const { trace } = await record(async () => undefined);
const travel = new TimeTravel(trace);
const calls: Record<string, (value: never) => unknown> = {
  "diff(t,v)": (v) => diff(trace, v),
  "diff(v,t)": (v) => diff(v, trace),
  "diff ctx": (v) => diff(trace, trace, { context: v }),
  "diff opts": (v) => diff(trace, trace, v),
  firstDifference: (v) => firstDifference(trace, v),
  reproLine: (v) => reproLine(v),
  parseRepro: (v) => parseRepro(v),
  reproLineOf: (v) => reproLineOf(v),
  isReproLine: (v) => isReproLine(v),
  encodeTrace: (v) => encodeTrace(v),
  openTrace: (v) => openTrace(v),
  fingerprintOf: (v) => fingerprintOf(v),
  "fingerprintOf letters": (v) => fingerprintOf(trace.events(), v),
  sameFingerprint: (v) => sameFingerprint(v, trace.fingerprint),
  recorder: (v) => recorder(v),
  "recorder write": (v) => recorder({ write: v }),
  "recorder program": (v) => recorder({ program: v }),
  TimeTravel: (v) => new TimeTravel(v),
  at: (v) => travel.at(v),
  event: (v) => travel.event(v),
  eventAtTime: (v) => travel.eventAtTime(v),
  cursor: (v) => travel.cursor(v),
  search: (v) => [...travel.search(v)],
  "search kind": (v) => [...travel.search({ kind: v })],
  causes: (v) => travel.causes(v),
  consequences: (v) => travel.consequences(v),
  toTime: (v) => travel.cursor().toTime(v),
  stateLines: (v) => stateLines(v, travel),
  TraceIndex: (v) => new TraceIndex(v),
  describeEvent: (v) => describeEvent(v, travel.index),
  "trace.event": (v) => trace.event(v),
  "trace.events": (v) => [...trace.events(v)],
  "replay source": (v) => replay(v, async () => {}),
  "replay opts": (v) => replay(trace, async () => {}, v),
  "replay program": (v) => replay(trace, async () => {}, { program: v }),
  "check main": (v) => checkDeterminism(v),
  "check opts": (v) => checkDeterminism(async () => {}, v),
  record: (v) => record(v),
  "record opts": (v) => record(async () => {}, v),
  assertReplays: (v) => assertReplays(v, async () => {}),
  replaySync: (v) => replaySync(v, function* () {}),
};

for (const exporter of exporters) {
  const { name } = exporter;
  calls[`${name} travel`] = (v) => [...exporter.write(v)];
  calls[`${name} options`] = (v) => [...exporter.write(travel, v)];
  for (const option of ["from", "to", "task", "width"]) {
    calls[`${name} ${option}`] = (v) => [...exporter.write(travel, { [option]: v })];
  }
}

const values: unknown[] = [undefined, null, "x", 5, {}, [], NaN, true];

test.each(Object.entries(calls))(
  "%s refuses what it cannot take by an error with a code",
  async (_, call) => {
    const uncoded: string[] = [];
    for (const value of values) {
      try {
        await call(value as never);
      } catch (error) {
        const { code, message } = error as { code?: unknown; message: string };
        if (typeof code !== "string") uncoded.push(`${JSON.stringify(value)}: ${message}`);
      }
    }
    expect(uncoded).toEqual([]);
  },
);

test("a path where a trace is wanted says how to read it", () => {
  const thrown = expect.objectContaining({
    code: "ERR_INVALID_ARG_TYPE",
    message: expect.stringMatching(
      /^Expected `b` to be a trace, got "x" \(string\)\. .*readTrace/,
    ) as string,
  }) as Error;
  expect(() => diff(trace, "x" as never)).toThrow(thrown);
});

test("an exporter that is given a trace says what to make of it", () => {
  for (const exporter of exporters) {
    expect(() => exporter.write(trace as never)).toThrow(
      expect.objectContaining({
        code: "ERR_INVALID_ARG_TYPE",
        message: expect.stringContaining("`new TimeTravel(trace)`") as string,
      }) as Error,
    );
    expect(() => exporter.write(travel, { from: "3" } as never)).toThrow(/`options\.from`/);
    expect(() => exporter.write(travel, { From: 3 } as never)).toThrow(/Did you mean `from`/);
  }
});

test("an event that is not there, or is no number, is told with those that are", () => {
  for (const event of [NaN, 0, 99, 1.5, "2"]) {
    expect(() => travel.at(event as never)).toThrow(
      expect.objectContaining({ code: "ERR_OUT_OF_RANGE" }) as Error,
    );
  }
  expect(() => travel.at(NaN)).toThrow(
    /^Event NaN of the trace is not there: it has events 1 to \d+\.$/,
  );
  expect(() => travel.eventAtTime(NaN)).toThrow(/Expected `time` to be a time, got NaN/);
  expect(() => travel.cursor().toTime("x" as never)).toThrow(/`time`/);
  expect(() => travel.search({ kind: "waits" as never }).next()).toThrow(/`query.kind`/);
  expect(travel.eventAtTime(Infinity)).toBe(trace.last);
});
