import { Section } from "../src/bytes.ts";
import { digestAfter, EVENTS, NOTHING, writeChunk } from "../src/chunk.ts";
import { EMPTY_DIGEST } from "../src/digest.ts";
import { endChunk } from "../src/encode.ts";
import { lineCheck } from "../src/line-check.ts";
import type { TraceHeader } from "../src/index.ts";

const newEvent = [0, 99, 3, 1, 2, 3];

/** A file as a later minor version may write it: an event and a note of kinds that are not known yet. */
export function later(header: TraceHeader): Uint8Array {
  const plain = JSON.stringify({ ...header, program: null, minor: 7 }).slice(0, -1);
  const line = new TextEncoder().encode(`${plain},"check":"${lineCheck(plain)}"}\n`);
  const events = Uint8Array.of(
    // time: two units on
    3 | 64,
    4,
    // kind 99, of three bytes
    ...newEvent,
    // time: five units on
    3 | 64,
    10,
  );
  const notes = new Section();
  notes.append(Uint8Array.of(9, 1, 2, 1, 1)); // kind 9, of two bytes
  notes.append(Uint8Array.of(2, 2, 7, 0, 5)); // a log line
  notes.append(new TextEncoder().encode("after"));
  const chunk = {
    ...NOTHING,
    kind: EVENTS,
    first: 1,
    count: 3,
    start: 0,
    end: 7,
    digest: EMPTY_DIGEST,
    events,
    notes: notes.view(),
  };
  const after = digestAfter(EMPTY_DIGEST, chunk);
  return Uint8Array.from([...line, ...writeChunk(chunk, after), ...endChunk(4, after)]);
}
