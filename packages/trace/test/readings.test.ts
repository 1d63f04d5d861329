// What differs from machine to machine is read here on purpose.
/* oxlint-disable no-restricted-properties, no-restricted-globals */
import { counter, type FlowOf, getRunningLoop, log, mark, sleep } from "@tickless/core";
import { noteReading } from "@tickless/core/kit";
import { describe, expect, test } from "vitest";
import { record, recordSync, replay, replaySync, Timeline, TimeTravel } from "../src/index.ts";

/** Reads a clock that is another in every run; `tells` says so, as `guard` does. */
function timed(tells: boolean): () => Promise<void> {
  let clock = 0;
  return async () => {
    await sleep(5);
    for (let i = 0; i < 3; i++) {
      if (tells) noteReading(getRunningLoop(), "Date.now()", "timed (jobs.ts:8:28)");
    }
    mark("reads", "nothing");
    await sleep(++clock);
  };
}

describe("readings of the host's clock and chance", () => {
  test("the report of a divergence points at what this run has read", async () => {
    const main = timed(true);
    const { trace } = await record(main);
    const replayed = await replay(trace, main);
    if (replayed.same) throw new Error("the replay did not diverge");
    expect(replayed.divergence.reason.split("\n").slice(1)).toEqual([
      "Before it the program has read what no seed controls:",
      "  Date.now() 3 times in main, after event 7, at timed (jobs.ts:8:28)",
      "`run(virtualize(main))` gives it virtual time and seeded chance instead; `run(guard(main))` refuses",
      "such calls, each with its place.",
    ]);
  });

  test("or at what the recorded run has read, where this run tells nothing", async () => {
    const { trace } = await record(timed(true));
    const silent = timed(false);
    await record(silent);
    const replayed = await replay(trace, silent);
    if (replayed.same) throw new Error("the replay did not diverge");
    expect(replayed.divergence.reason).toContain(
      "Before it the recorded run has read what no seed controls:\n  Date.now() 3 times in main",
    );
  });

  test("a replay that watches notes them itself, of generators on the caller's stack too", () => {
    let runs = 0;
    function* main(): FlowOf<void> {
      yield* sleep(5);
      yield* sleep(Date.now() > 0 ? ++runs : 0);
    }
    const { trace } = recordSync(main);
    const replayed = replaySync(trace, main, { watch: true });
    if (replayed.same) throw new Error("the replay did not diverge");
    expect(replayed.divergence.reason).toMatch(
      /^ {2}Date\.now\(\) in main, after event 7, at main \(.*readings\.test\.ts.*:\d+:\d+\)$/m,
    );
  });

  test("the timeline has them, and marks and log lines, where they were made", async () => {
    const main = timed(true);
    const { trace } = await record(async () => {
      log("begins\nhere");
      counter("depth", 3);
      await main();
    });
    const travel = new TimeTravel(trace);
    const all = new Timeline(travel);
    const rows = [...all.lines()].map((line) => line.trim().replaceAll(/\s+/g, " "));
    const at = rows.findIndex((row) => row.includes("reads nothing"));
    expect(rows[at]).toBe("5 mark: reads nothing");
    expect(rows.slice(at - 3, at)).toEqual(
      Array.from({ length: 3 }, () => "5 Date.now() asks the host, at timed (jobs.ts:8:28)"),
    );
    expect(rows).toContain("0 log: begins here");
    expect(rows.join()).not.toContain("depth");
    const some = new Timeline(travel, { limit: 3 });
    expect([some.shown, some.more]).toEqual([3, all.shown - 3]);
  });

  test("without a divergence nobody hears of them", async () => {
    const main = async (): Promise<void> => {
      noteReading(getRunningLoop(), "Date.now()", "");
      await sleep(1);
    };
    const { trace } = await record(main);
    expect(await replay(trace, main)).toMatchObject({ same: true });
  });

  test("S8: they are notes: no event, and no other fingerprint", async () => {
    const [told, silent] = [await record(timed(true)), await record(timed(false))];
    expect(told.trace.length).toBe(silent.trace.length);
    expect(told.fingerprint).toBe(silent.fingerprint);
    expect([...told.trace.notes()]).toHaveLength(4);
  });

  test("what was read at many places is summed up", async () => {
    const main = (ms: number) => async (): Promise<void> => {
      for (let i = 0; i < 8; i++) noteReading(getRunningLoop(), `source${i}()`, "");
      await sleep(ms);
    };
    const { trace } = await record(main(1));
    const replayed = await replay(trace, main(2));
    if (replayed.same) throw new Error("the replay did not diverge");
    expect(replayed.divergence.reason.split("\n").slice(2, 8)).toEqual([
      ...[7, 6, 5, 4, 3].map((i) => `  source${i}() in main, after event 3`),
      "  and 3 times elsewhere",
    ]);
  });
});
