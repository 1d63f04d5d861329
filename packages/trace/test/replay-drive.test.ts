import {
  createTask,
  type FlowOf,
  Loop,
  random,
  run,
  Runner,
  runSync,
  simulate,
  simulateSync,
  sleep,
} from "@tickless/core";
import { describe, expect, test } from "vitest";
import {
  encodeTrace,
  openTrace,
  parseRepro,
  recorder,
  replay,
  replaySync,
  reproLine,
} from "../src/index.ts";

describe("a replay is driven as the recorded run was", () => {
  // Each of these cleans up when it is cancelled, in steps of its own.
  const leaves = async (): Promise<string> => {
    for (const name of ["ann", "bob"]) {
      void createTask(
        async () => {
          try {
            await sleep(100);
          } finally {
            await sleep(random("cleanup").int(1, 9));
          }
        },
        { name },
      );
    }
    await sleep(5);
    return "left";
  };
  const leavesSync = function* (): FlowOf<string> {
    void createTask(function* () {
      try {
        yield* sleep(100);
      } finally {
        yield* sleep(2);
      }
    });
    yield* sleep(5);
    return "left";
  };

  test("run: the cancellations at its end come again, and what the tasks do then", async () => {
    const taken = recorder();
    expect(await run(leaves, { probes: taken.probes })).toBe("left");
    const trace = taken.trace();
    expect(trace.header.drive).toBe("run");
    expect([...trace.events()].filter(({ kind }) => kind === "cancel")).toHaveLength(2);
    const stored = openTrace(encodeTrace(trace));
    expect(stored.header.drive).toBe("run");
    expect(await replay(stored, leaves)).toMatchObject({
      same: true,
      result: { reason: "done", outcome: { value: "left" }, pending: [] },
    });
    const line = reproLine(trace) as string;
    expect(parseRepro(line).drive).toBe("run");
    const again = await replay(line, leaves);
    expect(again.same === null && again.result.pending).toEqual([]);
  });

  test("run: a replay that stops and goes on by hand cancels, too", async () => {
    const taken = recorder();
    await run(leaves, { probes: taken.probes });
    const stopped = await replay(taken.trace(), leaves, { until: { time: 5 } });
    if (!stopped.same) throw new Error(stopped.divergence.report);
    expect(await stopped.live.finish()).toMatchObject({ same: true, result: { pending: [] } });
  });

  test("run: another cleanup than the recorded one is found", async () => {
    const taken = recorder();
    await run(leaves, { probes: taken.probes });
    const other = async (): Promise<string> => {
      for (const name of ["ann", "bob"]) void createTask(() => sleep(100), { name });
      await sleep(5);
      return "left";
    };
    const replayed = await replay(taken.trace(), other);
    expect(replayed).toMatchObject({ same: false, divergence: { task: "main/ann" } });
  });

  test.each(["run", "runSync", "simulate", "simulateSync"] as const)("%s", async (drive) => {
    const taken = recorder();
    await { run, runSync, simulate, simulateSync }[drive](leavesSync, { probes: taken.probes });
    const trace = taken.trace();
    expect(trace.header.drive).toBe(drive);
    const pending = drive.startsWith("run") ? [] : ["main/1"];
    expect(await replay(trace, leavesSync)).toMatchObject({ same: true, result: { pending } });
    expect(replaySync(trace, leavesSync)).toMatchObject({ same: true, result: { pending } });
  });

  test("a loop or Runner in the program's hands is refused, and can be taken decisions from", async () => {
    const byHand = recorder();
    const loop = new Loop({ probes: byHand.probes });
    await loop.runUntilComplete(leaves);
    loop.close();
    const byRunner = recorder();
    const runner = new Runner({ probes: byRunner.probes });
    await runner.run(leaves);
    await runner.close();
    for (const taken of [byHand, byRunner]) {
      const refused = expect.objectContaining({ code: "ERR_TRACE_DRIVE" }) as Error;
      await expect(replay(taken.trace(), leaves)).rejects.toEqual(refused);
      await expect(replay(taken.trace(), leaves, { mode: "prefix" })).rejects.toEqual(refused);
      expect(() => replaySync(taken.trace(), leavesSync)).toThrow(/itself|a Runner/);
      expect(await replay(taken.trace(), leaves, { mode: "decisions" })).toMatchObject({
        same: null,
      });
      expect(reproLine(taken.trace())).toBe(null);
    }
  });
});
