import { allTasks, createTask, external, gather, random, sleep } from "@tickless/core";
import type { Policy } from "@tickless/core/kit";
import { describe, expect, test } from "vitest";
import { traceOf } from "../src/event-list.ts";
import {
  record,
  type Recorded,
  replay,
  type ReplayResult,
  replaySync,
  reproLine,
  type Stopped,
} from "../src/index.ts";
import { pipeline, relay } from "./programs.ts";

/** Takes any option with equal probability (Park and Miller's minimal standard generator). */
function randomPolicy(seed: number): Policy {
  let state = seed;
  return {
    choose: (_kind, count) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % count;
    },
  };
}

/** Three runners whose order only the policy determines. */
const race = (laps: number, order: string[]) => async (): Promise<string> => {
  const run = (name: string) => async (): Promise<void> => {
    for (let lap = 0; lap < laps; lap++) {
      await sleep(1);
      order.push(name);
    }
  };
  await gather(["a", "b", "c"].map((name) => createTask(run(name), { name })));
  return order.join("");
};

function resultOf<T>(replayed: ReplayResult<T>): Extract<ReplayResult<T>, { result: unknown }> {
  if (replayed.same === false) throw new Error(replayed.divergence.report);
  return replayed;
}

function valueOf(replayed: ReplayResult<unknown>): unknown {
  const { outcome } = resultOf(replayed).result;
  return outcome?.status === "fulfilled" ? outcome.value : outcome?.reason;
}

describe("replay from a seed", () => {
  test("S9: takes the course of a run with that seed and options, and compares nothing", async () => {
    const { outcome, now } = await record(pipeline(), { seed: 7, start: 100, until: 500 });
    const replayed = await replay({ seed: 7, start: 100, until: 500 }, pipeline());
    expect(replayed).toMatchObject({
      same: null,
      followed: 0,
      divergence: null,
      result: { outcome, now },
    });
    expect(replaySync({ seed: "7" }, relay)).toMatchObject({ same: null });
  });
});

describe("replay from a repro line", () => {
  test("S10: repeats seed, options and every choice, without the trace", async () => {
    const courses = new Set<unknown>();
    for (let seed = 1; seed <= 20; seed++) {
      const { trace, outcome, steps } = await record(race(4, []), {
        policy: randomPolicy(seed),
        seed,
      });
      const line = reproLine(trace) ?? "";
      const again = resultOf(await replay(line, race(4, [])));
      expect(again).toMatchObject({ same: null, result: { outcome, steps } });
      courses.add(valueOf(again));
      expect(line.length).toBeLessThan(90);
    }
    expect(courses.size).toBeGreaterThan(15);
  });

  test("S7: external calls are made for real, and arrive in the order of then", async () => {
    const calls: string[] = [];
    const outside = async (): Promise<string> => {
      const seen: string[] = [];
      const call = async (name: string, delayMs: number): Promise<void> => {
        await external(
          () => new Promise((resolve) => void setTimeout(() => resolve(name), delayMs)),
          { ordered: false },
        );
        calls.push(name);
        seen.push(name);
      };
      await gather([
        createTask(() => call("x", calls.length === 0 ? 20 : 1)),
        createTask(() => call("y", 5)),
      ]);
      return seen.join("");
    };
    const { trace } = await record(outside);
    const line = reproLine(trace) ?? "";
    expect(line).toMatch(/^tk1:v0\.1\.0:s0:f\w+:x[0-9a-f]{8}$/);
    expect(valueOf(await replay(line, outside))).toBe("yx");
    expect(calls).toHaveLength(4);
  });

  test("one of another version of Tickless is worth a notice, a damaged one is refused", async () => {
    const { trace } = await record(() => sleep(1));
    const other = traceOf({ ...trace.header, engine: "0.9.0" }, [...trace.events()]);
    expect(await replay(reproLine(other) ?? "", () => sleep(1))).toMatchObject({
      notice: "the repro line is of Tickless 0.9.0, and this is 0.1.0: the order may be another.",
    });
    await expect(replay("tk1:v0.1.0:s7", () => sleep(1))).rejects.toMatchObject({
      code: "ERR_REPRO_LINE",
    });
  });
});

