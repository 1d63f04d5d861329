import { describe, expect, test } from "vitest";

import { command, type Results, type World } from "../src/command.ts";
import { compare, type Order } from "../src/compare.ts";
import type { Measurement } from "../src/measure.ts";
import { type Machine, machineLine } from "../src/results.ts";
import { select } from "../src/selection.ts";
import { median } from "../src/spread.ts";

const MACHINE: Machine = {
  node: "v24.0.0",
  cpu: "abacus",
  cores: 2,
  memoryBytes: 2 ** 33,
  loadAverage: [0.25, 1, 2],
  system: "linux 6 x64",
};

function measurement(eventsPerSecond: number, changes: Partial<Measurement> = {}): Measurement {
  return {
    check: { events: 10, time: 5, sum: 7 },
    eventsPerSecond,
    eventsPerCpuSecond: eventsPerSecond,
    peakBytes: 50e6,
    bytesPerTask: 100,
    residentBytesPerTask: 120,
    milliseconds: 5,
    cpuMilliseconds: 4,
    ...changes,
  };
}

interface Seen {
  readonly status: number;
  readonly printed: string[];
  readonly complained: string[];
  readonly orders: Order[];
  readonly saved: { readonly results: Results; readonly out: string | undefined }[];
}

async function runCommand(
  args: readonly string[],
  measure: (order: Order) => Measurement = () => measurement(1_000),
  disturbed?: string,
): Promise<Seen> {
  const seen = {
    printed: [] as string[],
    complained: [] as string[],
    orders: [] as Order[],
    saved: [] as { results: Results; out: string | undefined }[],
  };
  const world: World = {
    print: (line) => seen.printed.push(line),
    complain: (line) => seen.complained.push(line),
    measure: async (orders) => {
      seen.orders.push(...orders);
      return orders.map(measure);
    },
    machine: () => MACHINE,
    disturbance: () => disturbed,
    save: (results, out) => {
      seen.saved.push({ results, out });
      return out ?? "results.json";
    },
  };
  return { status: await command(args, world), ...seen };
}

describe("arguments", () => {
  test.each([
    [["--only", "W9"], "Expected `--only` to name workloads (W1, W1-exp, W1-mixed, W2,"],
    [["--only", "W1,"], "got ``"],
    [["--kind", "fibre"], "Expected `--kind` to name kinds of task (async, async-reference,"],
    [["--only", "memory", "--kind", "generator-run"], "None of these workloads has any of these"],
    [["--rounds", "0"], "Expected `--rounds` to be an integer ≥ 1, got `0`"],
    [["--rounds", "many"], "Expected `--rounds` to be an integer ≥ 1, got `many`"],
    [["--quick", "--check"], "those of `--quick` mean nothing"],
    [["--fast"], "Unknown option '--fast'"],
    [["W1"], "Unexpected argument `W1`. Workloads are named by `--only`."],
    [["measure", "W1", "fibre"], "Expected a kind of task that W1 has (async, async-reference,"],
    [["measure", "mixed", "both", "bare", "8", "8"], "mixed is measured alone"],
    [["measure", "W1", "async", "both"], "Expected `engine` or `bare`, got `both`"],
    [
      ["measure", "mixed", "generator-run"],
      "Expected a kind of task that mixed has (async, generator,",
    ],
    [["measure", "W1", "async", "bare", "0", "5"], "Expected TASKS to be an integer ≥ 1, got `0`"],
  ])("%j is refused before anything is measured", async (args, message) => {
    const { status, orders, complained } = await runCommand(args);
    expect(status).toBe(2);
    expect(orders).toEqual([]);
    expect(complained.join("\n")).toContain(message);
    expect(complained.join("\n")).toContain("--help");
  });

  test("--help tells of all workloads and kinds, and measures nothing", async () => {
    const { status, orders, printed } = await runCommand(["--help"]);
    expect(status).toBe(0);
    expect(orders).toEqual([]);
    for (const word of [
      "W1-exp",
      "W2-put",
      "W6-kept",
      "mixed",
      "memory",
      "generator-run",
      "--check",
    ]) {
      expect(printed.join("\n")).toContain(word);
    }
  });

  test("--only takes one workload by its own name, and its variants by the name of the group", () => {
    const ids = (only: string): string[] => [
      ...new Set(
        select(only, undefined, true).flatMap((group) => group.map(({ workload }) => workload.id)),
      ),
    ];
    expect(ids("W1").toSorted()).toEqual(["W1", "W1-exp", "W1-mixed"]);
    expect(ids("W1-exp")).toEqual(["W1-exp"]);
    expect(ids("W4,W2-put")).toEqual(["W2-put", "W4"]);
  });
});

