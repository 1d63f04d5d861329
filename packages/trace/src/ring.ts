import { Section } from "./bytes.ts";
import { type Chunk, digestAfter, NOTHING, readChunk, TABLE, writeChunk } from "./chunk.ts";
import { countStrings } from "./decode.ts";
import { EMPTY_DIGEST } from "./digest.ts";
import { RingNames } from "./ring-names.ts";

interface Kept {
  readonly bytes: Uint8Array;
  /** Whether later chunks may need something of it when it goes: it has names or strings. */
  readonly defines: boolean;
}

/** A chunk that this process has written itself. */
function chunkOf(bytes: Uint8Array): Chunk {
  const found = readChunk(bytes, 0);
  if (typeof found === "string") throw new RangeError(`A chunk in memory is ${found}.`);
  return found.chunk;
}

/**
 * Keeps chunks, the latest ones up to a size, and always the very last; and of those before what later ones
 * need: the strings that may come again, and names.
 */
export class Ring {
  readonly #mostBytes: number;
  readonly #strings: () => Iterable<readonly [string, number]>;
  readonly #kept: Kept[] = [];
  #bytes = 0;
  readonly #names: RingNames;
  /** Number of the first event that is kept. */
  #first = 1;
  /** How many strings there were before it, with the empty one. */
  #stringCount = 1;

  /** `strings` answers those that are known by their numbers, in the order of these. */
  constructor(mostBytes: number, strings: () => Iterable<readonly [string, number]>) {
    this.#mostBytes = mostBytes;
    this.#strings = strings;
    this.#names = new RingNames(mostBytes);
  }

  /** Takes a chunk in: `bytes` is `chunk` as it is written. */
  push(bytes: Uint8Array, chunk: Chunk): void {
    this.#kept.push({ bytes, defines: chunk.names.length + chunk.strings.length > 0 });
    this.#bytes += bytes.length;
    while (this.#bytes > this.#mostBytes && this.#kept.length > 1) {
      this.#letGo(this.#kept.shift() as Kept);
    }
    if (this.#names.isFull) this.#names.choose(this.#chunks());
  }

  /** What is there, in the order of a file. */
  get chunks(): Uint8Array[] {
    const kept = this.#kept.map(({ bytes }) => bytes);
    return this.#first === 1 ? kept : [this.#table(), ...kept];
  }

  *#chunks(): Generator<Chunk> {
    for (const { bytes } of this.#kept) yield chunkOf(bytes);
  }

  #letGo({ bytes, defines }: Kept): void {
    this.#bytes -= bytes.length;
    this.#first += new DataView(bytes.buffer, bytes.byteOffset).getUint32(24, true);
    if (!defines) return;
    const chunk = chunkOf(bytes);
    this.#stringCount += countStrings(chunk);
    if (chunk.names.length > 0) this.#names.keep(chunk);
  }

  /** Strings and names of events that are not there any more. */
  #table(): Uint8Array {
    const table: Chunk = {
      ...NOTHING,
      kind: TABLE,
      first: 1,
      count: this.#first - 1,
      start: 0,
      end: 0,
      digest: EMPTY_DIGEST,
      strings: this.#stringsSection(),
      names: this.#names.section(),
    };
    return writeChunk(table, digestAfter(EMPTY_DIGEST, table));
  }

  /** Each with how many there were before it that are gone. The very last is always there, empty if it is gone. */
  #stringsSection(): Uint8Array {
    const section = new Section();
    const last = this.#stringCount - 1;
    let next = 1;
    const write = (text: string, number: number): void => {
      section.varint(number - next);
      section.text(text);
      next = number + 1;
    };
    for (const [text, number] of this.#strings())
      if (number > 0 && number <= last) write(text, number);
    if (next <= last) write("", last);
    return section.view();
  }
}
