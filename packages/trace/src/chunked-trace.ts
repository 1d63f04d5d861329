import { noEvent } from "./input.ts";
import type { Chunk } from "./chunk.ts";
import { digestText } from "./digest.ts";
import { ChunkEvents, readNotes } from "./decode.ts";
import type { EventOf, TraceEvent } from "./event.ts";
import type { Trace, TraceHeader } from "./trace.ts";

/** Chunks of which events are kept as objects, after they have been asked for. */
const MOST_DECODED = 4;

/** What a chunked trace is made of. */
export interface ChunkedParts {
  readonly header: TraceHeader;
  /** In order, without a gap between them. */
  readonly chunks: readonly Chunk[];
  /** Every chunk as it stands in the file, those of a table among them. */
  readonly bytes: readonly Uint8Array[];
  readonly strings: readonly string[];
  /** The name events, also of events that are not there any more. */
  readonly names: readonly EventOf<"name">[];
  readonly fingerprint: string;
  /** Whether nothing is known to be missing. */
  readonly whole: boolean;
  readonly notices: readonly string[];
}

/** Decodes chunks as far as they are asked for, and keeps the latest. */
class Decoder {
  readonly #parts: ChunkedParts;
  readonly #begun = new Map<number, ChunkEvents>();
  readonly #names: ReadonlyMap<number, EventOf<"name">[]>;

  constructor(parts: ChunkedParts) {
    this.#parts = parts;
    const names = new Map<number, EventOf<"name">[]>();
    let at = 0;
    for (const [i, { first, count }] of parts.chunks.entries()) {
      const mine: EventOf<"name">[] = [];
      for (; at < parts.names.length; at++) {
        const name = parts.names[at] as EventOf<"name">;
        if (name.event >= first + count) break;
        if (name.event >= first) mine.push(name);
      }
      names.set(i, mine);
    }
    this.#names = names;
  }

  /** The events of chunk number `i`. */
  events(i: number): ChunkEvents {
    const begun = this.#begun.get(i);
    if (begun !== undefined) return begun;
    const { chunks, strings } = this.#parts;
    const events = new ChunkEvents(chunks[i] as Chunk, strings, this.#names.get(i) ?? []);
    const [oldest] = this.#begun.keys();
    if (this.#begun.size >= MOST_DECODED) this.#begun.delete(oldest as number);
    this.#begun.set(i, events);
    return events;
  }
}

/** The chunk that holds event number `n`; −1 if none does. */
function place(chunks: readonly Chunk[], n: number): number {
  let low = 0;
  let high = chunks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { first, count } = chunks[middle] as Chunk;
    if (first + count <= n) low = middle + 1;
    else high = middle;
  }
  const found = chunks[low];
  return found !== undefined && found.first <= n ? low : -1;
}

/** A trace whose events are decoded a chunk at a time, when they are asked for. */
export function chunkedTrace(parts: ChunkedParts): Trace {
  const { header, chunks, fingerprint, notices } = parts;
  const decoder = new Decoder(parts);
  const first = chunks[0]?.first ?? 1;
  const final = chunks.at(-1);
  const last = final === undefined ? first - 1 : final.first + final.count - 1;

  const find = (n: number): TraceEvent | null => {
    const i = place(chunks, n);
    return i === -1 ? null : decoder.events(i).at(n - (chunks[i] as Chunk).first);
  };

  return {
    header,
    first,
    last,
    length: last - first + 1,
    fingerprint,
    // Asked for, not made: the last chunk has to be decoded for it.
    get complete() {
      return parts.whole && first === 1 && find(last)?.kind === "end";
    },
    notices,
    startTime: chunks[0]?.start,
    names: parts.names,
    cuts: chunks.map(({ first: event, digest }) => ({
      event,
      // Asked for, not made: whoever compares two traces asks for a few.
      get digest() {
        return digestText(digest);
      },
    })),
    chunks: parts.bytes,
    event: (n) => {
      const event = Number.isInteger(n) ? find(n) : null;
      if (event !== null) return event;
      const why =
        n >= first && n <= last
          ? "is of a kind that this Tickless does not know"
          : `is not there: it has events ${first} to ${last}`;
      throw noEvent(`Event ${String(n)} of the trace ${why}.`);
    },
    *events(from = first, to = last) {
      for (let i = Math.max(0, place(chunks, Math.max(from, first))); i < chunks.length; i++) {
        const { first: begin, count } = chunks[i] as Chunk;
        if (begin > to) return;
        const events = decoder.events(i);
        const end = Math.min(count, to - begin + 1);
        for (let n = Math.max(0, from - begin); n < end; n++) {
          const event = events.at(n);
          if (event !== null) yield event;
        }
      }
    },
    *notes(from = first, to = last) {
      for (const chunk of chunks) {
        if (chunk.first > to || chunk.notes.length === 0) continue;
        for (const note of readNotes(chunk)) if (note.event >= from && note.event <= to) yield note;
      }
    },
  };
}