describe("mode prefix", () => {
  const options = { seed: 5, policy: randomPolicy(3) };
  let recorded: Promise<Recorded<string>>;
  const trace = async () => (await (recorded ??= record(race(6, []), options))).trace;

  test("of the same program is the same to the end", async () => {
    expect(await replay(await trace(), race(6, []), { mode: "prefix" })).toMatchObject({
      same: true,
    });
  });

  test("goes on by the seed after the event that is followed last, the same in every run", async () => {
    const source = await trace();
    const whole = valueOf(await replay(source, race(6, []), { mode: "decisions" })) as string;
    const courses = new Set<string>();
    for (let follow = 0; follow < source.length; follow += 10) {
      const replayed = await replay(source, race(6, []), { mode: "prefix", follow });
      expect(replayed).toMatchObject({ same: null, followed: follow, divergence: null });
      const course = valueOf(replayed) as string;
      expect(valueOf(await replay(source, race(6, []), { mode: "prefix", follow }))).toBe(course);
      const laps = [...source.events(1, follow)].filter(({ kind }) => kind === "step").length - 6;
      const common = Math.max(0, laps);
      expect(course.slice(0, common)).toBe(whole.slice(0, common));
      courses.add(course);
    }
    expect(courses.size).toBeGreaterThan(3);
    const fifo: Policy = { choose: () => 0 };
    const last = await replay(source, race(6, []), { mode: "prefix", follow: 0, policy: fifo });
    expect(valueOf(last)).toBe("abcabcabcabcabcabc");
  });

  test("of a changed program says where it has left the trace, and goes on all the same", async () => {
    const replayed = await replay(await trace(), race(7, []), { mode: "prefix" });
    expect(replayed).toMatchObject({ same: null, result: { reason: "done" } });
    if (replayed.same !== null) return;
    expect(replayed.divergence?.event).toBe(replayed.followed + 1);
    expect((valueOf(replayed) as string).length).toBe(21);
  });

  test("S7: makes calls for real once the trace is left", async () => {
    const calls: number[] = [];
    const main = (count: number) => async (): Promise<number> => {
      let sum = 0;
      for (let i = 1; i <= count; i++) {
        sum += await external(async () => {
          calls.push(i);
          return i;
        });
      }
      return sum;
    };
    const source = (await record(main(2))).trace;
    calls.length = 0;
    expect(valueOf(await replay(source, main(3), { mode: "prefix" }))).toBe(6);
    expect(calls).toEqual([3]);
  });

  test("goes on where an interrupted recording ends", async () => {
    const { header, last } = await trace();
    const cut = traceOf(header, [...(await trace()).events(1, last - 20)]);
    expect(await replay(cut, race(6, []), { mode: "prefix" })).toMatchObject({
      same: null,
      followed: last - 20,
      result: { reason: "done" },
    });
  });
});

describe("mode decisions", () => {
  test("takes choices and outcomes, and compares nothing", async () => {
    const { trace, outcome } = await record(race(4, []), { policy: randomPolicy(9) });
    expect(await replay(trace, race(4, []), { mode: "decisions" })).toMatchObject({
      same: null,
      result: { outcome },
    });
    const longer = await replay(trace, race(9, []), { mode: "decisions" });
    expect(longer).toMatchObject({ same: null, divergence: null, result: { reason: "done" } });
  });
});

