import type { Inexact, Tally } from "./check.ts";
import type { LogEvent } from "./scenario.ts";

const SHOWN = 3;
const CONTEXT = 2;
/** Events before and after the difference, when only one scenario was asked for. */
const CLOSE_UP = 15;

function line(mark: string, index: number, event: LogEvent | undefined): string {
  return `  ${mark} ${String(index).padStart(5)}  ${event ? JSON.stringify(event) : "(the log has ended)"}`;
}

function sum(counts: Iterable<number>): number {
  return [...counts].reduce((total, count) => total + count, 0);
}

/** `async: 231 of 250 exact, 18 unsupported, 1 different` */
export function summary(kind: string, tally: Tally): string {
  const parts = [`${tally.exact} of ${tally.total} exact`];
  const unsupported = sum(tally.unsupported.values());
  if (unsupported > 0) parts.push(`${unsupported} unsupported`);
  if (tally.inexact.length > 0) parts.push(`${tally.inexact.length} different`);
  return `${kind}: ${parts.join(", ")}`;
}

/** What was missing, the most wanted first. */
export function missing(tally: Tally): string[] {
  return [...tally.unsupported]
    .toSorted(([, a], [, b]) => b - a)
    .map(([what, count]) => `  ${what} (${count})`);
}

/** The first scenarios that differ, each with its first differing event. */
export function differences(tally: Tally): string[] {
  return tally.inexact.slice(0, SHOWN).flatMap(difference);
}

function difference({ id, difference: { index, ...events }, expected }: Inexact): string[] {
  const from = Math.max(0, index - CONTEXT);
  return [
    `  ${id} differs at event ${index}`,
    ...expected.slice(from, index).map((event, i) => line(" ", from + i, event)),
    line("-", index, events.expected),
    line("+", index, events.got),
  ];
}

/** Both logs of a scenario around its first difference. */
export function closeUp({ id, difference: { index }, expected, got }: Inexact): string[] {
  const from = Math.max(0, index - CLOSE_UP);
  const to = index + CLOSE_UP;
  const shown = (log: readonly LogEvent[]): string[] =>
    log.slice(from, to).map((event, i) => line(from + i === index ? ">" : " ", from + i, event));
  return [
    `  ${id} differs at event ${index}`,
    "  expected",
    ...shown(expected),
    "  got",
    ...shown(got),
  ];
}
