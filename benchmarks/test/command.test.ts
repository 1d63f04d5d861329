import { describe, expect, test } from "vitest";

import { command, type Results, type World } from "../src/command.ts";
import { type Case, compare, median, type Order } from "../src/compare.ts";
import type { Measurement } from "../src/measure.ts";
import { select } from "../src/selection.ts";

function measurement(eventsPerSecond: number, changes: Partial<Measurement> = {}): Measurement {
  return {
    check: { events: 10, time: 5, sum: 7 },
    eventsPerSecond,
    eventsPerCpuSecond: eventsPerSecond,
    peakBytes: 50e6,
    bytesPerTask: 100,
    residentBytesPerTask: 120,
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
    measure: async (order) => {
      seen.orders.push(order);
      return measure(order);
    },
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
    [["--only", "W9"], "Expected `--only` to name workloads (W1, W1-exp, W2,"],
    [["--only", "W1,"], "got ``"],
    [["--kind", "fibre"], "Expected `--kind` to name kinds of task (async, async-reference,"],
    [["--only", "memory", "--kind", "generator-run"], "None of these workloads has any of these"],
    [["--pairs", "0"], "Expected `--pairs` to be an integer ≥ 1, got `0`"],
    [["--pairs", "many"], "Expected `--pairs` to be an integer ≥ 1, got `many`"],
    [["--fast"], "Unknown option '--fast'"],
    [["W1"], "Unexpected argument `W1`. Workloads are named by `--only`."],
    [["measure", "W1", "fibre"], "Expected a kind of task that W1 has (async, async-reference,"],
    [["measure", "W1", "async", "both"], "Expected `engine` or `bare`, got `both`"],
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
    for (const word of ["W1-exp", "W2-put", "W3", "W4", "memory", "generator-run"]) {
      expect(printed.join("\n")).toContain(word);
    }
  });

  test("--only takes one workload by its own name, and its variants by the name of the group", () => {
    const ids = (only: string): string[] => [
      ...new Set(select(only, undefined, true).map(({ workload }) => workload.id)),
    ];
    expect(ids("W1")).toEqual(["W1", "W1-exp"]);
    expect(ids("W1-exp")).toEqual(["W1-exp"]);
    expect(ids("W4,W2-put")).toEqual(["W2-put", "W4"]);
  });
});

describe("comparing", () => {
  test("engine and bare loop are measured in turn, and each goes first in every other pair", async () => {
    const { orders } = await runCommand(["--only", "W2-put", "--kind", "async", "--pairs", "3"]);
    expect(orders.map(({ side }) => side)).toEqual([
      "engine",
      "bare",
      "bare",
      "engine",
      "engine",
      "bare",
    ]);
  });

  test("without --pairs there are five pairs, and one in a quick run, which is small", async () => {
    const args = ["--only", "W3", "--kind", "generator"];
    const full = await runCommand(args);
    expect(full.orders).toHaveLength(10);
    expect(full.orders[0]).toMatchObject({ quick: false, size: { tasks: 100_000 } });
    const quick = await runCommand([...args, "--quick"]);
    expect(quick.orders).toHaveLength(2);
    expect(quick.orders[0]).toMatchObject({ quick: true, size: { tasks: 500 } });
  });

  test("the ratio is the median of the pairs' ratios, not the ratio of the medians", async () => {
    const speeds = { engine: [100, 10, 60], bare: [100, 100, 50] };
    const [one] = select("W3", "async", false) as [Case];
    const taken = { engine: 0, bare: 0 };
    const comparison = await compare(one, { pairs: 3, quick: false }, async ({ side }) =>
      measurement(speeds[side][taken[side]++] ?? NaN, {
        eventsPerCpuSecond: side === "engine" ? 3 : 4,
      }),
    );
    expect(comparison.everyRatio).toEqual([1, 0.1, 1.2]);
    expect(comparison.ratio).toBe(1);
    expect(comparison.cpuRatio).toBe(0.75);
    expect(comparison.engine.eventsPerSecond).toBe(60);
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
  const W3 = ["--only", "W3", "--kind", "generator", "--pairs", "1"];

  test.each([
    [600, "met"],
    [300, "within 2x"],
    [299, "missed"],
  ])("%d events/s of 1,000 against a target of 0.6 are marked %s", async (speed, verdict) => {
    const { printed } = await runCommand(W3, ({ side }) =>
      measurement(side === "engine" ? speed : 1_000),
    );
    expect(printed[0]).toMatch(
      /^workload kind +tasks +events +engine\/s +bare\/s +ratio +by CPU +target/,
    );
    expect(printed[1]).toMatch(
      /^W3 +generator +100,000 +100,000 +\d+ +1,000 +0\.\d\d +0\.\d\d +0\.60 +50 MB/,
    );
    expect(printed[1]?.endsWith(verdict)).toBe(true);
  });

  test("memory is marked by bytes a task, and a peak over the limit is a miss", async () => {
    const args = ["--only", "memory", "--kind", "generator", "--pairs", "1"];
    const marks = async (changes: Partial<Measurement>): Promise<unknown[]> => {
      const { printed } = await runCommand(args, () => measurement(1, changes));
      return printed.slice(1, 3).map((line) => line.replace(/.* MB +/, ""));
    };
    expect(await marks({ bytesPerTask: 500 })).toEqual(["met", "met"]);
    expect(await marks({ bytesPerTask: 900 })).toEqual(["within 2x", "within 2x"]);
    expect(await marks({ bytesPerTask: 500, peakBytes: 801e6 })).toEqual(["missed", "missed"]);
  });

  test("where 1,000 and 100,000 tasks were measured, the growth of the cost is told", async () => {
    const { printed } = await runCommand(
      ["--only", "W1-exp", "--kind", "generator", "--pairs", "1"],
      ({ size }) => measurement(size.tasks === 100_000 ? 390 : 1_000),
    );
    expect(printed).toContain(
      "W1-exp generator: with 100,000 tasks 0.39 of the events/s with 1,000 (target 0.4, missed)",
    );
  });

  test("a busy machine is told of before a full run, and of no interest to a quick one", async () => {
    const same = () => measurement(1);
    expect((await runCommand(W3, same, "busy")).complained).toEqual(["busy"]);
    expect((await runCommand([...W3, "--quick"], same, "busy")).complained).toEqual([]);
  });

  test("a quick run has no verdicts and is saved only where --out says", async () => {
    const quick = await runCommand([...W3, "--quick"]);
    expect(quick.printed.join("\n")).not.toMatch(/met|missed|within/);
    expect(quick.saved).toEqual([]);
    const { saved } = await runCommand([...W3, "--quick", "--out", "x.json"]);
    expect(saved.map(({ out }) => out)).toEqual(["x.json"]);
    const full = await runCommand(W3);
    expect(full.saved[0]?.results).toMatchObject({ pairs: 1, quick: false });
    expect(full.saved[0]?.results.comparisons[0]).toMatchObject({ workload: "W3", ratio: 1 });
  });
});
