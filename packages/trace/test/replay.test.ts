import {
  createTask,
  external,
  type FlowOf,
  gather,
  getRunningLoop,
  random,
  run,
  sleep,
  type SimulateOptions,
} from "@tickless/core";
import type { Policy } from "@tickless/core/kit";
import { Event, Queue } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import { traceOf } from "../src/event-list.ts";
import { fieldsOf, type TraceEvent } from "../src/event.ts";
import {
  assertReplays,
  type Divergence,
  type DivergenceError,
  record,
  recorder,
  recordSync,
  replay,
  type ReplayResult,
  replaySync,
  type Trace,
} from "../src/index.ts";
import { type Change, pipeline, relay } from "./programs.ts";

function divergenceOf(replayed: ReplayResult<unknown>): Divergence {
  if (replayed.same !== false) throw new Error("the replay did not diverge");
  return replayed.divergence;
}

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

const drains = ["auto", "reference"] as const;

describe("replaying the same program", () => {
  test.each(drains)("S9: says so, and gives the result (drain %s)", async (drain) => {
    const { trace, fingerprint: _, ...result } = await record(pipeline(), { seed: 3 });
    expect(await replay(trace, pipeline(), { drain })).toEqual({
      same: true,
      result,
      notice: null,
    });
    expect(await assertReplays(trace, pipeline(), { drain })).toEqual(result);
  });

  test("S5: generator programs on the caller's stack, and either way for either", async () => {
    const { trace, outcome } = recordSync(relay, { seed: 3 });
    expect(replaySync(trace, relay)).toMatchObject({ same: true, result: { outcome } });
    expect(await replay(trace, relay)).toMatchObject({ same: true });
    expect(replaySync((await record(relay, { seed: 3 })).trace, relay)).toMatchObject({
      same: true,
    });
  });

  test("S12: beside another replay", async () => {
    const one = await record(pipeline(), { seed: 1 });
    const two = await record(pipeline(), { seed: 2 });
    const replayed = await Promise.all([
      replay(one.trace, pipeline()),
      replay(two.trace, pipeline()),
    ]);
    expect(replayed.map(({ same }) => same)).toEqual([true, true]);
    expect(await replay(one.trace, pipeline())).toMatchObject({ same: true });
  });

  test.each<SimulateOptions>([
    { until: 12 },
    { until: 1e6, start: 3, timeUnit: "s", seed: "a" },
    { maxSteps: 9 },
    { maxStepsPerInstant: 3 },
    { jitter: { upTo: 7 } },
  ])("repeats the options of the run: %j", async (options) => {
    const { trace, reason } = await record(pipeline(), options);
    expect(await replay(trace, pipeline())).toMatchObject({ same: true, result: { reason } });
  });

  test("a run that failed fails the same way again", async () => {
    const stuck = async (): Promise<void> => {
      await new Queue().get();
    };
    const { trace } = await record(stuck);
    const replayed = await replay(trace, stuck);
    expect(replayed).toMatchObject({ same: true, result: { reason: "deadlock" } });
  });

  test("other probes see the replay; one that throws ends it, which is no divergence", async () => {
    const { trace } = await record(pipeline());
    let steps = 0;
    const { result } = (await replay(trace, pipeline(), {
      probes: [{ step: () => void steps++ }],
    })) as {
      result: { steps: number };
    };
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThanOrEqual(result.steps);
    const broken = replay(trace, pipeline(), {
      probes: [
        {
          time: () => {
            throw new Error("full");
          },
        },
      ],
    });
    await expect(broken).rejects.toThrow("full");
  });
});

