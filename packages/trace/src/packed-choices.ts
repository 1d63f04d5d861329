/** The alphabet of base64url (RFC 4648): what no shell and no URL takes for something else. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Bits that tell `count` options apart: 0 for one, 1 for two, 2 for three and four. */
function bitsFor(count: number): number {
  return 32 - Math.clz32(count - 1);
}

/** Writes choices one behind the other, each with as few bits as its options need. */
export class ChoiceWriter {
  #text = "";
  /** The bits of the letter that is not full yet, and how many they are. */
  #rest = 0;
  #filled = 0;

  /** Letters so far. */
  get length(): number {
    return this.#text.length;
  }

  /** Option `picked` of `count`. */
  add(count: number, picked: number): void {
    for (let bit = bitsFor(count) - 1; bit >= 0; bit--) this.#bit((picked >>> bit) & 1);
  }

  /** All choices as letters. A last 1 says where they end; after it the letter is filled with 0. */
  toString(): string {
    const last = ((this.#rest << 1) | 1) << (5 - this.#filled);
    return this.#text + (LETTERS[last] as string);
  }

  #bit(bit: number): void {
    this.#rest = (this.#rest << 1) | bit;
    if (++this.#filled < 6) return;
    this.#text += LETTERS[this.#rest] as string;
    this.#rest = 0;
    this.#filled = 0;
  }
}

/** Reads what a ChoiceWriter has written. How many options there were it is told again. */
export class ChoiceReader {
  readonly #text: string;
  /** Number of bits before the 1 that ends them. */
  readonly #end: number;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    const last = LETTERS.indexOf(text.at(-1) ?? "");
    // The lowest 1 of the last letter.
    this.#end = last > 0 ? text.length * 6 - (32 - Math.clz32(last & -last)) : 0;
  }

  /** Whether `text` can have been written by a ChoiceWriter. */
  static accepts(text: string): boolean {
    return /^[\w-]*[B-Za-z0-9_-]$/.test(text);
  }

  /** How many bits have not been read. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** The next choice among `count`; null once there are no more, and for what is no option. */
  next(count: number): number | null {
    const bits = bitsFor(count);
    if (this.#at + bits > this.#end) {
      this.#at = this.#end;
      return null;
    }
    let picked = 0;
    for (let i = 0; i < bits; i++) picked = (picked << 1) | this.#bit(this.#at++);
    return picked < count ? picked : null;
  }

  #bit(at: number): number {
    return (LETTERS.indexOf(this.#text[Math.floor(at / 6)] as string) >>> (5 - (at % 6))) & 1;
  }
}
