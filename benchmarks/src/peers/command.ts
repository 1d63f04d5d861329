import { parseArgs } from "node:util";

import type { Order } from "../compare.ts";
import type { Measurement } from "../measure.ts";
import { type Machine, machineLine } from "../results.ts";
import { compareWithPeers, type MeasurePeer, type PeerResult, type Race } from "./compare.ts";
import { type Peer, PEER_WORKLOADS, PEERS, sizesFor } from "./peer.ts";
import { peerConclusion, peerHeader, peerRow } from "./report.ts";

const USAGE = `Usage: npm run bench:peers [-- --only W1,W2] [--peer NAME,...] [--rounds N] [--check] [--out FILE]

Runs the workloads on other engines and on Tickless, in turn, each time in a fresh process. Engines of
npm are installed into benchmarks/peers at first; what cannot be run is skipped, with the reason.

  --only W1,W2   these workloads only: ${PEER_WORKLOADS.map(({ id }) => id).join(", ")}
  --peer NAME    these peers only: ${PEERS.map(({ name }) => name).join(", ")}
  --rounds N     how often everything is run (default: 5)
  --check        compare with the targets: a line for each that is missed, and how many are met
  --out FILE     where to write the results, as JSON (default: benchmarks/results)
  --help         show this text

Exit status: 0 all check values that a peer can reproduce are equal and, with --check, all targets met;
1 some are not, or a program failed; 2 wrong arguments.`;

const ROUNDS = 5;

/** What the command needs of the world. */
export interface PeerWorld {
  readonly print: (line: string) => void;
  readonly machine: () => Machine;
  readonly measureTickless: (order: Order) => Promise<Measurement>;
  readonly measurePeer: MeasurePeer;
  /** Why a peer cannot be run. */
  readonly unavailable: (peers: readonly Peer[]) => ReadonlyMap<Peer, string>;
  readonly save: (results: object, out: string | undefined) => string;
}

/** Arguments that name nothing. */
class UsageError extends Error {}

/** Those of `all` whose `nameOf` is in the list `names`; all if there is no list. */
function chosen<T>(
  flag: string,
  all: readonly T[],
  nameOf: (one: T) => string,
  names: string | undefined,
): readonly T[] {
  if (names === undefined) return all;
  return names.split(",").map((name) => {
    const found = all.find((one) => nameOf(one).toLowerCase() === name.trim().toLowerCase());
    if (found !== undefined) return found;
    const known = all.map(nameOf).join(", ");
    throw new UsageError(`Expected \`${flag}\` to be of ${known}, got \`${name}\``);
  });
}

function racesOf(only: string | undefined, peers: readonly Peer[]): readonly Race[] {
  const workloads = chosen("--only", PEER_WORKLOADS, ({ id }) => id, only);
  return workloads.flatMap((workload) =>
    workload.sizes.flatMap((size): Race[] => {
      const entrants = peers.filter((peer) => sizesFor(peer, workload).includes(size));
      return entrants.length === 0 ? [] : [{ workload, size, peers: entrants }];
    }),
  );
}

function optionsOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: "string" },
        peer: { type: "string" },
        rounds: { type: "string", default: String(ROUNDS) },
        check: { type: "boolean", default: false },
        out: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function roundsOf(text: string): number {
  const rounds = Number(text);
  if (Number.isSafeInteger(rounds) && rounds > 0) return rounds;
  throw new UsageError(`Expected \`--rounds\` to be an integer ≥ 1, got \`${text}\``);
}

async function compareAll(args: readonly string[], world: PeerWorld): Promise<number> {
  const { only, peer, rounds: roundsText, check, out, help } = optionsOf(args);
  if (help) {
    world.print(USAGE);
    return 0;
  }
  const wanted = chosen("--peer", PEERS, ({ name }) => name, peer);
  const rounds = roundsOf(roundsText);
  racesOf(only, wanted);
  const reasons = world.unavailable(wanted);
  for (const [{ name }, reason] of reasons) world.print(`skipped: ${name}: ${reason}`);
  const machine = world.machine();
  world.print(machineLine(machine));
  world.print(peerHeader);
  const results: PeerResult[] = [];
  const present = wanted.filter((one) => !reasons.has(one));
  for (const race of racesOf(only, present)) {
    const { measureTickless, measurePeer } = world;
    const found = await compareWithPeers(race, rounds, measureTickless, measurePeer);
    for (const one of found) world.print(peerRow(one));
    results.push(...found);
  }
  const skipped = Object.fromEntries([...reasons].map(([{ name }, reason]) => [name, reason]));
  world.print(`Written to ${world.save({ machine, rounds, skipped, results }, out)}`);
  if (!check) return 0;
  const { lines, met } = peerConclusion(results);
  for (const text of lines) world.print(text);
  return met ? 0 : 1;
}

/** The command `bench:peers`; returns the exit status. */
export async function peersCommand(args: readonly string[], world: PeerWorld): Promise<number> {
  try {
    return await compareAll(args, world);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const misused = error instanceof UsageError;
    world.print(misused ? `${text}\nSee: npm run bench:peers -- --help` : text);
    return misused ? 2 : 1;
  }
}