describe("S10: choices of a policy come from the trace", () => {
  test("random schedules replay without their policy", async () => {
    const fingerprints = new Set<string>();
    for (let seed = 1; seed <= 30; seed++) {
      const { trace, outcome } = await record(pipeline(), { policy: randomPolicy(seed) });
      fingerprints.add(trace.fingerprint);
      expect(await replay(trace, pipeline())).toMatchObject({ same: true, result: { outcome } });
    }
    expect(fingerprints.size).toBeGreaterThan(10);
  });

  test("a program in which other tasks are ready diverges at the choice", async () => {
    const spawn = (count: number) => async (): Promise<void> => {
      const tasks = Array.from({ length: count }, () => createTask(() => sleep(1)));
      await gather(tasks);
    };
    const { trace } = await record(spawn(3), { policy: randomPolicy(5) });
    const first = [...trace.events()].findIndex(({ kind }) => kind === "choice");
    const cut: TraceEvent[] = [...trace.events()].map((event, i) =>
      i === first ? ({ ...event, count: 9 } as TraceEvent) : event,
    );
    expect(divergenceOf(await replay(traceOf(trace.header, cut), spawn(3)))).toMatchObject({
      event: first + 1,
    });
  });
});

describe("S7: external results come from the trace", () => {
  /** Two calls in order, three as they come, one that fails; `calls` counts the real ones. */
  const outside =
    (calls: string[], wait: (call: string) => Promise<void>) => async (): Promise<unknown> => {
      const call = (name: string, ordered = true): PromiseLike<string> =>
        external(
          async () => {
            calls.push(name);
            await wait(name);
            if (name === "bad")
              throw Object.assign(new Error("no such host"), { code: "ENOTFOUND" });
            return `${name}!`;
          },
          { ordered },
        ) as unknown as PromiseLike<string>;
      const seen = [await call("one"), await call("two")];
      const racing = ["x", "y", "z"].map((name) =>
        createTask(async () => void seen.push(await call(name, false))),
      );
      await gather(racing);
      await Promise.resolve(call("bad")).catch((error: Error & { code?: string }) =>
        seen.push(`${error.message} ${error.code}`),
      );
      return seen;
    };

  /** Resolves the calls in the order of `names`, whenever they were made. */
  const inOrder = (names: readonly string[]): ((call: string) => Promise<void>) => {
    const open = new Map<string, () => void>();
    const gates = new Map(
      names.map((name) => [name, new Promise<void>((resolve) => open.set(name, resolve))]),
    );
    open.get(names[0] ?? "")?.();
    return async (call) => {
      await gates.get(call);
      const next = names[names.indexOf(call) + 1];
      open.get(next ?? "")?.();
    };
  };

  test.each([
    ["x", "y", "z"],
    ["z", "x", "y"],
    ["y", "z", "x"],
  ])("a replay makes no real call (%s, %s, %s)", async (...order) => {
    const calls: string[] = [];
    const wait = inOrder(["one", "two", ...order, "bad"]);
    const { trace, outcome } = await record(outside(calls, wait));
    expect(outcome).toMatchObject({
      value: ["one!", "two!", ...order.map((name) => `${name}!`), "no such host ENOTFOUND"],
    });
    expect(calls).toHaveLength(6);
    const again: string[] = [];
    const replayed = await replay(
      trace,
      outside(again, () => new Promise(() => undefined)),
    );
    expect(replayed).toMatchObject({ same: true, result: { outcome } });
    expect(again).toEqual([]);
  });

  test("nor does one with a policy", async () => {
    const wait = inOrder(["one", "two", "x", "y", "z", "bad"]);
    const { trace, outcome } = await record(outside([], wait), { policy: { choose: () => 0 } });
    const again: string[] = [];
    const replayed = await replay(
      trace,
      outside(again, () => new Promise(() => undefined)),
    );
    expect(replayed).toMatchObject({ same: true, result: { outcome } });
    expect(again).toEqual([]);
  });

  test("a call that the recorded run did not wait for is not made either", async () => {
    const calls: string[] = [];
    const main = async (): Promise<void> => {
      void createTask(() => external(() => new Promise<void>(() => void calls.push("hangs"))));
      await sleep(0);
    };
    const { trace, reason } = await record(main);
    expect([reason, calls]).toEqual(["done", ["hangs"]]);
    expect(await replay(trace, main)).toMatchObject({ same: true });
    expect(calls).toEqual(["hangs"]);
  });

  test("a program that makes a call more diverges there, and the call is not made", async () => {
    const calls: number[] = [];
    const main = (count: number) => async (): Promise<void> => {
      for (let i = 0; i < count; i++) {
        await external(async () => void calls.push(i));
      }
    };
    const { trace } = await record(main(2));
    calls.length = 0;
    const { actual, expected } = divergenceOf(await replay(trace, main(3)));
    expect([expected, actual]).toEqual(["main returns", "main waits for an external call"]);
    expect(calls).toEqual([]);
  });
});

