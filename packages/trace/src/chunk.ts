import { absorb, type Digest128, EMPTY_DIGEST } from "./digest.ts";

/** How many events a chunk has; the last one of a trace may have fewer. Digests are cut here. */
export const CHUNK_EVENTS = 8192;

/** What a chunk is. */
export const EVENTS = 0;
/** Strings and names of events that a ring has let go of. */
export const TABLE = 1;
/** That the recording ends here. */
export const END = 2;
/** The next part of a chunk of events that is not whole yet. */
export const SEGMENT = 3;

/** Bytes before the sections. */
export const CHUNK_HEAD = 76;

/** `TLC`, and the byte at which a terminal stops printing. */
const MAGIC = [0x54, 0x4c, 0x43, 0x1a];

/** The four parts of a chunk. Notes are outside the digest. */
export interface Sections {
  readonly strings: Uint8Array;
  readonly names: Uint8Array;
  readonly events: Uint8Array;
  readonly notes: Uint8Array;
}

/** A chunk of a trace file. */
export interface Chunk extends Sections {
  readonly kind: number;
  /** Number of its first event. */
  readonly first: number;
  readonly count: number;
  /** Virtual time before its first event, and after its last. */
  readonly start: number;
  readonly end: number;
  /** The digest of all events before it. */
  readonly digest: Digest128;
}

/** A chunk without events. */
export const NOTHING: Sections = {
  strings: new Uint8Array(0),
  names: new Uint8Array(0),
  events: new Uint8Array(0),
  notes: new Uint8Array(0),
};

/** The digest of all events up to and with those of a chunk. */
export function digestAfter(digest: Digest128, { strings, names, events }: Sections): Digest128 {
  return absorb(absorb(absorb(digest, strings), names), events);
}

/** The sections are covered by way of the digest behind them, so that they are gone through once. */
function checkOf(head: Uint8Array, after: Digest128, notes: Uint8Array): number {
  return absorb(absorb(after, head.subarray(12, CHUNK_HEAD)), notes)[0] >>> 0;
}

function headCheck(head: Uint8Array): number {
  return absorb(EMPTY_DIGEST, head.subarray(12, CHUNK_HEAD))[0] >>> 0;
}

/** A chunk as bytes. `after` is `digestAfter` of it, which whoever writes knows. */
export function writeChunk(chunk: Chunk, after: Digest128): Uint8Array {
  const sections = [chunk.strings, chunk.names, chunk.events, chunk.notes];
  const bytes = new Uint8Array(sections.reduce((sum, section) => sum + section.length, CHUNK_HEAD));
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(12, chunk.kind, true);
  view.setFloat64(16, chunk.first, true);
  view.setUint32(24, chunk.count, true);
  view.setFloat64(28, chunk.start, true);
  view.setFloat64(36, chunk.end, true);
  chunk.digest.forEach((word, i) => view.setInt32(44 + 4 * i, word, true));
  let place = CHUNK_HEAD;
  sections.forEach((section, i) => {
    view.setUint32(60 + 4 * i, section.length, true);
    bytes.set(section, place);
    place += section.length;
  });
  view.setUint32(4, headCheck(bytes), true);
  view.setUint32(8, checkOf(bytes, after, chunk.notes), true);
  return bytes;
}

/** What there is at a place in a file: a chunk, an end that comes too early, or something wrong. */
export type Found =
  | { readonly chunk: Chunk; readonly after: Digest128; readonly next: number }
  | "cut"
  | "damaged";

/** Reads the chunk at `at`. Its sections are views of `bytes`. */
export function readChunk(bytes: Uint8Array, at: number): Found {
  const head = bytes.subarray(at, at + CHUNK_HEAD);
  if (MAGIC.some((byte, i) => i < head.length && head[i] !== byte)) return "damaged";
  if (head.length < CHUNK_HEAD) return "cut";
  const view = new DataView(head.buffer, head.byteOffset, CHUNK_HEAD);
  if (view.getUint32(4, true) !== headCheck(head)) return "damaged";
  let place = at + CHUNK_HEAD;
  const [strings, names, events, notes] = [0, 1, 2, 3].map((i) => {
    const from = place;
    place += view.getUint32(60 + 4 * i, true);
    return bytes.subarray(from, place);
  }) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  if (place > bytes.length) return "cut";
  const chunk: Chunk = {
    kind: view.getUint32(12, true),
    first: view.getFloat64(16, true),
    count: view.getUint32(24, true),
    start: view.getFloat64(28, true),
    end: view.getFloat64(36, true),
    digest: [0, 1, 2, 3].map((i) => view.getInt32(44 + 4 * i, true)) as unknown as Digest128,
    strings,
    names,
    events,
    notes,
  };
  const after = digestAfter(chunk.digest, chunk);
  if (view.getUint32(8, true) !== checkOf(head, after, notes)) return "damaged";
  return { chunk, after, next: place };
}
