import { checkTrace } from "./input.ts";
import { END, NOTHING, writeChunk, digestAfter } from "./chunk.ts";
import type { Digest128 } from "./digest.ts";
import { EventEncoder } from "./encoder.ts";
import { tell, tellNote } from "./event-probe.ts";
import { writeHeader } from "./header.ts";
import type { Trace } from "./trace.ts";

/** What stands at the end of a trace that was recorded to its end; `next` is the number after its last event. */
export function endChunk(next: number, digest: Digest128): Uint8Array {
  const chunk = { ...NOTHING, kind: END, first: next, count: 0, start: 0, end: 0, digest };
  return writeChunk(chunk, digestAfter(digest, chunk));
}

/** The chunks of a trace that has none. */
function encodeEvents(trace: Trace): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const encoder = new EventEncoder((chunk) => chunks.push(chunk));
  const notes = [...trace.notes()];
  let note = 0;
  for (const event of trace.events()) {
    tell(encoder, event);
    for (; note < notes.length && (notes[note]?.event ?? 0) <= event.event; note++) {
      tellNote(encoder, notes[note] as (typeof notes)[number]);
    }
  }
  const rest = encoder.rest();
  if (rest !== null) chunks.push(rest);
  chunks.push(endChunk(encoder.last + 1, encoder.digest()));
  return chunks;
}

/** The parts of a trace file, in order. */
export function traceParts(trace: Trace): readonly Uint8Array[] {
  checkTrace("trace", trace);
  return [writeHeader(trace.header), ...(trace.chunks ?? encodeEvents(trace))];
}

/** A trace as the bytes of a trace file; `openTrace` reads them. */
export function encodeTrace(trace: Trace): Uint8Array {
  const parts = traceParts(trace);
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const part of parts) {
    bytes.set(part, place);
    place += part.length;
  }
  return bytes;
}
