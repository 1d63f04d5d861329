import { ByteReader } from "./byte-reader.ts";
import { Section } from "./bytes.ts";
import type { EventOf } from "./event.ts";

/** An entry of a names section. */
export interface NameEntry {
  readonly event: number;
  readonly id: number;
  readonly parent: number;
  /** Number of the string that says what it is. */
  readonly type: number;
  readonly segment: string;
}

/** Where a names section stands: the number of the first event it may tell of. */
interface Place {
  readonly names: Uint8Array;
  readonly first: number;
}

/** The entries of a names section; `nextId` is what the id of the first one is counted from. */
export function nameEntries({ names, first }: Place, nextId: number): NameEntry[] {
  const reader = new ByteReader(names);
  const list: NameEntry[] = [];
  let event = first - 1;
  let next = nextId;
  while (!reader.over) {
    event += reader.varint();
    const id = next + reader.signed();
    const parent = reader.varint() - 1;
    list.push({ event, id, parent, type: reader.varint(), segment: reader.text() });
    next = id + 1;
  }
  return list;
}

/** Entries as the names section of a table that begins with event 1. */
export function namesSection(entries: readonly NameEntry[]): Uint8Array {
  const names = new Section();
  let [named, next] = [0, 0];
  for (const { event, id, parent, type, segment } of entries) {
    names.varint(event - named);
    names.signed(id - next);
    names.varint(parent + 1);
    names.varint(type);
    names.text(segment);
    named = event;
    next = id + 1;
  }
  return names.view();
}

/** The name events of a chunk, but for their causes, which stand with the events. */
export function readNames(
  chunk: Place,
  strings: readonly string[],
  nextId: number,
): EventOf<"name">[] {
  return nameEntries(chunk, nextId).map(({ event, id, parent, type, segment }) => ({
    event,
    cause: 0,
    kind: "name",
    id,
    parent,
    type: strings[type] ?? "",
    segment,
  }));
}
