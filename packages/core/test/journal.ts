import type { Probe } from "../src/probe.ts";

const events = [
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
  "choice",
  "draw",
  "external",
  "end",
] as const satisfies readonly (keyof Probe)[];

/** A probe that writes down everything it is told, one line an event. */
export interface Journal {
  readonly probe: Probe;
  readonly lines: string[];
}

/** Two runs with equal lines took the same course. */
export function journal(): Journal {
  const lines: string[] = [];
  const probe = Object.fromEntries(
    events.map((event) => [
      event,
      (...values: readonly unknown[]) => void lines.push([event, ...values].join(" ").trimEnd()),
    ]),
  ) as Probe;
  return { probe, lines };
}
