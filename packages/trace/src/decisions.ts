import type { ChoiceKind, Policy } from "@tickless/core/kit";
import type { TraceSource } from "./trace.ts";

/** The encoded outcomes of a trace's `external` calls, by their numbers. */
export function outcomesOf(trace: TraceSource): ReadonlyMap<number, string> {
  const outcomes = new Map<number, string>();
  for (const event of trace.events()) {
    if (event.kind === "external") outcomes.set(event.call, event.encoded);
  }
  return outcomes;
}

/**
 * Takes what the program does not determine from a trace, and holds nothing against it. Where the trace
 * has no more choices of a kind, or no such option, the first one is taken; a call of which it has no
 * outcome is made for real.
 */
export function decisionsOf(trace: TraceSource): Policy {
  const choices: Record<string, number[]> = { ready: [], external: [], choose: [], jitter: [] };
  for (const event of trace.events()) {
    if (event.kind === "choice") choices[event.on]?.push(event.picked);
  }
  const taken: Record<ChoiceKind, number> = { ready: 0, external: 0, choose: 0, jitter: 0 };
  const outcomes = outcomesOf(trace);
  return {
    fifo: !trace.header.options.policy,
    choose: (kind, count) => {
      const picked = choices[kind]?.[taken[kind]++] ?? 0;
      return picked < count ? picked : 0;
    },
    external: (call) => outcomes.get(call),
  };
}
