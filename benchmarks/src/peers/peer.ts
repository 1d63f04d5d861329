import type { Check, Size } from "../program.ts";
import type { Kind } from "../workload.ts";

/** What runs on a peer, and with which sizes. */
export interface PeerWorkload {
  readonly id: "W1" | "W2" | "W3" | "W4" | "W5" | "W6" | "W7";
  readonly sizes: readonly Size[];
  /** With what it is compared; nothing yet: the engine has no such workload. */
  readonly kinds: readonly Kind[];
}

/** Another engine. */
export interface Peer {
  readonly name: string;
  /** The file of `benchmarks/peers` that writes the workloads for it. */
  readonly file: string;
  readonly language: "node" | "python";
  readonly workloads: readonly PeerWorkload["id"][];
  /** Whether its target holds at every size of W1. */
  readonly everySize?: boolean;
  /** How many times as fast the engine has to be, as `targets.md` says: on which workloads, by kind. */
  readonly targets: {
    readonly on: readonly PeerWorkload["id"][];
    readonly least: { readonly [K in Kind]?: number };
  };
  /** Which check values it cannot reproduce, and why. */
  readonly differs?: {
    readonly on: readonly PeerWorkload["id"][];
    readonly in: readonly (keyof Check)[];
    readonly because: string;
  };
}

const both: readonly Kind[] = ["async", "generator"];
const callbacks: readonly Kind[] = ["callbacks"];
const all = ["W1", "W2", "W3", "W4"] as const;

/** The first size is the one of all peers; the others are for those with a target at every size. */
export const PEER_WORKLOADS: readonly PeerWorkload[] = [
  {
    id: "W1",
    kinds: both,
    sizes: [
      { tasks: 1_000, events: 100_000 },
      { tasks: 1, events: 1_000 },
      { tasks: 100, events: 100_000 },
      { tasks: 10_000, events: 100_000 },
      { tasks: 100_000, events: 200_000 },
    ],
  },
  { id: "W2", kinds: both, sizes: [{ tasks: 2, events: 100_000 }] },
  { id: "W3", kinds: both, sizes: [{ tasks: 20_000, events: 20_000 }] },
  { id: "W4", kinds: both, sizes: [{ tasks: 2, events: 50_000 }] },
  { id: "W5", kinds: callbacks, sizes: [{ tasks: 10_000, events: 100_000 }] },
  { id: "W6", kinds: callbacks, sizes: [{ tasks: 1_000, events: 100_000 }] },
  { id: "W7", kinds: [], sizes: [{ tasks: 4, events: 500 }] },
];

/** The sizes of a workload that `peer` is measured with. */
export function sizesFor(peer: Peer, { id, sizes }: PeerWorkload): readonly Size[] {
  if (!peer.workloads.includes(id)) return [];
  return peer.everySize === true ? sizes : sizes.slice(0, 1);
}

export const PEERS: readonly Peer[] = [
  {
    name: "SimPy",
    file: "simpy_peer.py",
    language: "python",
    workloads: [...all, "W5"],
    everySize: true,
    targets: { on: all, least: { async: 2, generator: 5 } },
  },
  {
    name: "asyncio",
    file: "asyncio_peer.py",
    language: "python",
    workloads: [...all, "W5", "W6"],
    targets: { on: [], least: {} },
    differs: { on: ["W1"], in: ["time", "sum"], because: "its heap leaves ties to chance" },
  },
  {
    name: "sim.js",
    file: "simjs.mjs",
    language: "node",
    workloads: ["W1", "W3", "W5", "W6"],
    targets: { on: [], least: {} },
    differs: { on: ["W5"], in: ["time"], because: "it runs until nothing is left" },
  },
  {
    name: "fake timers",
    file: "fake-timers.mjs",
    language: "node",
    workloads: ["W1", "W3", "W5", "W6"],
    targets: { on: ["W1"], least: { async: 5 } },
  },
  {
    name: "SimScript",
    file: "simscript.mjs",
    language: "node",
    workloads: ["W1"],
    targets: { on: ["W1"], least: { async: 20 } },
  },
  {
    name: "Effect",
    file: "effect.mjs",
    language: "node",
    workloads: ["W1", "W2", "W3"],
    targets: { on: ["W1"], least: { async: 30 } },
    differs: { on: ["W1", "W3"], in: ["time"], because: "its clock goes on to where it is set" },
  },
  {
    name: "fast-check",
    file: "fast-check.mjs",
    language: "node",
    workloads: ["W7"],
    targets: { on: [], least: {} },
  },
];
