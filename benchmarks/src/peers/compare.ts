import type { Order } from "../compare.ts";
import type { Measurement } from "../measure.ts";
import type { Check, Size } from "../program.ts";
import { quotient, type Spread, spread } from "../spread.ts";
import type { Kind } from "../workload.ts";
import type { Peer, PeerWorkload } from "./peer.ts";

/** Carries out one measurement of a peer, in a fresh process. */
export type MeasurePeer = (
  peer: Peer,
  workload: PeerWorkload["id"],
  size: Size,
) => Promise<Measurement>;

/** One program among those that take turns. */
interface Runner {
  readonly name: string;
  readonly measure: () => Promise<Measurement>;
  readonly found: Measurement[];
}

/** How many times as fast the engine is, with one kind of task. */
export interface Lead {
  readonly kind: Kind;
  readonly times: Spread;
  readonly cpuTimes: Spread;
  /** Absent where `targets.md` asks for nothing. */
  readonly target?: number;
}

/** One engine on one workload of one size. */
export interface PeerResult {
  readonly engine: string;
  readonly workload: PeerWorkload["id"];
  readonly size: Size;
  readonly eventsPerSecond: Spread;
  readonly eventsPerCpuSecond: Spread;
  readonly check: Check;
  /** None for Tickless itself. */
  readonly leads: readonly Lead[];
}

/** What is measured in turn. */
export interface Race {
  readonly workload: PeerWorkload;
  readonly size: Size;
  readonly peers: readonly Peer[];
}

/** Throws where the peer's run differs in a check value that it can reproduce. */
function verify(peer: Peer, id: PeerWorkload["id"], expected: Check | undefined, got: Check): void {
  if (expected === undefined) return;
  const excused = peer.differs?.on.includes(id) === true ? peer.differs.in : [];
  for (const name of ["events", "time", "sum"] as const) {
    if (excused.includes(name) || expected[name] === got[name]) continue;
    throw new Error(
      `${peer.name} ${id}: expected \`${name}\` to be ${expected[name]}, as with Tickless, got ${got[name]}`,
    );
  }
}

const speed = (
  found: readonly Measurement[],
  of: "eventsPerSecond" | "eventsPerCpuSecond",
): Spread => spread(found.map((measurement) => measurement[of]));

function result(race: Race, { name, found }: Runner, leads: readonly Lead[]): PeerResult {
  return {
    engine: name,
    workload: race.workload.id,
    size: race.size,
    eventsPerSecond: speed(found, "eventsPerSecond"),
    eventsPerCpuSecond: speed(found, "eventsPerCpuSecond"),
    check: (found[0] as Measurement).check,
    leads,
  };
}

function leadOf(peer: Peer, { workload }: Race, kind: Kind, ours: Runner, theirs: Runner): Lead {
  const { on, least } = peer.targets;
  const target = on.includes(workload.id) ? least[kind] : undefined;
  const ratio = (of: "eventsPerSecond" | "eventsPerCpuSecond"): Spread =>
    quotient(speed(ours.found, of), speed(theirs.found, of));
  return {
    kind,
    times: ratio("eventsPerSecond"),
    cpuTimes: ratio("eventsPerCpuSecond"),
    ...(target !== undefined && { target }),
  };
}

/**
 * Measures Tickless and the peers in turn, `rounds` times, each time in another order.
 *
 * @throws Error if a check value differs that the peer can reproduce
 */
export async function compareWithPeers(
  race: Race,
  rounds: number,
  measureTickless: (order: Order) => Promise<Measurement>,
  measurePeer: MeasurePeer,
): Promise<PeerResult[]> {
  const { workload, size, peers } = race;
  const ours = workload.kinds.map((kind): Runner & { readonly kind: Kind } => ({
    name: `Tickless ${kind}`,
    kind,
    measure: () =>
      measureTickless({ workload: workload.id, kind, side: "engine", size, quick: false }),
    found: [],
  }));
  const theirs = peers.map((peer): Runner & { readonly peer: Peer } => ({
    name: peer.name,
    peer,
    measure: () => measurePeer(peer, workload.id, size),
    found: [],
  }));
  for (let round = 0; round < rounds; round++) {
    const order: readonly Runner[] = [...ours, ...theirs];
    for (const { measure, found } of round % 2 === 0 ? order : order.toReversed()) {
      found.push(await measure());
    }
  }
  const expected = ours[0]?.found[0]?.check;
  for (const { peer, found } of theirs) {
    for (const { check } of found) verify(peer, workload.id, expected, check);
  }
  return [
    ...ours.map((runner) => result(race, runner, [])),
    ...theirs.map((runner) =>
      result(
        race,
        runner,
        ours.map((own) => leadOf(runner.peer, race, own.kind, own, runner)),
      ),
    ),
  ];
}