describe("replaying the trace of a run that was interrupted", () => {
  const effects: string[] = [];
  const main = (words: readonly string[]) => async (): Promise<void> => {
    for (const word of words) {
      await sleep(1);
      effects.push(word);
    }
  };

  /** What a recorder has when the step after the first word would begin. */
  async function interrupted(): Promise<Trace> {
    const { trace } = await record(main(["one", "two"]));
    const steps = [...trace.events()].filter(({ kind }) => kind === "step");
    const third = steps[2]?.event ?? 0;
    return traceOf(trace.header, [...trace.events(1, third - 1)]);
  }

  test("is the same so far, says so, and stops before what was not recorded", async () => {
    const trace = await interrupted();
    effects.length = 0;
    expect(await replay(trace, main(["one", "two"]))).toMatchObject({
      same: true,
      notice: `The recording ends after event ${trace.length}, before its run did, and so does the replay.`,
      result: { reason: "stopped", outcome: undefined, now: 2, pending: ["main"] },
    });
    expect(effects).toEqual(["one"]);
  });

  test("needs no more of the program than was recorded, and no less", async () => {
    const trace = await interrupted();
    expect(await replay(trace, main(["one", "three", "four"]))).toMatchObject({ same: true });
    const shorter = divergenceOf(await replay(trace, main(["one"])));
    expect(shorter).toMatchObject({ actual: "main returns" });
  });
});

