import { whole } from "../judge.ts";
import type { Lead, PeerResult } from "./compare.ts";

const WIDTHS = [9, 20, 9, 9, 12, 24];

function line(cells: readonly string[]): string {
  const padded = cells.map((cell, i) =>
    i < 2 ? cell.padEnd(WIDTHS[i] ?? 0) : cell.padStart(WIDTHS[i] ?? 0),
  );
  return padded.join(" ").trimEnd();
}

export const peerHeader: string = line([
  "workload",
  "engine",
  "tasks",
  "events",
  "events/s",
  "min..max",
]).concat("  Tickless is so many times as fast (min..max, by CPU)");

const met = ({ times, target }: Lead): boolean => target === undefined || times.median >= target;

function leadText(lead: Lead): string {
  const { kind, times, cpuTimes, target } = lead;
  const [median, least, most, cpu] = [times.median, times.least, times.most, cpuTimes.median].map(
    (value) => value.toFixed(1),
  );
  const verdict = target === undefined ? "" : ` [≥ ${target}: ${met(lead) ? "met" : "missed"}]`;
  return `${kind} ${median} (${least}..${most}, ${cpu})${verdict}`;
}

/** One line of the table. */
export function peerRow({ engine, workload, size, eventsPerSecond, leads }: PeerResult): string {
  const { median, least, most } = eventsPerSecond;
  return line([
    workload,
    engine,
    whole(size.tasks),
    whole(size.events),
    whole(median),
    `${whole(least)}..${whole(most)}`,
    ` ${leads.map(leadText).join("; ")}`,
  ]);
}

/** Which targets are missed, a line each, and how many are met. */
export function peerConclusion(results: readonly PeerResult[]): {
  readonly lines: readonly string[];
  readonly met: boolean;
} {
  const judged = results.flatMap(({ engine, workload, size, leads }) =>
    leads
      .filter(({ target }) => target !== undefined)
      .map((lead) => ({ lead, where: `${workload}, ${whole(size.tasks)} tasks, ${engine}` })),
  );
  const missed = judged.filter(({ lead }) => !met(lead));
  return {
    lines: [
      ...missed.map(({ lead, where }) => `missed: ${where}: ${leadText(lead)}`),
      `${judged.length - missed.length} of ${judged.length} targets met`,
    ],
    met: missed.length === 0,
  };
}
