import { type Chunk, digestAfter, NOTHING, TABLE, writeChunk } from "./chunk.ts";
import { EMPTY_DIGEST } from "./digest.ts";

/** What a ring needs of a chunk that it lets go of: the strings and names that later ones refer to. */
function tableOf({ first, count, strings, names }: Chunk): Uint8Array | null {
  if (strings.length === 0 && names.length === 0) return null;
  const table: Chunk = {
    ...NOTHING,
    kind: TABLE,
    first,
    count,
    start: 0,
    end: 0,
    digest: EMPTY_DIGEST,
    strings,
    names,
  };
  return writeChunk(table, digestAfter(EMPTY_DIGEST, table));
}

interface Kept {
  readonly bytes: Uint8Array;
  /** What remains of it when it goes; null where nothing does, or where none goes. */
  readonly table: Uint8Array | null;
}

/** Keeps chunks, the latest ones up to a size, and always the very last. */
export class Ring {
  readonly #mostBytes: number;
  readonly #tables: Uint8Array[] = [];
  readonly #kept: Kept[] = [];
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Takes a chunk in: `bytes` is `chunk` as it is written. */
  push(bytes: Uint8Array, chunk: Chunk): void {
    const isUnbounded = this.#mostBytes === Infinity;
    this.#kept.push({ bytes, table: isUnbounded ? null : tableOf(chunk) });
    this.#bytes += bytes.length;
    while (this.#bytes > this.#mostBytes && this.#kept.length > 1) {
      const oldest = this.#kept.shift() as Kept;
      this.#bytes -= oldest.bytes.length;
      if (oldest.table !== null) this.#tables.push(oldest.table);
    }
  }

  /** What is there, in the order of a file. */
  get chunks(): Uint8Array[] {
    return [...this.#tables, ...this.#kept.map(({ bytes }) => bytes)];
  }
}