describe("replaying another program", () => {
  /** Runs a changed pipeline against a recording of the first; answers what it did and what it may have done. */
  const compare = async (change: Change, drain: "auto" | "reference") => {
    const recorded: string[] = [];
    const sofar: number[] = [0];
    const count = (event: number): void => void (sofar[event] = recorded.length);
    const names = [
      "begin",
      "name",
      "time",
      "timer",
      "step",
      "callback",
      "wait",
      "arm",
      "operation",
      "settle",
      "cancel",
      "draw",
      "end",
    ];
    const counter = Object.fromEntries(names.map((name) => [name, count]));
    const { trace } = await record(pipeline(recorded), { seed: 11, probes: [counter] });
    const effects: string[] = [];
    const divergence = divergenceOf(await replay(trace, pipeline(effects, change), { drain }));
    const allowed = recorded.slice(0, sofar[divergence.event]);
    return { trace, divergence, effects, allowed };
  };

  const changes: readonly (readonly [
    what: string,
    change: Change,
    expected: string,
    actual: string,
  ])[] = [
    ["swapped awaits", { swapAwaits: true }, "lock main/ledger", "sleeps until"],
    [
      "an extra draw",
      { extraDraw: true },
      "lock main/ledger",
      'draws a number from stream "extra"',
    ],
    ["another delay", { delay: 100 }, "sleeps until", "sleeps until"],
    [
      "another spawn order",
      { workersBackwards: true },
      "makes task main/alice",
      "makes task main/bob",
    ],
    [
      "another queue operation",
      { peekFirst: true },
      "makes task main/alice",
      "puts an item into queue",
    ],
  ];

  describe.each(drains)("with the %s drain", (drain) => {
    test.each(changes)(
      "S8: %s: stops there, and nothing of the program runs after",
      async (_what, change, expected, actual) => {
        const { trace, divergence, effects, allowed } = await compare(change, drain);
        expect(divergence.expected).toContain(expected);
        expect(divergence.actual).toContain(actual);
        expect(effects).toEqual(allowed);
        expect(divergence.event).toBeLessThan(trace.length);
      },
    );
  });

  test("a wait that differs never ends, so not even its `finally` runs", async () => {
    const effects: string[] = [];
    const main = (delay: number) => async (): Promise<void> => {
      try {
        await sleep(delay);
        effects.push("slept");
      } finally {
        effects.push("finally");
      }
    };
    const { trace } = await record(main(1));
    effects.length = 0;
    expect(divergenceOf(await replay(trace, main(2))).actual).toBe("main sleeps until t=2 ms");
    expect(effects).toEqual([]);
  });

  test("a call that does not wait throws the divergence: blocks around it run to their next wait", async () => {
    const effects: unknown[] = [];
    const main = (draws: number) => async (): Promise<void> => {
      const flag = new Event();
      flag.set();
      try {
        for (let i = 0; i < draws; i++) random("dice")();
      } catch (error) {
        effects.push((error as DivergenceError).code);
        await flag.wait();
        effects.push("went on after a wait that was over already");
      } finally {
        effects.push("finally");
      }
    };
    const { trace } = await record(main(1));
    effects.length = 0;
    expect(divergenceOf(await replay(trace, main(2))).actual).toBe(
      'main draws a number from stream "dice"',
    );
    expect(effects).toEqual(["ERR_DIVERGENCE"]);
  });

  test("whoever swallows the divergence meets it again at every call into the loop", async () => {
    const errors: unknown[] = [];
    const main = (extra: boolean) => async (): Promise<void> => {
      const calls = [
        () => random("dice")(),
        () => new Queue(),
        () => createTask(async () => void errors.push("a task ran")),
        () => getRunningLoop().callSoon(() => void errors.push("a callback ran")),
        () => getRunningLoop().createFuture(),
      ];
      for (const call of extra ? calls : []) {
        try {
          void call();
        } catch (error) {
          errors.push((error as DivergenceError).code);
        }
      }
    };
    const { trace } = await record(main(false));
    expect(divergenceOf(await replay(trace, main(true))).event).toBe(4);
    expect(errors).toEqual(Array.from({ length: 5 }, () => "ERR_DIVERGENCE"));
  });

  test("S5: generators stop as promises do", () => {
    const effects: string[] = [];
    const main = (delay: number) =>
      function* (): FlowOf<void> {
        void createTask(function* (): FlowOf<void> {
          yield* sleep(1);
          effects.push("other");
        });
        yield* sleep(delay);
        effects.push("main");
      };
    const { trace } = recordSync(main(3));
    effects.length = 0;
    expect(divergenceOf(replaySync(trace, main(4))).event).toBe(5);
    expect(effects).toEqual([]);
  });

  test("a program that ends early", async () => {
    const main = (laps: number) => async (): Promise<void> => {
      for (let lap = 0; lap < laps; lap++) await sleep(1);
    };
    const { trace } = await record(main(3));
    expect(divergenceOf(await replay(trace, main(2)))).toMatchObject({
      time: 2,
      task: "main",
      expected: "main sleeps until t=3 ms",
      actual: "main returns",
    });
  });

  test("a program that goes on for longer", async () => {
    const effects: number[] = [];
    const main = (laps: number) => async (): Promise<void> => {
      for (let lap = 0; lap < laps; lap++) {
        await sleep(1);
        effects.push(lap);
      }
    };
    const { trace } = await record(main(2));
    effects.length = 0;
    expect(divergenceOf(await replay(trace, main(3)))).toMatchObject({ expected: "main returns" });
    expect(effects).toEqual([0, 1]);
  });

  test("assertReplays rejects with the report as its message", async () => {
    const { trace } = await record(() => sleep(1));
    const error = await assertReplays(trace, () => sleep(2)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "DivergenceError",
      code: "ERR_DIVERGENCE",
      task: "main",
      time: 0,
    });
    expect((error as Error).message).toBe((error as DivergenceError).divergence.report);
  });
});

test("every field of every event is compared, also where it decides nothing", async () => {
  const main = async (): Promise<void> => {
    await external(async () => 1);
    getRunningLoop().callLater(1, () => undefined);
    createTask(() => sleep(9)).cancel();
    await pipeline()();
  };
  const { trace } = await record(main, { policy: { choose: (_kind, count) => count - 1 } });
  const seen = new Set<string>();
  for (const [i, event] of [...trace.events()].entries()) {
    for (const field of ["cause", ...(fieldsOf(event.kind) ?? []).map(({ name }) => name)]) {
      const key = `${event.kind}.${field}`;
      // Ids stand for paths; what a replay takes from the trace cannot differ from it.
      if (seen.has(key) || ["name.id", "choice.picked", "external.encoded"].includes(key)) continue;
      seen.add(key);
      const value = (event as unknown as Record<string, unknown>)[field];
      const other =
        typeof value === "string" ? `${value}?` : Number.isNaN(value) ? 7 : (value as number) + 1;
      const events = [...trace.events()].with(i, { ...event, [field]: other });
      const replayed = await replay(traceOf(trace.header, events), main);
      expect(divergenceOf(replayed).event, `${key} differs`).toBe(i + 1);
    }
  }
  expect(new Set([...seen].map((key) => key.split(".")[0])).size).toBe(15);
});

