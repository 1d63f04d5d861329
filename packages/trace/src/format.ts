import { fieldNames, fieldsOf, type TraceEvent, valueOf } from "./event.ts";
import { LineCheck } from "./line-check.ts";
import type { Trace } from "./trace.ts";

/** A number as JSON has it: null for NaN, text for what is infinite. */
function plain(value: number | string): number | string | null {
  if (typeof value === "string" || Number.isFinite(value)) return value;
  return Number.isNaN(value) ? null : String(value);
}

function eventLine(event: TraceEvent): string {
  const values = (fieldsOf(event.kind) ?? []).map((field) => plain(valueOf(event, field)));
  return JSON.stringify([event.event, event.cause, event.kind, ...values]);
}

/**
 * The lines of a trace file: JSON Lines with a header object, one array an event (number, cause,
 * kind, and the fields that the header names), and an object at the end. The last element of each
 * line is a check over all that stands before it, so that damage is found and placed.
 */
export function* traceLines(trace: Trace): Generator<string, void, undefined> {
  const check = new LineCheck();
  const object = (value: object): string => {
    const text = JSON.stringify(value).slice(0, -1);
    return `${text},"check":"${check.next(text)}"}\n`;
  };
  yield object({ ...trace.header, fields: fieldNames });
  for (const event of trace.events()) {
    const text = eventLine(event).slice(0, -1);
    yield `${text},"${check.next(text)}"]\n`;
  }
  yield object({
    end: "tickless-trace",
    events: trace.length,
    fingerprint: trace.fingerprint,
  });
}

/** A trace as the text of a trace file. */
export function formatTrace(trace: Trace): string {
  return [...traceLines(trace)].join("");
}
