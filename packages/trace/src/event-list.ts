import { noEvent } from "./input.ts";
import type { TraceEvent } from "./event.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { TraceNote } from "./note.ts";
import type { Trace, TraceHeader } from "./trace.ts";

/**
 * A trace of events that are there as objects: event number n at index n − 1.
 *
 * @param fingerprint default: that of the events
 * @internal
 */
export function traceOf(
  header: TraceHeader,
  events: readonly TraceEvent[],
  notes: readonly TraceNote[] = [],
  fingerprint: string = fingerprintOf(events),
): Trace {
  return {
    header,
    length: events.length,
    first: 1,
    last: events.length,
    fingerprint,
    complete: events.at(-1)?.kind === "end",
    notices: [],
    event: (n) => {
      const event = events[n - 1];
      if (event !== undefined) return event;
      throw noEvent(`The trace has no event ${n}; it has events 1 to ${events.length}.`);
    },
    *events(from = 1, to = events.length) {
      for (let n = Math.max(1, from); n <= Math.min(to, events.length); n++) {
        yield events[n - 1] as TraceEvent;
      }
    },
    *notes(from = 1, to = Infinity) {
      for (const note of notes) if (note.event >= from && note.event <= to) yield note;
    },
  };
}