describe("the program's identity", () => {
  const program = { file: "src/shop.ts", export: "default", args: ["--fast"], digest: "d1" };
  const main = (): unknown => sleep(1);
  const recorded = async (): Promise<Trace> => (await record(main, { program })).trace;

  test("a trace of another program file is refused, and nothing runs", async () => {
    let ran = false;
    const other = { ...program, file: "src/bank.ts" };
    const refused = replay(await recorded(), () => (ran = true), { program: other });
    await expect(refused).rejects.toMatchObject({
      code: "ERR_TRACE_PROGRAM",
      message:
        "This trace was recorded from src/shop.ts, not from src/bank.ts. Replay it with that program; " +
        "to compare the two all the same, force it.",
    });
    expect(ran).toBe(false);
    const another = { ...program, export: "night" };
    expect(() =>
      replaySync({ ...trace0, header: { ...trace0.header, program } }, main, { program: another }),
    ).toThrow(/from src\/shop\.ts, not from src\/shop\.ts \(export night\)/);
  });
  const trace0 = recordSync(function* () {}).trace;

  test("unless it is forced, and then it says so", async () => {
    const other = { ...program, file: "src/bank.ts" };
    expect(await replay(await recorded(), main, { program: other, force: true })).toMatchObject({
      same: true,
      notice: "the trace was recorded from src/shop.ts; this is src/bank.ts.",
    });
  });

  test("another version of the same file is compared, with a notice", async () => {
    const newer = { ...program, digest: "d2" };
    const notice = "src/shop.ts has changed since it was recorded (digest d1 then, d2 now).";
    expect(await replay(await recorded(), main, { program: newer })).toMatchObject({
      same: true,
      notice,
    });
    const replayed = await replay(await recorded(), () => sleep(2), { program: newer });
    expect(replayed).toMatchObject({ same: false, notice });
    expect(divergenceOf(replayed).report).toContain(`Notice: ${notice}`);
  });

  test("other arguments are worth a notice; the same program is not, however its path is written", async () => {
    expect(
      await replay(await recorded(), main, { program: { ...program, args: [] } }),
    ).toMatchObject({
      notice: 'the arguments are others than recorded (["--fast"] then, [] now).',
    });
    expect(
      await replay(await recorded(), main, { program: { ...program, file: ".\\src\\shop.ts" } }),
    ).toMatchObject({
      notice: null,
    });
  });

  test("a program without a name is compared without asking", async () => {
    expect(await replay(await recorded(), main)).toMatchObject({ same: true, notice: null });
  });
});

describe("bad input", () => {
  test("something that is no trace", async () => {
    await expect(replay("run.trace" as never, () => 1)).rejects.toThrow(
      'Expected `source` to be a trace, a repro line or a seed, got "run.trace" (string). Read a trace with',
    );
  });

  test("options that the trace has", async () => {
    const { trace } = await record(() => sleep(1));
    await expect(replay(trace, () => sleep(1), { seed: 4 } as never)).rejects.toThrow(
      "Expected `options.seed` to be absent, got 4 (number). A replay takes it from its source.",
    );
  });

  test("a main that is none", async () => {
    const { trace } = await record(() => sleep(1));
    await expect(replay(trace, 5 as never)).rejects.toBeInstanceOf(TypeError);
  });
});

test("a recorder in run gives a trace that replays, if main leaves no task behind", async () => {
  const taken = recorder();
  await run(relay, { probes: [taken.probe] });
  expect(await replay(taken.trace(), relay)).toMatchObject({ same: true });
});
