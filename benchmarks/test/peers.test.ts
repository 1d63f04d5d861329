import { describe, expect, test } from "vitest";

import type { Order } from "../src/compare.ts";
import type { Measurement } from "../src/measure.ts";
import { peersCommand, type PeerWorld } from "../src/peers/command.ts";
import { PEER_WORKLOADS, PEERS } from "../src/peers/peer.ts";
import type { Check } from "../src/program.ts";
import { WORKLOADS } from "../src/workloads.ts";

const CHECK: Check = { events: 10, time: 5, sum: 7 };

function measurement(eventsPerSecond: number, check: Check = CHECK): Measurement {
  return {
    check,
    eventsPerSecond,
    eventsPerCpuSecond: eventsPerSecond,
    peakBytes: 0,
    bytesPerTask: 0,
    residentBytesPerTask: 0,
    milliseconds: 0,
    cpuMilliseconds: 0,
  };
}

interface Fakes {
  readonly tickless?: (order: Order) => Measurement;
  readonly peer?: (name: string) => Measurement;
  readonly missing?: string;
}

async function peers(args: readonly string[], fakes: Fakes = {}) {
  const { tickless = () => measurement(1_000), peer = () => measurement(100), missing } = fakes;
  const printed: string[] = [];
  const turns: string[] = [];
  const saved: unknown[] = [];
  const world: PeerWorld = {
    print: (line) => printed.push(line),
    machine: () => ({
      node: "v24.0.0",
      cpu: "abacus",
      cores: 2,
      memoryBytes: 2 ** 33,
      loadAverage: [0, 0, 0],
      system: "linux 6 x64",
    }),
    measureTickless: async (order) => {
      turns.push(order.kind);
      return tickless(order);
    },
    measurePeer: async ({ name }) => {
      turns.push(name);
      return peer(name);
    },
    unavailable: (wanted) =>
      new Map(wanted.filter(({ name }) => name === missing).map((one) => [one, "not installed"])),
    save: (results) => {
      saved.push(results);
      return "results.json";
    },
  };
  return { status: await peersCommand(args, world), printed, turns, saved };
}

const FAKE_TIMERS = ["--only", "W1", "--peer", "fake timers"];

describe("the peers", () => {
  test("Tickless and they take turns, every other round the other way round", async () => {
    const { turns } = await peers([...FAKE_TIMERS, "--rounds", "2"]);
    expect(turns).toEqual([
      "async",
      "generator",
      "fake timers",
      "fake timers",
      "generator",
      "async",
    ]);
  });

  test("each row tells how many times as fast Tickless is, and whether that is enough", async () => {
    const { status, printed } = await peers([...FAKE_TIMERS, "--rounds", "3", "--check"], {
      tickless: ({ kind }) => measurement(kind === "async" ? 490 : 2_000),
    });
    expect(status).toBe(1);
    expect(printed.find((line) => line.startsWith("W1        fake timers"))).toMatch(
      /1,000 +100,000 +100 +100\.\.100 +async 4\.9 \(4\.9\.\.4\.9, 4\.9\) \[≥ 5: missed\]; generator 20\.0 \(20\.0\.\.20\.0, 20\.0\)$/,
    );
    expect(printed.slice(-2)).toEqual([
      "missed: W1, 1,000 tasks, fake timers: async 4.9 (4.9..4.9, 4.9) [≥ 5: missed]",
      "0 of 1 targets met",
    ]);
  });

  test("SimPy is met at every size of W1, the others at 1,000 tasks", async () => {
    const { status, printed } = await peers(["--only", "W1", "--rounds", "1", "--check"]);
    expect(status).toBe(1);
    expect(printed.filter((line) => /^W1 +SimPy/.test(line))).toHaveLength(5);
    expect(printed.filter((line) => /^W1 +asyncio/.test(line))).toHaveLength(1);
    // five sizes with both kinds, fake timers, SimScript and Effect, of which two want more than 10
    expect(printed.at(-1)).toBe("11 of 13 targets met");
  });

  test("one that is not installed is skipped, with the reason", async () => {
    const { status, printed, turns, saved } = await peers(["--only", "W2", "--rounds", "1"], {
      missing: "SimPy",
    });
    expect(status).toBe(0);
    expect(printed[0]).toBe("skipped: SimPy: not installed");
    expect(turns).not.toContain("SimPy");
    expect(saved[0]).toMatchObject({ skipped: { SimPy: "not installed" } });
  });

  const differing = (name: string, field: string) =>
    peers(["--only", "W1", "--peer", name, "--rounds", "1"], {
      peer: () => measurement(1, { ...CHECK, [field]: 8 }),
    });

  test.each([
    ["sim.js", "time"],
    ["Effect", "sum"],
    ["asyncio", "events"],
  ])("%s must reach the same %s on W1", async (name, field) => {
    const { status, printed } = await differing(name, field);
    expect(status).toBe(1);
    expect(printed.at(-1)).toContain(`${name} W1: expected \`${field}\``);
  });

  test.each([
    ["Effect", "time"],
    ["asyncio", "sum"],
  ])("%s cannot reach the same %s on W1, and is not asked to", async (name, field) => {
    expect((await differing(name, field)).status).toBe(0);
  });

  test.each([
    [["--only", "W9"], "Expected `--only` to be of W1, W2,"],
    [["--peer", "tokio"], "Expected `--peer` to be of SimPy, asyncio,"],
    [["--rounds", "0"], "Expected `--rounds` to be an integer ≥ 1, got `0`"],
    [["--fast"], "Unknown option '--fast'"],
  ])("%j is refused before anything is measured", async (args, message) => {
    const { status, printed, turns } = await peers(args);
    expect(status).toBe(2);
    expect(turns).toEqual([]);
    expect(printed.join("\n")).toContain(message);
  });

  test("what they are compared with is a workload of Tickless", () => {
    for (const { id, kinds } of PEER_WORKLOADS) {
      const variants = WORKLOADS.find((workload) => workload.id === id)?.variants;
      for (const kind of kinds) expect(variants).toHaveProperty(kind);
    }
    for (const { workloads, targets } of PEERS) {
      for (const id of targets.on) expect(workloads).toContain(id);
    }
  });
});
