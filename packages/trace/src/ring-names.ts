import type { Chunk } from "./chunk.ts";
import { ChunkEvents, readNotes } from "./decode.ts";
import { type NameEntry, nameEntries, namesSection } from "./names.ts";

/** What is kept for names at least, in bytes. */
const LEAST_BYTES = 65_536;
/** What an id takes in the list of those that have settled. */
const ID_BYTES = 8;
/** The numbers of an entry, at most. */
const ENTRY_BYTES = 16;

/** The names that a chunk introduces, as its bytes. */
interface Piece {
  readonly names: Uint8Array;
  readonly first: number;
  readonly nextId: number;
}

/** Whom and what the events and notes of a chunk tell of, also as the parent of what is named there. */
function* mentioned(chunk: Chunk): Generator<number> {
  for (const event of new ChunkEvents(chunk, [], [])) {
    if (event === null) continue;
    if ("task" in event) yield event.task;
    if ("object" in event) yield event.object;
    if ("by" in event) yield event.by;
  }
  for (const note of readNotes(chunk)) yield note.task;
  for (const { parent } of nameEntries(chunk, 0)) yield parent;
}

/**
 * Chooses the names that remain. What recent events tell of is needed; of the rest nobody knows what later
 * ones will tell of. The likeliest is what has not settled: what has been there from the start, and
 * what is new.
 */
class Choice {
  readonly #entries: ReadonlyMap<number, NameEntry>;
  readonly #ids = new Set<number>();
  #left: number;

  constructor(entries: readonly NameEntry[], bytes: number) {
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]));
    this.#left = bytes;
    const last = entries.at(-1);
    // What comes next counts its ids from it.
    if (last !== undefined) this.#ids.add(last.id);
  }

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  /** In any case: they are as many as the events that are kept. Their ancestors as far as there is room. */
  need(ids: Iterable<number>): void {
    const needed = [...new Set(ids)].filter((id) => this.#entries.has(id));
    for (const id of needed) this.#ids.add(id);
    for (const id of needed) this.#addAncestors(id);
  }

  /** As far as there is room. */
  add(id: number): void {
    if (this.#take(id)) this.#addAncestors(id);
  }

  #take(id: number): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined || this.#ids.has(id) || this.#left <= 0) return false;
    this.#left -= ENTRY_BYTES + entry.segment.length;
    this.#ids.add(id);
    return true;
  }

  #addAncestors(id: number): void {
    let parent = this.#entries.get(id)?.parent ?? -1;
    while (this.#take(parent)) parent = this.#entries.get(parent)?.parent ?? -1;
  }
}

/**
 * The names of what was introduced in chunks that a ring has let go of, in memory of a bounded size:
 * a program may make new objects for ever.
 */
export class RingNames {
  readonly #budget: number;
  #pieces: Piece[] = [];
  /** Ids that have settled in those chunks. */
  #settled: number[] = [];
  #nextId = 0;
  #bytes = 0;
  #most: number;

  /** Names take `bytes` or 64 KB, whichever is more; and what recent events tell of remains in any case. */
  constructor(bytes: number) {
    this.#budget = Math.max(bytes, LEAST_BYTES);
    this.#most = this.#budget;
  }

  /** Takes over the names of a chunk, of which nothing else will remain. */
  keep(chunk: Chunk): void {
    const { first } = chunk;
    const names = chunk.names.slice();
    this.#pieces.push({ names, first, nextId: this.#nextId });
    this.#nextId = (nameEntries(chunk, this.#nextId).at(-1)?.id ?? this.#nextId - 1) + 1;
    const before = this.#settled.length;
    for (const event of new ChunkEvents(chunk, [], [])) {
      if (event?.kind === "settle") this.#settled.push(event.object);
    }
    this.#bytes += names.length + ID_BYTES * (this.#settled.length - before);
  }

  /** Whether it is time to choose. */
  get isFull(): boolean {
    return this.#bytes > this.#most;
  }

  /** Lets go of names, but of none that `kept`, the chunks that are left, tell of. */
  choose(kept: Iterable<Chunk>): void {
    const entries = this.#entries();
    const choice = new Choice(entries, this.#budget / 2);
    choice.need(allMentioned(kept));
    const settled = new Set(this.#settled);
    const open = entries.filter(({ id }) => !settled.has(id));
    for (let i = 0; i < open.length / 2; i++) {
      choice.add(open[i]?.id as number);
      choice.add(open[open.length - 1 - i]?.id as number);
    }
    for (const { id } of entries.toReversed()) choice.add(id);
    const left = entries.filter(({ id }) => choice.has(id));
    const names = namesSection(left).slice();
    this.#pieces = [{ names, first: 1, nextId: 0 }];
    this.#settled = left.map(({ id }) => id).filter((id) => settled.has(id));
    this.#bytes = names.length + ID_BYTES * this.#settled.length;
    this.#most = Math.max(this.#budget, 2 * this.#bytes);
  }

  /** All of them, as the names section of a table. */
  section(): Uint8Array {
    return namesSection(this.#entries());
  }

  #entries(): NameEntry[] {
    return this.#pieces.flatMap((piece) => nameEntries(piece, piece.nextId));
  }
}

function* allMentioned(chunks: Iterable<Chunk>): Generator<number> {
  for (const chunk of chunks) yield* mentioned(chunk);
}
