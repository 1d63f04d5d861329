import { badType } from "@tickless/core/kit";
import {
  type Chunk,
  digestAfter,
  END,
  EVENTS,
  readChunk,
  SEGMENT,
  TABLE,
  writeChunk,
} from "./chunk.ts";
import { chunkedTrace } from "./chunked-trace.ts";
import { readStrings, readTable } from "./decode.ts";
import { type Digest128, EMPTY_DIGEST, sameDigest } from "./digest.ts";
import type { EventOf } from "./event.ts";
import { fingerprintText } from "./fingerprint.ts";
import { readHeader } from "./header.ts";
import { readNames } from "./names.ts";
import { joinSegments } from "./segments.ts";
import { MINOR_VERSION, type Trace, type TraceHeader } from "./trace.ts";

/** Takes in chunk after chunk, and says what is wrong with them. */
export class ChunkReader {
  readonly chunks: Chunk[] = [];
  readonly bytes: Uint8Array[] = [];
  readonly strings: string[] = [""];
  readonly names: EventOf<"name">[] = [];
  readonly notices: string[] = [];
  /** Number of the event that comes next. */
  next = 1;
  /** Whether the end of the recording has come. */
  ended = false;
  #digest: Digest128 = EMPTY_DIGEST;
  #nextId = 0;
  /** What is there of a chunk that is not whole. The whole chunk takes its place. */
  #segments: Chunk[] = [];
  /** Whether a newer Tickless wrote the file, so that there may be what this one does not know. */
  readonly #isNewer: boolean;

  constructor(isNewer = false) {
    this.#isNewer = isNewer;
  }

  /** Reads `file` from `start` on, as far as it is whole. */
  read(file: Uint8Array, start: number): void {
    let at = start;
    while (at < file.length && !this.ended) {
      const found = readChunk(file, at);
      if (found === "cut") return this.#cut();
      if (found === "damaged") return this.#damaged(at);
      if (!this.#takeAny(found.chunk, found.after, file.subarray(at, found.next))) {
        return this.#damaged(at);
      }
      at = found.next;
    }
    if (!this.ended) this.#cut();
    else if (at < file.length) {
      this.notices.push(
        `${file.length - at} bytes stand behind the end of the trace, from byte ${at} on; they are ignored.`,
      );
    }
  }

  /** Takes in a chunk that this process has written itself. */
  add(bytes: Uint8Array): void {
    const found = readChunk(bytes, 0);
    if (typeof found !== "string" && this.#take(found.chunk, found.after)) this.bytes.push(bytes);
    else this.#damaged(0);
  }

  /** The trace so far. */
  trace(header: TraceHeader): Trace {
    const { chunks, bytes, strings, names, notices, ended } = this;
    const fingerprint = fingerprintText(this.#digest);
    return chunkedTrace({
      header,
      chunks,
      bytes,
      strings,
      names,
      fingerprint,
      whole: ended,
      notices,
    });
  }

  /** As `#take`, also for parts of a chunk, and for what is of a later version. */
  #takeAny(chunk: Chunk, after: Digest128, bytes: Uint8Array): boolean {
    if (chunk.kind === SEGMENT) return this.#takeSegment(chunk);
    if (chunk.kind > SEGMENT && this.#isNewer) return true;
    if (chunk.kind === END) this.#join();
    if (!this.#take(chunk, after)) return false;
    this.#segments = [];
    this.bytes.push(bytes);
    return true;
  }

  #takeSegment(segment: Chunk): boolean {
    const last = this.#segments.at(-1);
    const next = last === undefined ? this.next : last.first + last.count;
    if (segment.first !== next || !sameDigest(segment.digest, this.#digest)) return false;
    this.#segments.push(segment);
    return true;
  }

  /** Nothing more comes: what there is of a chunk counts as one. */
  #join(): void {
    const chunk = joinSegments(this.#segments, EVENTS);
    if (chunk === null) return;
    this.#segments = [];
    const after = digestAfter(chunk.digest, chunk);
    if (this.#take(chunk, after)) this.bytes.push(writeChunk(chunk, after));
  }

  /** Answers false for a chunk that does not follow the one before it. */
  #take(chunk: Chunk, after: Digest128): boolean {
    const isFirst = this.chunks.length === 0;
    if (chunk.kind === TABLE) {
      if (!isFirst || chunk.first < this.next) return false;
    } else if (isFirst && this.bytes.length > 0 && chunk.first >= this.next) {
      // It follows a gap: what the digest was there is not known from elsewhere.
      this.#digest = chunk.digest;
    } else if (chunk.first !== this.next || !sameDigest(chunk.digest, this.#digest)) {
      return false;
    }
    if (chunk.kind === EVENTS && isFirst && chunk.first > 1) {
      this.notices.push(
        `Events 1 to ${chunk.first - 1} are not there: the recording was kept in a ring, which has let go of them.`,
      );
    }
    if (chunk.kind === END) {
      this.ended = true;
      return true;
    }
    if (!this.#define(chunk)) return false;
    this.next = chunk.first + chunk.count;
    if (chunk.kind === EVENTS) {
      this.#digest = after;
      this.chunks.push(chunk);
    }
    return true;
  }

  #define(chunk: Chunk): boolean {
    try {
      if (chunk.kind === TABLE) readTable(chunk, this.strings);
      else for (const text of readStrings(chunk)) this.strings.push(text);
      for (const name of readNames(chunk, this.strings, this.#nextId)) {
        this.names.push(name);
        this.#nextId = name.id + 1;
      }
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  #until(): string {
    return this.next === 1 ? "before its first event" : `after event ${this.next - 1}`;
  }

  #cut(): void {
    this.#join();
    this.notices.push(
      `The trace ends ${this.#until()}, before its recording was finished: the recording was ` +
        "interrupted, or the file was cut off.",
    );
  }

  #damaged(at: number): void {
    this.#join();
    this.notices.push(
      `The trace is damaged at byte ${at}: what stands there is not what was written. It is readable up to ` +
        `there, and ends ${this.#until()}.`,
    );
  }
}

/**
 * Opens the bytes of a trace file. Nothing is taken on trust: each chunk has a check, and must begin
 * with the digest of all before it. A file that is cut off or damaged is opened as far as it is whole,
 * and `notices` say what is missing.
 *
 * @param name what errors call it, for example the path of the file
 * @throws TraceError: ERR_TRACE_FORMAT if it is no trace, ERR_TRACE_VERSION if a newer Tickless wrote it
 *   in a format that this one cannot read, ERR_TRACE_DAMAGED if the first line is damaged
 */
export function openTrace(bytes: Uint8Array, name = "trace"): Trace {
  if (!ArrayBuffer.isView(bytes)) {
    throw badType("bytes", "a Uint8Array", bytes, "Of an ArrayBuffer: `new Uint8Array(buffer)`.");
  }
  const { header, minor, next } = readHeader(bytes, name);
  const reader = new ChunkReader(minor > MINOR_VERSION);
  if (minor > MINOR_VERSION) {
    reader.notices.push(
      `A newer Tickless (${header.engine}) wrote the trace; events and notes of kinds that this one does not ` +
        "know are skipped.",
    );
  }
  reader.read(bytes, next);
  return reader.trace(header);
}
