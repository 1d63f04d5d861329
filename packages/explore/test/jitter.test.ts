import { sleep, timeout } from "@tickless/core";
import { record, replay, reproLine } from "@tickless/trace";
import { describe, expect, test } from "vitest";
import { type Kind, kinds, wait } from "../../core/test/kinds.ts";
import { explore, strategies } from "../src/index.ts";

const jitter = { upTo: 4 };

/** It ends in time as long as its second sleep is at most 2 ms late. */
const request = (kind: Kind) =>
  kind.of(function* () {
    yield* wait(sleep(5));
    yield* wait(
      timeout(
        12,
        kind.of(() => wait(sleep(10))),
      ),
    );
    yield* wait(sleep(5));
  });

describe.each(kinds)("S10.16 with $kind bodies", (kind) => {
  test("a time-out that one late sleep brings about is found with jitter, and not without", async () => {
    const without = await explore(request(kind), { strategy: "exhaustive" });
    expect(without.failure).toBeNull();
    expect(without.schedules).toBe(1);
    const { failure } = await explore(request(kind), { jitter });
    expect(failure?.error).toMatchObject({ code: "ERR_TIMEOUT" });
  });

  test("it shrinks to the one timer that is late, and says so", async () => {
    const { failure } = await explore(request(kind), { jitter, strategy: "random-walk" });
    const shrunk = failure?.shrunk;
    expect(shrunk?.decisions).toMatchObject([{ kind: "jitter", picked: 3, count: 5, time: 5 }]);
    expect(shrunk?.simplest).toBe(true);
    expect(shrunk?.text).toContain(
      "1. t=5 ms: a timer that main sets in its step 2 is 3 ms late\n",
    );
    expect(shrunk?.timeline).toContain("← decision 1");
  });

  test("its repro line says how late timers may be, and fails alone; so does a trace of it", async () => {
    const { failure } = await explore(request(kind), { jitter });
    const line = failure?.shrunk?.reproLine ?? "";
    expect(line).toMatch(/^tk1:v[^:]*:s0:j4x4:c[\w-]+:x/);
    const again = await replay(line, request(kind));
    expect(again).toMatchObject({
      same: null,
      result: { outcome: { reason: { code: "ERR_TIMEOUT" } } },
    });
    // Of the three timers that come before the time-out, the last is late.
    let asked = 0;
    const policy = { choose: () => (++asked === 3 ? 4 : 0) };
    const { trace, ...recorded } = await record(request(kind), { jitter, policy });
    expect(recorded.outcome).toMatchObject({ reason: { code: "ERR_TIMEOUT" } });
    expect(trace.header.options.jitter).toEqual({ upTo: 4, steps: 4 });
    expect((await replay(trace, request(kind))).same).toBe(true);
    const followed = await replay(reproLine(trace) as string, request(kind));
    expect(followed).toMatchObject({ result: { outcome: { status: "rejected" }, now: 17 } });
  });

  test("every strategy finds it", async () => {
    for (const strategy of strategies) {
      const { failure } = await explore(request(kind), { jitter, strategy, shrinkReplays: 0 });
      expect([strategy.name, failure?.reason]).toEqual([strategy.name, "error"]);
    }
  });

  test("exhaustive search counts each part of each timer", async () => {
    const twice = kind.of(function* () {
      yield* wait(sleep(1));
      yield* wait(sleep(0));
      yield* wait(sleep(1));
    });
    const all = { strategy: "exhaustive", jitter: { upTo: 1, steps: 2 } } as const;
    const { schedules, complete } = await explore(twice, all);
    expect([schedules, complete]).toEqual([9, true]);
    expect((await explore(twice, { ...all, reduce: "declared" })).schedules).toBe(9);
  });
});