describe("comparing", () => {
  test("engine and bare loop are measured side by side, and each goes first in every other round", async () => {
    const { orders } = await runCommand(["--only", "W2-put", "--kind", "async", "--rounds", "3"]);
    expect(orders.map(({ side }) => side)).toEqual([
      "engine",
      "bare",
      "bare",
      "engine",
      "engine",
      "bare",
    ]);
  });

  test("the sizes of a workload are measured in turn too", async () => {
    const { orders } = await runCommand(["--only", "W5-exp", "--rounds", "2"]);
    const rounds = orders.map(({ side, size }) => `${side} ${size.tasks}`);
    expect(rounds).toEqual([
      "engine 10000",
      "bare 10000",
      "engine 1000000",
      "bare 1000000",
      "bare 10000",
      "engine 10000",
      "bare 1000000",
      "engine 1000000",
    ]);
  });

  test("what stands beside the same bare loop has it in its midst, measured once a round", async () => {
    const pair = await runCommand([
      "--only",
      "W3",
      "--kind",
      "generator,generator-run",
      "--rounds",
      "2",
    ]);
    expect(pair.orders.map(({ kind, side }) => `${kind} ${side}`)).toEqual([
      "generator engine",
      "generator bare",
      "generator-run engine",
      "generator-run engine",
      "generator bare",
      "generator engine",
    ]);
    const [, , one, other] = pair.printed;
    expect([one, other].map((line) => line?.split(/ +/).slice(0, 2).join(" "))).toEqual([
      "W3 generator",
      "W3 generator-run",
    ]);
    const levels = await runCommand(["--only", "W8", "--kind", "async", "--rounds", "1"]);
    expect(levels.orders.map(({ workload, side }) => `${workload} ${side}`).slice(0, 5)).toEqual([
      "W8-off engine",
      "W8-fingerprint engine",
      "W8-off bare",
      "W8-ring engine",
      "W8-full engine",
    ]);
  });

  test("a bare loop that several share fails each whose check values differ from its", async () => {
    const args = ["--only", "W3", "--kind", "generator,generator-run"];
    const { status, complained } = await runCommand(args, ({ kind }) =>
      measurement(1, { check: { events: 10, time: 5, sum: kind === "generator" ? 7 : 8 } }),
    );
    expect(status).toBe(1);
    expect(complained.join()).toContain("W3 generator-run: the check values differ");
  });

  test("what has no bare loop is measured alone", async () => {
    const { orders, printed } = await runCommand(["--only", "mixed", "--kind", "both"]);
    expect(orders.map(({ side }) => side)).toEqual(Array.from({ length: 5 }, () => "engine"));
    expect(printed[2]).toMatch(/^mixed +both +1,600 +160,000 +1,000 +-0 \+0 % +50 MB$/);
  });

  test("without --rounds there are five, and one in a quick run, which is small", async () => {
    const args = ["--only", "W3", "--kind", "generator"];
    const full = await runCommand(args);
    expect(full.orders).toHaveLength(10);
    expect(full.orders[0]).toMatchObject({ quick: false, size: { tasks: 100_000 } });
    const quick = await runCommand([...args, "--quick"]);
    expect(quick.orders).toHaveLength(2);
    expect(quick.orders[0]).toMatchObject({ quick: true, size: { tasks: 500 } });
  });

  test("the ratio is the median of the rounds' ratios, not the ratio of the medians", async () => {
    const speeds = { engine: [100, 10, 60], bare: [100, 100, 50] };
    const taken = { engine: 0, bare: 0 };
    const [group = []] = select("W3", "async", false);
    const [comparison] = await compare(group, { rounds: 3, quick: false }, async (orders) =>
      orders.map(({ side }) =>
        measurement(speeds[side][taken[side]++] ?? NaN, {
          eventsPerCpuSecond: side === "engine" ? 3 : 4,
        }),
      ),
    );
    expect(comparison?.figures.ratio).toEqual({
      median: 1,
      least: 0.1,
      most: 1.2,
      every: [1, 0.1, 1.2],
    });
    expect(comparison?.figures.cpuRatio?.median).toBe(0.75);
    expect(comparison?.engine.eventsPerSecond).toMatchObject({ median: 60, least: 10, most: 100 });
  });

  test("the median of an even number of values is the mean of the middle two", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  test.each(["events", "time", "sum"] as const)(
    "a bare loop with another %s fails the run with both values, and nothing is saved",
    async (field) => {
      const { status, complained, saved } = await runCommand(["--only", "W4"], ({ side }) => {
        const check = { events: 10, time: 5, sum: 7, ...(side === "bare" && { [field]: 8 }) };
        return measurement(1, { check });
      });
      expect(status).toBe(1);
      expect(complained.join()).toContain("W4 async: the check values differ");
      expect(complained.join()).toContain(`"${field}":8`);
      expect(saved).toEqual([]);
    },
  );
});

describe("the table", () => {
  const W3 = ["--only", "W3", "--kind", "generator", "--rounds", "1"];

  test.each([
    [600, "met"],
    [599, "missed"],
  ])("%d events/s of 1,000 against a target of 0.6 are marked %s", async (speed, verdict) => {
    const { printed } = await runCommand(W3, ({ side }) =>
      measurement(side === "engine" ? speed : 1_000),
    );
    expect(printed[1]).toMatch(
      /^workload +kind +tasks +events +engine\/s +spread +bare\/s +ratio +min..max +by CPU +target/,
    );
    expect(printed[2]).toMatch(
      /^W3 +generator +100,000 +100,000 +\d+ +-0 \+0 % +1,000 +0\.60 +0\.60\.\.0\.60 +0\.60 +≥ 0\.60 +50 MB/,
    );
    expect(printed[2]?.endsWith(verdict)).toBe(true);
  });

  test("the machine stands above it, with its load and the version of Node", async () => {
    const { printed } = await runCommand(W3);
    expect(printed[0]).toBe("Node v24.0.0, 2 × abacus, 8 GiB, linux 6 x64, load 0.3, 1.0, 2.0");
    expect(printed[0]).toBe(machineLine(MACHINE));
  });

  test("the spread tells how far the extremes lie from the median", async () => {
    const speeds = [80, 100, 130];
    const args = ["--only", "mixed", "--kind", "generator", "--rounds", "3"];
    const { printed } = await runCommand(args, () => measurement(speeds.pop() ?? NaN));
    expect(printed[2]).toContain(" 100 ");
    expect(printed[2]).toContain("-20 +30 %");
  });

  test("memory is marked by bytes a task, and a peak over the limit is a miss", async () => {
    const args = ["--only", "memory", "--kind", "generator", "--rounds", "1"];
    const marks = async (changes: Partial<Measurement>): Promise<unknown[]> => {
      const { printed } = await runCommand(args, () => measurement(1, changes));
      return printed.slice(2, 4).map((line) => line.replace(/.* MB +/, ""));
    };
    expect(await marks({ bytesPerTask: 500 })).toEqual(["met", "met"]);
    expect(await marks({ bytesPerTask: 501 })).toEqual(["missed", "missed"]);
    expect(await marks({ bytesPerTask: 500, peakBytes: 801e6 })).toEqual(["met", "missed"]);
  });

  test("where 1,000 and 100,000 tasks were measured, the growth of the cost is told", async () => {
    const { printed } = await runCommand(
      ["--only", "W1-exp", "--kind", "generator", "--rounds", "1"],
      ({ size, side }) =>
        measurement(size.tasks === 100_000 ? (side === "bare" ? 300 : 390) : 1_000),
    );
    expect(printed).toContain(
      "W1-exp generator: with 100,000 tasks 0.39 (0.39..0.39) of the events/s with 1,000 " +
        "(target ≥ 0.40, missed; the bare loop: 0.30)",
    );
  });

  test("a busy machine is told of before a full run, and of no interest to a quick one", async () => {
    const same = () => measurement(1);
    expect((await runCommand(W3, same, "busy")).complained).toEqual(["busy"]);
    expect((await runCommand([...W3, "--quick"], same, "busy")).complained).toEqual([]);
  });

  test("a quick run has no verdicts and is saved only where --out says", async () => {
    const quick = await runCommand([...W3, "--quick"]);
    expect(quick.printed.join("\n")).not.toMatch(/met|missed/);
    expect(quick.saved).toEqual([]);
    const { saved } = await runCommand([...W3, "--quick", "--out", "x.json"]);
    expect(saved.map(({ out }) => out)).toEqual(["x.json"]);
    const full = await runCommand(W3);
    expect(full.saved[0]?.results).toMatchObject({ machine: MACHINE, rounds: 1, quick: false });
    expect(full.saved[0]?.results.comparisons[0]).toMatchObject({
      workload: "W3",
      figures: { ratio: { median: 1 } },
    });
  });
});

describe("--check", () => {
  const check = (only: string, measure: (order: Order) => Measurement) =>
    runCommand(["--check", "--rounds", "1", "--only", only], measure);

  test("a line tells of each target that is missed, the last how many are met", async () => {
    const { status, printed } = await check("W3", ({ side, kind }) =>
      measurement(side === "engine" ? (kind === "async" ? 590 : 600) : 1_000),
    );
    expect(status).toBe(1);
    expect(printed.slice(-2)).toEqual([
      "missed: W3 async, 100,000 tasks: events/s by those of the bare loop ≥ 0.60, measured 0.59 (0.59..0.59)",
      "1 of 2 targets met",
    ]);
  });

  test("where all are met it says so, and succeeds", async () => {
    const { status, printed } = await check("W3", () => measurement(1));
    expect(status).toBe(0);
    expect(printed.at(-1)).toBe("2 of 2 targets met");
  });

  test("a target holds at its own size: a slow engine with one task misses none", async () => {
    const { printed } = await check("W1", ({ side, size }) =>
      measurement(side === "engine" && size.tasks === 1 ? 10 : 1_000),
    );
    expect(printed.at(-1)).toBe("16 of 16 targets met");
  });

  test("W5 wants more with 1,000,000 pending than with 10,000", async () => {
    const { printed } = await check("W5-exp", ({ side }) =>
      measurement(side === "engine" ? 2_500 : 1_000),
    );
    expect(printed.slice(-2)).toEqual([
      "missed: W5-exp callbacks, 1,000,000 tasks: events/s by those of the bare loop ≥ 3.00, measured 2.50 (2.50..2.50)",
      "1 of 2 targets met",
    ]);
  });

  test("W6 counts timers a second, and how much more is kept than live timers take", async () => {
    const { printed } = await check("W6,W6-kept", ({ side }) =>
      measurement(4_999_999, { bytesPerTask: side === "engine" ? 301 : 100 }),
    );
    expect(printed.slice(-3)).toEqual([
      "missed: W6 callbacks, 1,000 tasks: events/s ≥ 5,000,000, measured 4,999,999 (4,999,999..4,999,999)",
      "missed: W6-kept callbacks, 10,000 tasks: bytes kept by those of live timers alone ≤ 3.00, measured 3.01 (3.01..3.01)",
      "0 of 2 targets met",
    ]);
  });

  test("what a recorder costs is compared with the run without", async () => {
    const { printed } = await check("W8", ({ side }) =>
      measurement(side === "engine" ? 1_000 : 1_200),
    );
    expect(printed.slice(-3)).toEqual([
      "missed: W8-full async, 1,000 tasks: processor time an event by that without ≤ 1.10, measured 1.20 (1.20..1.20)",
      "missed: W8-off generator, 1,000 tasks: processor time an event by that without ≤ 1.03, measured 1.20 (1.20..1.20)",
      "10 of 12 targets met",
    ]);
  });

  test("what is done with trace files is compared in milliseconds, their size in bytes an event", async () => {
    const { printed } = await check("W8-diff,W8-bytes-exp", () =>
      measurement(1, { milliseconds: 20.1, check: { events: 10, time: 5, sum: 91 } }),
    );
    expect(printed.slice(-3)).toEqual([
      "missed: W8-diff generator, 1,000 tasks: milliseconds ≤ 20.0, measured 20.1 (20.1..20.1)",
      "missed: W8-bytes-exp generator, 1,000 tasks: bytes an event ≤ 9.00, measured 9.10 (9.10..9.10)",
      "0 of 2 targets met",
    ]);
    expect(printed[1]).toMatch(/^workload +kind +tasks +events +ms +spread/);
    expect(printed[2]).toMatch(
      /^W8-diff +generator +1,000 +1,000,000 +20\.1 +-0 \+0 % +4\.0 +≤ 20\.0 /,
    );
    expect(printed[3]).toMatch(/ B\/event /);
    expect(printed[4]).toMatch(/ 9\.10 +-0 \+0 % .*missed$/);
  });
});
