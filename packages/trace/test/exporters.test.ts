import { createTask, getRunningLoop, random, sleep, timeout } from "@tickless/core";
import { Lock, Queue, Semaphore } from "@tickless/sync";
import mermaid from "mermaid";
import { describe, expect, test } from "vitest";
import { exporters, type ExportOptions, record, recordSync, TimeTravel } from "../src/index.ts";
import { checkChrome, type ChromeFile, namesOfTracks, slicesOn } from "./chrome-reader.ts";
import { pipeline, relay } from "./programs.ts";

function exported(travel: TimeTravel, name: string, options?: ExportOptions): string {
  const exporter = exporters.find((one) => one.name === name);
  return [...(exporter?.write(travel, options) ?? [])].join("");
}

const travel = new TimeTravel((await record(pipeline())).trace);
const other = new TimeTravel(recordSync(relay).trace);

/** Two waits of one task at a time, callbacks, a timeout, a deadlock at the end. */
async function tangle(): Promise<void> {
  const slots = new Semaphore(1, { name: "slots" });
  const door = new Lock({ name: "a;b: <1> %% end" });
  const work = async (): Promise<void> => {
    await Promise.all([sleep(random("x").int(1, 9)), slots.acquire(), sleep(4)]);
    await Promise.race([sleep(2), sleep(7)]);
    slots.release();
    await door.acquire();
  };
  for (let i = 0; i < 3; i++) void createTask(work);
  getRunningLoop().callLater(3, () => void createTask(() => sleep(1), { name: "late" }));
  await timeout(50, () => sleep(20));
  await new Queue({ name: "never" }).get();
}

const tangled = new TimeTravel((await record(tangle)).trace);

test("the registry has a line on each format, under names and endings of their own", () => {
  expect(exporters.map(({ name }) => name)).toEqual(["timeline", "ndjson", "chrome", "mermaid"]);
  expect(new Set(exporters.map(({ extension }) => extension)).size).toBe(exporters.length);
  for (const { summary } of exporters) expect(summary).toMatch(/^\S.{20,100}$/);
});

test.each(["timeline", "ndjson", "chrome", "mermaid"])("%s: golden", async (name) => {
  await expect(exported(travel, name, { to: 60 })).toMatchFileSnapshot(`golden/export-${name}.txt`);
});

describe("ndjson", () => {
  test("has every event with its time, and paths for ids", () => {
    const [header, ...lines] = exported(travel, "ndjson")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(header).toMatchObject({ kind: "header", seed: "0", complete: true });
    expect(lines.map(({ event, cause, kind }) => ({ event, cause, kind }))).toEqual(
      Array.from(travel.trace.events(), ({ event, cause, kind }) => ({ event, cause, kind })),
    );
    for (const line of lines)
      expect(line["time"]).toBe(travel.index.timeAt(line["event"] as number));
    expect(lines.find(({ kind, name }) => kind === "operation" && name === "put")).toMatchObject({
      task: "main/producer",
      object: "main/jobs",
      state: 1,
      text: "main/producer puts an item into queue main/jobs (1 in it then)",
    });
  });

  test("a window and a task leave out the rest", () => {
    const lines = exported(travel, "ndjson", { from: 20, to: 60, task: "main/bob" }).trimEnd();
    const events = lines
      .split("\n")
      .slice(1)
      .map((line) => (JSON.parse(line) as { event: number }).event);
    expect(events).toEqual(
      [...travel.search({ from: 20, to: 60, task: "main/bob" })].map(({ event }) => event),
    );
    expect(events.length).toBeGreaterThan(3);
  });
});

