import { UsageError } from "@tickless/core";
import { badRange, badType } from "@tickless/core/kit";
import type { Digest128 } from "./digest.ts";
import { EventEncoder } from "./encoder.ts";
import { type EventKind, fieldsOf, type TraceEvent } from "./event.ts";
import { tell } from "./event-probe.ts";

/**
 * What a fingerprint covers: (t)ime, (k)ind of event, (s)ource task, (c)ause, (o)bjects with what is
 * done to them, (r)andom draws with the seed and the choices, (e)xternal results. Whoever changes
 * what is hashed, or how, changes all fingerprints.
 */
export const ALL_LETTERS = "tkscore";

/** The letter of each field that is not its kind's alone to leave out. */
const letters: { readonly [K in EventKind]?: Readonly<Record<string, string>> } = {
  begin: { seed: "r", now: "t", timeUnit: "t" },
  name: { id: "o", parent: "o", type: "o", segment: "o" },
  time: { now: "t" },
  timer: { when: "t" },
  step: { task: "s" },
  callback: { task: "s" },
  wait: { task: "s", on: "o", object: "o", until: "t", op: "o" },
  arm: { task: "s", when: "t" },
  operation: { task: "s", object: "o", name: "o", state: "o" },
  settle: { object: "o", outcome: "o" },
  cancel: { by: "s", task: "s" },
  choice: { on: "r", count: "r", picked: "r" },
  draw: { stream: "r" },
  external: { call: "e", encoded: "e" },
};

/** Stands for what is not covered. */
const blank = { number: 0, text: "", id: -1, newId: 0 } as const;

function hex(word: number): string {
  return (
    (word >>> 16).toString(16).padStart(4, "0") + (word & 0xffff).toString(16).padStart(4, "0")
  );
}

/** A digest as a fingerprint: 16 hexadecimal digits, and the letters that say what it covers. */
export function fingerprintText([h1, h2]: Digest128, covered: string = ALL_LETTERS): string {
  const digits = hex(h1) + hex(h2);
  return `${(digits.match(/.{4}/g) ?? []).join("-")}/${covered}`;
}

/** Letters in their order, each once. Throws RangeError for those that there are not; `k` must be there. */
export function checkLetters(asked: string): string {
  const right =
    typeof asked === "string" &&
    asked.split("").every((letter) => ALL_LETTERS.includes(letter)) &&
    asked.includes("k");
  if (!right) {
    throw badRange("letters", `letters of \`${ALL_LETTERS}\`, \`k\` among them`, asked);
  }
  return ALL_LETTERS.split("")
    .filter((letter) => asked.includes(letter))
    .join("");
}

/** An event with nothing in what `covered` leaves out. */
function masked(event: TraceEvent, covered: string): TraceEvent {
  const copy: Record<string, unknown> = { ...event };
  if (!covered.includes("c")) copy["cause"] = 0;
  for (const { name, type } of fieldsOf(event.kind) ?? []) {
    const letter = letters[event.kind]?.[name] ?? "k";
    if (!covered.includes(letter)) copy[name] = blank[type];
  }
  return copy as unknown as TraceEvent;
}

/** Hashes the events of one run as they come, those parts that its letters name. */
export class Fingerprint {
  readonly #encoder = new EventEncoder(null);
  readonly #letters: string;

  constructor(covered: string = ALL_LETTERS) {
    this.#letters = checkLetters(covered);
  }

  add(event: TraceEvent): void {
    tell(this.#encoder, this.#letters === ALL_LETTERS ? event : masked(event, this.#letters));
  }

  toString(): string {
    return fingerprintText(this.#encoder.digest(), this.#letters);
  }
}

/**
 * The fingerprint of a list of events.
 *
 * @param covered which letters it is to have; default: all
 */
export function fingerprintOf(events: Iterable<TraceEvent>, covered?: string): string {
  if (typeof (events as Partial<typeof events> | null)?.[Symbol.iterator] !== "function") {
    throw badType("events", "a list of events", events, "Those of a trace: `trace.events()`.");
  }
  const fingerprint = new Fingerprint(covered);
  for (const event of events) fingerprint.add(event);
  return fingerprint.toString();
}

/**
 * Whether two fingerprints are the same.
 *
 * @throws UsageError (ERR_FINGERPRINT_LETTERS) if they cover different things
 */
export function sameFingerprint(one: string, other: string): boolean {
  for (const text of [one, other]) {
    if (typeof text !== "string")
      throw badType("fingerprint", "a text such as `3f9a-…/tkscore`", text);
  }
  const [covered, differently] = [one, other].map((text) => text.split("/")[1] ?? "");
  if (covered === differently) return one === other;
  throw new UsageError(
    "ERR_FINGERPRINT_LETTERS",
    `The fingerprints \`${one}\` and \`${other}\` cannot be compared: the first covers \`${covered}\`, the ` +
      `second \`${differently}\`. Take both with the same letters: \`recorder({ letters: "${covered}" })\`.`,
  );
}
