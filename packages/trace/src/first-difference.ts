import { checkTrace } from "./input.ts";
import { fieldsOf, type TraceEvent, valueOf } from "./event.ts";
import type { TraceCut, TraceSource } from "./trace.ts";

/** Equal as numbers, with one NaN; -0 is 0. */
function sameValue(one: number | string, other: number | string): boolean {
  return one === other || (Number.isNaN(one) && Number.isNaN(other));
}

/** Whether two events say the same. Ids that one of them introduces may differ. */
export function sameEvent(one: TraceEvent, other: TraceEvent): boolean {
  if (one.kind !== other.kind || one.cause !== other.cause) return false;
  for (const field of fieldsOf(other.kind) ?? []) {
    if (field.type === "newId") continue;
    if (!sameValue(valueOf(one, field), valueOf(other, field))) return false;
  }
  return true;
}

/** From which event on two traces have to be compared, as far as their digests tell. */
function startOf(a: TraceSource, b: TraceSource): number {
  const others = new Map((b.cuts ?? []).map((cut) => [cut.event, cut]));
  const shared = (a.cuts ?? []).filter(({ event }) => others.has(event));
  // Digests are chained: after the first that differs all do.
  let [low, high] = [0, shared.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { event, digest } = shared[middle] as TraceCut;
    if (others.get(event)?.digest === digest) low = middle + 1;
    else high = middle;
  }
  return Math.max(a.first, b.first, shared[low - 1]?.event ?? 0);
}

/**
 * Number of the first event in which two traces differ; the first that one of them has and the other
 * has not, if one ends earlier; 0 if they are the same. Digests tell which part has to be looked at.
 */
export function firstDifference(a: TraceSource, b: TraceSource): number {
  checkTrace("a", a);
  checkTrace("b", b);
  const start = startOf(a, b);
  const others = b.events(start);
  let number = start;
  for (const one of a.events(start)) {
    const other = others.next();
    // Up to here both have named the same things in the same order, so ids stand for the same.
    if (other.done === true || !sameEvent(one, other.value)) return number;
    number++;
  }
  return others.next().done === true ? 0 : number;
}
