import { badRange, badType } from "@tickless/core/kit";
import { type EventKind, fieldsOf } from "./event.ts";
import type { TraceSource } from "./trace.ts";

const HINT =
  "A trace is what `record`, `recorder().trace()`, `openTrace(bytes)` and `readTrace(file)` answer; a path or " +
  "bytes have to be read first.";

/** Refuses what is no trace, such as the path of one. */
export function checkTrace(name: string, trace: unknown): void {
  const { header, events } = (trace ?? {}) as Partial<TraceSource>;
  const isTrace = typeof header === "object" && header !== null && typeof events === "function";
  if (!isTrace) throw badType(name, "a trace", trace, HINT);
}

/** The error for an event that a trace does not have. */
export function noEvent(message: string): RangeError {
  return Object.assign(new RangeError(message), { code: "ERR_OUT_OF_RANGE" });
}

/** A virtual time to look for; it may lie outside the run, and be infinite. */
export function checkPlace(name: string, time: unknown): void {
  if (typeof time !== "number" || Number.isNaN(time)) throw badType(name, "a time", time);
}

/** Refuses kinds that there are not, which would be found nowhere, in silence. */
export function checkKind(name: string, kind: EventKind | undefined): void {
  if (kind === undefined || (typeof kind === "string" && fieldsOf(kind) !== undefined)) return;
  throw badRange(name, "a kind of event, such as `wait` or `operation`", kind);
}