describe("until", () => {
  async function stopped<T>(replayed: Promise<Stopped<T> | { same: false }>): Promise<Stopped<T>> {
    const result = await replayed;
    if (!result.same) throw new Error("the replay diverged");
    return result;
  }

  test.each([
    ["promises", pipeline, {}],
    ["generators", () => relay, {}],
    ["a policy", pipeline, { policy: randomPolicy(4) }],
    ["an end in time", pipeline, { until: 40 }],
  ])(
    "every event can be stopped before, and the run goes on as it was (%s)",
    async (_, main, options) => {
      const { trace, ...rest } = await record<unknown>(main(), { ...options, seed: 3 });
      for (let event = 3; event <= trace.last; event++) {
        const { live } = await stopped<unknown>(
          replay<unknown>(trace, main() as never, { until: { event } }),
        );
        expect(live.event).toBeLessThan(event);
        // Not stopped any earlier than before the step in which it happens.
        const kinds = [...trace.events(live.event + 1, event - 1)].map(({ kind }) => kind);
        const begun = kinds.filter((kind) => kind === "step" || kind === "callback").length;
        expect(begun).toBeLessThanOrEqual(trace.event(event).kind === "step" ? 0 : 1);
        expect(await live.finish()).toMatchObject({
          same: true,
          result: { now: rest.now, steps: rest.steps, reason: rest.reason },
        });
      }
    },
  );

  test("before a time: nothing of that time or later has happened, and the live run can be asked", async () => {
    const { trace } = await record(pipeline(), { seed: 3 });
    const { live } = await stopped(replay(trace, pipeline(), { until: { time: 12 } }));
    expect(live.now).toBeLessThan(12);
    expect(live.loop.peek()).toBeGreaterThanOrEqual(12);
    expect(allTasks(live.loop).map(({ path }) => path)).toContain("main/producer");
    expect(live.main.done()).toBe(false);
    await live.loop.step();
    expect(live.now).toBeGreaterThanOrEqual(12);
    expect(await live.finish()).toMatchObject({ same: true });
  });

  test("of a seed or a repro line too: it is recorded first", async () => {
    const main = async (): Promise<number> => {
      await sleep(random("x").int(5, 9));
      return sleep(5, 1);
    };
    const { live } = await stopped(replay({ seed: 4 }, main, { until: { time: 8 } }));
    expect(live.event).toBeGreaterThan(2);
    expect(await live.finish()).toMatchObject({ same: true, result: { outcome: { value: 1 } } });
  });

  test("a run that differs before is a divergence, and one that differs after is one then", async () => {
    const nap = (last: number) => async (): Promise<void> => {
      await sleep(1);
      await sleep(last);
    };
    const { trace } = await record(nap(5));
    expect(await replay(trace, nap(6), { until: { event: trace.last } })).toMatchObject({
      same: false,
      divergence: { event: 8 },
    });
    const { live } = await stopped(replay(trace, nap(6), { until: { time: 1 } }));
    expect(await live.finish()).toMatchObject({ same: false, divergence: { event: 8 } });
  });

  test("what the run does not have is refused in words", async () => {
    const { trace } = await record(() => sleep(3));
    const until = (point: object) => replay(trace, () => sleep(3), { until: point as never });
    await expect(until({ event: 99 })).rejects.toThrow("an event of the trace, 1 to 9, got 99");
    await expect(until({ time: 4 })).rejects.toThrow("a time of the run, which ends at 3");
    await expect(until({ event: 0 })).rejects.toThrow("`{ event }` or `{ time }`");
    await expect(replay(trace, () => sleep(3), { until: 5 as never })).rejects.toThrow(
      "comes from its source",
    );
  });
});

const first: Policy = { choose: () => 0 };

describe("options that do not fit are refused", () => {
  test.each([
    [{ mode: "loose" }, "strict, prefix or decisions"],
    [{ follow: 3 }, 'It belongs to `mode: "prefix"`'],
    [{ policy: first }, "A replay takes choices from its source"],
    [{ mode: "prefix", policy: first }, "first in, first out"],
    [{ mode: "prefix", follow: -1 }, "the number of an event"],
  ])("%j", async (options, message) => {
    const { trace } = await record(() => sleep(1));
    await expect(replay(trace, () => sleep(1), options as never)).rejects.toThrow(message);
  });

  test("a repro line or a seed cannot be compared", async () => {
    await expect(replay({ seed: 1 }, () => sleep(1), { mode: "strict" })).rejects.toThrow(
      "They have no events to compare.",
    );
  });
});