describe("chrome", () => {
  const cases: readonly (readonly [string, TimeTravel, ExportOptions])[] = [
    ["a pipeline", travel, {}],
    ["generators, a timeout and a cancellation", other, {}],
    ["several waits at a time, callbacks and a deadlock", tangled, {}],
    ["a window", travel, { from: 30, to: 70 }],
    ["a task", tangled, { task: "main/1" }],
  ];

  test.each(cases)("reads as the format demands: %s", (_name, one, options) => {
    const file = JSON.parse(exported(one, "chrome", options)) as ChromeFile;
    expect(checkChrome(file)).toEqual([]);
    expect(file.traceEvents.length).toBeGreaterThan(10);
  });

  test("has a track for each task, with its steps and its waits at their times", () => {
    const file = JSON.parse(exported(travel, "chrome")) as ChromeFile;
    expect(namesOfTracks(file)).toEqual(
      new Set(["main", "main/alice", "main/bob", "main/producer", "callbacks"]),
    );
    const slices = slicesOn(file, "main/bob");
    const events = [...travel.search({ task: "main/bob" })];
    const steps = events.filter(({ kind }) => kind === "step");
    expect(slices.filter(({ cat }) => cat === "step").map(({ args }) => args?.["event"])).toEqual(
      steps.map(({ event }) => event),
    );
    const waits = slices.filter(({ cat }) => cat === "wait");
    expect(waits.map(({ args }) => args?.["event"])).toEqual(
      events.filter(({ kind }) => kind === "wait").map(({ event }) => event),
    );
    // From virtual milliseconds to microseconds; events of one instant are microseconds apart.
    for (const { ts, dur, args } of waits) {
      const event = args?.["event"] as number;
      const end = steps.find((step) => step.event > event)?.event ?? 0;
      expect(Math.floor(ts / 1000)).toBe(travel.index.timeAt(event));
      expect(Math.floor((ts + (dur ?? 0)) / 1000)).toBe(travel.index.timeAt(end));
    }
  });

  test("keeps slices apart that Trace Viewer rounds to microseconds", () => {
    const file = JSON.parse(exported(travel, "chrome")) as ChromeFile;
    for (const name of namesOfTracks(file)) {
      const spans = slicesOn(file, name as string).map(
        ({ ts, dur = 0 }) => [ts, ts + dur] as const,
      );
      spans.sort(([a], [b]) => a - b);
      spans.forEach(([start, end], i) => {
        expect(Math.round(end)).toBeGreaterThan(Math.round(start));
        expect(Math.round(start)).toBeGreaterThan(Math.round(spans[i - 1]?.[1] ?? -1));
      });
    }
  });

  test("draws a cause in another task as an arrow, and what a queue holds as a counter", () => {
    const { traceEvents } = JSON.parse(exported(travel, "chrome")) as ChromeFile;
    const arrows = traceEvents.filter(({ ph }) => ph === "f").map(({ id }) => id);
    const woken = [...travel.trace.events()].filter((event) => {
      if (event.kind !== "step") return false;
      const cause = travel.index.at(event.cause);
      return cause?.kind === "operation" && cause.task !== event.task;
    });
    expect(woken.length).toBeGreaterThan(3);
    expect(arrows).toEqual(expect.arrayContaining(woken.map(({ event }) => event)));
    const holds = traceEvents
      .filter(({ ph, name }) => ph === "C" && name === "queue main/jobs")
      .map(({ args }) => args?.["holds"]);
    const states = [...travel.search({ kind: "operation", object: "main/jobs" })].map(
      (event) => event.kind === "operation" && event.state,
    );
    expect(holds).toEqual(states);
  });

  test("comes in pieces of one event each", () => {
    const exporter = exporters.find(({ name }) => name === "chrome");
    const pieces = [...(exporter?.write(travel) ?? [])];
    expect(pieces.length).toBeGreaterThan(travel.trace.length / 2);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(1000);
  });
});

describe("mermaid", () => {
  const cases: readonly (readonly [string, TimeTravel, ExportOptions])[] = [
    ["a pipeline", travel, {}],
    ["generators, a timeout and a cancellation", other, {}],
    ["names full of its own signs", tangled, {}],
    ["a window", travel, { from: 30, to: 70 }],
    ["nothing but an end", travel, { from: travel.last }],
  ];

  test.each(cases)("is read by mermaid itself: %s", async (_name, one, options) => {
    const text = exported(one, "mermaid", options);
    expect(await mermaid.parse(text)).toMatchObject({ diagramType: "sequence" });
  });

  test("stops at the limits, and says where it goes on", async () => {
    const long = new TimeTravel(
      (
        await record(async () => {
          const jobs = new Queue<number>({ name: `a-queue-with-a-long-name-${"x".repeat(200)}` });
          for (let i = 0; i < 3000; i++) await jobs.put(i);
        })
      ).trace,
    );
    const text = exported(long, "mermaid");
    const { maxTextSize = 0, maxEdges = 0 } = mermaid.mermaidAPI.defaultConfig;
    expect(text.length).toBeLessThanOrEqual(maxTextSize);
    expect(text.match(/->>|--\)|-x/g)?.length).toBeLessThanOrEqual(maxEdges);
    expect(text.match(/->>|--\)|-x/g)?.length).toBeGreaterThan(maxEdges - 10);
    expect(await mermaid.parse(text)).toMatchObject({ diagramType: "sequence" });
    const [, next = "0"] = /goes on with event (\d+)/.exec(text) ?? [];
    expect(exported(long, "mermaid", { from: Number(next) })).toContain("put (501)");
  });

  test("keeps to the limit of characters too", async () => {
    const wide = new TimeTravel(
      (
        await record(async () => {
          for (let i = 0; i < 600; i++)
            void createTask(() => undefined, { name: `${"x;".repeat(28)}${i}` });
          await sleep(1);
        })
      ).trace,
    );
    const text = exported(wide, "mermaid");
    expect(text.length).toBeLessThanOrEqual(50_000);
    expect(text.length).toBeGreaterThan(45_000);
    expect(await mermaid.parse(text)).toMatchObject({ diagramType: "sequence" });
  });
});
