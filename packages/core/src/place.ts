import {
  type Frames,
  framesOf,
  type Stack,
  takeStack,
  takeStackOfAwait,
  withoutRepeats,
} from "./stack.ts";

/** A place in the program at which something was done, as debug mode remembers it. */
export class Place {
  readonly #stack: Stack;
  readonly #befores: readonly (Place | undefined)[];
  readonly #around: Place | null;
  #awaited: Stack | null = null;
  #frames: Frames | null = null;

  /**
   * The place where the code is now.
   *
   * @param befores say it if no code of the program is on the stack: where what is awaited was made
   * @param around what the stack does not reach: where the block was begun that this is part of
   */
  constructor(befores: readonly (Place | undefined)[] = [], around: Place | null = null) {
    this.#stack = takeStack();
    this.#befores = befores;
    this.#around = around;
  }

  /** It is the `await` that handed `resolve` to `then`. */
  awaitedBy(resolve: (value: never) => void): void {
    takeStackOfAwait(resolve, (stack) => {
      this.#awaited = stack;
    });
  }

  /** Innermost first; empty if no code of the program was on the stack. */
  get frames(): Frames {
    if (this.#frames === null || this.#frames.length === 0) this.#frames = this.#read();
    return this.#frames;
  }

  #read(): Frames {
    let frames = this.#awaited === null ? [] : framesOf(this.#awaited);
    if (frames.length === 0) frames = framesOf(this.#stack);
    const around = this.#around?.frames ?? [];
    if (frames.length > 0) return withoutRepeats([...frames, ...around]);
    const before = this.#befores.find((place) => place !== undefined && place.frames.length > 0);
    // The place before may be the one around, which has told all.
    return before === this.#around
      ? around
      : withoutRepeats([...(before?.frames ?? []), ...around]);
  }
}

/** Below this many entries nothing is looked through. */
const FEW = 256;

/**
 * Notes by what they are about. What is over is forgotten whenever the entries have doubled: a run in
 * debug mode holds as many as it has tasks, waits and futures in use, and not as many as it ever had.
 */
export class Notes<K, V = Place> {
  readonly #notes = new Map<K, V>();
  readonly #inUse: () => (key: K, note: V) => boolean;
  #enough = FEW;

  /** @param inUse answers what tells, for the present moment, whether a note can still be asked for */
  constructor(inUse: () => (key: K, note: V) => boolean) {
    this.#inUse = inUse;
  }

  set(key: K, note: V): void {
    if (this.#notes.size >= this.#enough) this.#forget();
    this.#notes.set(key, note);
  }

  get(key: K): V | undefined {
    return this.#notes.get(key);
  }

  delete(key: K): void {
    this.#notes.delete(key);
  }

  /** All entries, oldest first. */
  get entries(): [K, V][] {
    return [...this.#notes];
  }

  clear(): void {
    this.#notes.clear();
  }

  #forget(): void {
    const inUse = this.#inUse();
    for (const [key, note] of this.#notes) if (!inUse(key, note)) this.#notes.delete(key);
    this.#enough = Math.max(FEW, 2 * this.#notes.size);
  }
}

/** Most frames of one stack that a report shows. */
const MOST_FRAMES = 8;

/** Frames as lines of a report, behind `margin`. */
export function frameLines(frames: Frames, margin: string): string[] {
  const lines = frames.slice(0, MOST_FRAMES).map((frame) => `${margin}${frame}`);
  const more = frames.length - MOST_FRAMES;
  return more > 0 ? [...lines, `${margin}… and ${more} more`] : lines;
}

/** What was done at `place`, with the stack: `Created`, `at main (file:///jobs.ts:3:5)`; "" if unknown. */
export function whereText(what: string, place: Place | null | undefined): string {
  const frames = place?.frames ?? [];
  return frames.length === 0 ? "" : [what, ...frameLines(frames, "    ")].join("\n");
}

/** What a report says of places, as a part of its context. */
export function noted(...texts: readonly string[]): { readonly where?: string } {
  const where = texts.filter((text) => text !== "").join("\n");
  return where === "" ? {} : { where };
}
