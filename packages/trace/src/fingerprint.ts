import { Digest, type Digest128 } from "./digest.ts";
import { fieldsOf, type TraceEvent, valueOf } from "./event.ts";

/**
 * What a fingerprint covers: (t)ime, (k)ind of event, (s)ource task, (c)ause, (o)bjects with what
 * is done to them, (r)andom draws with the seed, (e)xternal results. Whoever changes what is hashed,
 * or how, changes all fingerprints.
 */
const LETTERS = "tkscore";

const NOBODY: Digest128 = [0, 0, 0, 0];

function hex(word: number): string {
  return (
    (word >>> 16).toString(16).padStart(4, "0") + (word & 0xffff).toString(16).padStart(4, "0")
  );
}

/**
 * Hashes the events of one run as they come. Tasks and objects count by a hash of their path, never
 * by id, and a path by the hash of its parent and its last segment, so that no path is put together.
 */
export class Fingerprint {
  readonly #digest = new Digest();
  readonly #paths: Digest128[] = [];

  add(event: TraceEvent): void {
    const digest = this.#digest;
    digest.text(event.kind);
    digest.number(event.cause);
    for (const field of fieldsOf(event.kind) ?? []) {
      const value = valueOf(event, field);
      if (field.type === "number") digest.number(value as number);
      else if (field.type === "text") digest.text(value as string);
      else if (field.type === "id")
        for (const word of this.#path(value as number)) digest.word(word);
    }
    if (event.kind === "name") this.#name(event.id, event.parent, event.segment);
  }

  /** 16 hexadecimal digits of the hash so far, and the letters that say what it covers. */
  toString(): string {
    const [h1, h2] = this.#digest.value();
    const digits = hex(h1) + hex(h2);
    return `${(digits.match(/.{4}/g) ?? []).join("-")}/${LETTERS}`;
  }

  #name(id: number, parent: number, segment: string): void {
    const path = new Digest();
    for (const word of this.#path(parent)) path.word(word);
    path.text(segment);
    this.#paths[id] = path.value();
  }

  #path(id: number): Digest128 {
    return this.#paths[id] ?? NOBODY;
  }
}

/** The fingerprint of a list of events. */
export function fingerprintOf(events: readonly TraceEvent[]): string {
  const fingerprint = new Fingerprint();
  for (const event of events) fingerprint.add(event);
  return fingerprint.toString();
}
