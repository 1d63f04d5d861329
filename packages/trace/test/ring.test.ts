import { createTask, external, log, mark, random, simulate, sleep } from "@tickless/core";
import { Queue } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import {
  encodeTrace,
  openTrace,
  recorder,
  type Recorder,
  type Trace,
  type TraceEvent,
  TraceIndex,
} from "../src/index.ts";
import { contentOf } from "./programs.ts";

const KB = 1024;

/** Ids of the tasks and objects that an event tells of. */
function idsOf(event: TraceEvent): number[] {
  const {
    task = -1,
    object = -1,
    by = -1,
    parent = -1,
  } = event as unknown as Partial<Record<string, number>>;
  return [task, object, by, parent].filter((id) => id >= 0);
}

/** What a trace says of the names in its own events. */
function told(trace: Trace, from: number): string[] {
  const index = new TraceIndex(trace);
  return [...trace.events(from)].map(
    (event) =>
      `${event.event} ${idsOf(event)
        .map((id) => `${index.typeOf(id)} ${index.pathOf(id)}`)
        .join()} ${event.kind === "draw" ? event.stream : ""}`,
  );
}

/** A run that makes new tasks, objects, streams and results for ever, and some that live as long as it. */
async function everNew(taker: Recorder, laps: number): Promise<void> {
  const main = async (): Promise<void> => {
    const jobs = new Queue<number>({ name: "jobs" });
    void createTask(
      async () => {
        const own = new Queue<number>({ name: "own" });
        for (;;) {
          await sleep(laps / 2 - 1);
          await own.put(1);
        }
      },
      { name: "monitor" },
    );
    for (let lap = 0; lap < laps; lap++) {
      void createTask(async () => {
        const mine = new Queue<number>({ name: `the queue of lap ${lap}` });
        random(`dice ${lap}`).int(1, 6);
        await mine.put(lap);
        await jobs.put(lap);
        await sleep(3);
        mark("done", lap);
        await mine.get();
      });
      if (lap % 100 === 0) await external(() => `result ${lap} ${"x".repeat(40)}`);
      await jobs.get();
      await sleep(1);
    }
    log("over");
  };
  await simulate(main, { probes: taker.probes });
}

describe("a ring", () => {
  test("knows the names of all that its events tell of, however many there were before", async () => {
    const whole = recorder();
    await everNew(whole, 8000);
    const all = whole.trace();
    for (const ring of ["50 KB", "200 KB"]) {
      const taker = recorder({ level: { ring } });
      await everNew(taker, 8000);
      const kept = taker.trace();
      expect(kept.first).toBeGreaterThan(all.last / 3);
      expect(kept.names?.length).toBeLessThan((all.names?.length ?? 0) * 0.9);
      expect(told(kept, kept.first)).toEqual(told(all, kept.first));
      expect(kept.fingerprint).toBe(all.fingerprint);
      const read = openTrace(encodeTrace(kept));
      expect(contentOf(read)).toEqual(contentOf(kept));
      expect(told(read, kept.first)).toEqual(told(all, kept.first));
    }
  });

  test("takes no more memory, however long the run and whatever is new in it", () => {
    const taker = recorder({ level: { ring: "64 KB" } });
    const probe = taker.probe as Required<typeof taker.probe>;
    let event = 0;
    probe.begin(++event, "0", 0, "ms", "loop");
    probe.name(++event, 0, 0, -1, "task", "main");
    probe.name(++event, 0, 1, 0, "queue", "jobs");
    const sizes: number[] = [];
    for (let lap = 0; lap < 60_000; lap++) {
      const object = lap + 2;
      probe.step(++event, 0, 0);
      const step = event;
      probe.name(++event, step, object, 0, "future", `future-${lap}`);
      probe.draw(++event, step, `stream ${lap}`);
      probe.external(++event, step, lap, `"result ${lap}"`);
      if (lap % 3 !== 0) probe.settle(++event, step, object, "returned");
      if (lap % 2000 === 0) probe.operation(++event, step, 0, 1, "put", 1);
      if (lap % 10_000 === 9999) sizes.push(encodeTrace(taker.trace()).length);
    }
    // The ring, names of as much, 4,096 strings, and the chunk in progress; with all of it 2.5 MB at the end.
    const most = (64 + 64 + 60 + 140) * KB;
    expect(sizes.filter((size) => size > most)).toEqual([]);
    const index = new TraceIndex(taker.trace());
    expect([0, 1].map((id) => index.pathOf(id))).toEqual(["main", "main/jobs"]);
  });

  test("says which object it was where it has let go of a name", () => {
    const taker = recorder({ level: { ring: "1 KB" } });
    const probe = taker.probe as Required<typeof taker.probe>;
    let event = 0;
    probe.begin(++event, "0", 0, "ms", "loop");
    probe.name(++event, 0, 0, -1, "task", "main");
    for (let id = 1; id <= 30_000; id++) {
      probe.step(++event, 0, 0);
      probe.name(++event, event - 1, id, 0, "future", `future-${id}`);
      // It has settled, and is neither old nor new, but there is always an event that tells of it.
      if (id === 14_000) probe.settle(++event, 0, id, "returned");
      if (id > 14_000 && id % 1000 === 0) probe.cancel(++event, 0, 0, 14_000);
    }
    // Neither old nor new, and not heard of for long.
    probe.settle(++event, 0, 15_000, "returned");
    probe.name(++event, 0, 30_001, 15_000, "queue", "jobs");
    const index = new TraceIndex(taker.trace());
    expect([0, 1, 14_000, 15_000, 30_000, 30_001].map((id) => index.pathOf(id))).toEqual([
      "main",
      "main/future-1",
      "main/future-14000",
      "#15000",
      "main/future-30000",
      "…/jobs",
    ]);
  });
});
