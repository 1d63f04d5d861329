import { type Chunk, digestAfter, readChunk, SEGMENT, type Sections, writeChunk } from "./chunk.ts";

const SECTIONS = ["strings", "names", "events", "notes"] as const;

function sections(of: (name: (typeof SECTIONS)[number]) => Uint8Array): Sections {
  return { strings: of("strings"), names: of("names"), events: of("events"), notes: of("notes") };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const part of parts) {
    bytes.set(part, place);
    place += part.length;
  }
  return bytes;
}

/**
 * Cuts a chunk that still grows into segments, so that what has happened can be written down before the
 * chunk is whole. A chunk that is whole is written as if there had been no segments, and takes their
 * place: so neither digests nor what readers see depend on when segments were cut.
 */
export class SegmentWriter {
  /** The chunk in progress, as far as it has been handed out. */
  #written: Chunk | null = null;

  /** What `chunk`, as bytes, has that was not handed out yet; null if that is nothing. */
  next(bytes: Uint8Array): Uint8Array | null {
    const found = readChunk(bytes, 0);
    if (typeof found === "string") return null;
    const { chunk } = found;
    const before = this.#written?.first === chunk.first ? this.#written : null;
    const count = chunk.count - (before?.count ?? 0);
    if (count === 0 && chunk.notes.length === (before?.notes.length ?? 0)) return null;
    this.#written = chunk;
    const segment: Chunk = {
      ...chunk,
      ...sections((name) => chunk[name].subarray(before?.[name].length ?? 0)),
      kind: SEGMENT,
      first: chunk.first + chunk.count - count,
      count,
    };
    return writeChunk(segment, digestAfter(segment.digest, segment));
  }
}

/** The chunk of which these are the segments, as far as they go. */
export function joinSegments(segments: readonly Chunk[], kind: number): Chunk | null {
  const [first] = segments;
  const last = segments.at(-1);
  if (first === undefined || last === undefined) return null;
  return {
    ...first,
    ...sections((name) => joined(segments.map((segment) => segment[name]))),
    kind,
    count: last.first + last.count - first.first,
    end: last.end,
  };
}
