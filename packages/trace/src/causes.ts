import { describeEvent } from "./describe.ts";
import type { TraceEvent } from "./event.ts";
import type { TraceIndex } from "./trace-index.ts";

/** An event as a report lists it. */
export interface ListedEvent {
  /** Its number. */
  readonly event: number;
  /** Its virtual time. */
  readonly time: number;
  /** What happened, in words. */
  readonly text: string;
}

/** An event as a report lists it. */
export function listed(event: TraceEvent, index: TraceIndex): ListedEvent {
  return { event: event.event, time: index.timeAt(event.event), text: describeEvent(event, index) };
}

/** Event number `event`, the event that made it happen, and so on back, at most `most` of them. */
export function causesFrom(event: number, index: TraceIndex, most: number): ListedEvent[] {
  const chain: ListedEvent[] = [];
  for (let at = index.at(event); at !== undefined && chain.length < most; at = index.at(at.cause)) {
    chain.push(listed(at, index));
  }
  return chain;
}

/**
 * Paths of the tasks that were ready to go on just before event number `event`: those that go on
 * before time moves, woken by what happened earlier.
 */
export function readyBefore(event: number, index: TraceIndex): string[] {
  const ready: string[] = [];
  for (let number = event; ; number++) {
    const at = index.at(number);
    if (at === undefined || at.kind === "time" || at.kind === "end") return ready;
    if (at.kind === "step" && at.cause < event) ready.push(index.pathOf(at.task));
  }
}

/** Paths of whose event it is and of what it is done to; empty where there is none. */
export function pathsOf(
  event: TraceEvent,
  index: TraceIndex,
): { readonly task: string; readonly object: string } {
  const object = "object" in event ? event.object : event.kind === "cancel" ? event.task : -1;
  return { task: index.pathOf(index.taskOf(event)), object: index.pathOf(object) };
}

/** How far ahead something is looked for, in events: enough for an order to be told from another course. */
export const LOOKAHEAD = 2000;

/** Number of the next event from `from` on with the words of `event`; 0 if there is none near. */
export function comesLater(event: TraceEvent, from: number, index: TraceIndex): number {
  const words = describeEvent(event, index);
  for (let number = from; number < from + LOOKAHEAD; number++) {
    const at = index.at(number);
    if (at === undefined) return 0;
    if (at.kind === event.kind && describeEvent(at, index) === words) return number;
  }
  return 0;
}
