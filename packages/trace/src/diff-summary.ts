import type { TraceEvent } from "./event.ts";
import { TraceIndex } from "./trace-index.ts";
import type { TraceSource } from "./trace.ts";

/** Something that two traces have in different numbers. */
export interface DiffEntry {
  /** What: `task main/worker`, `queue main/jobs: put`, `draws from "arrivals"` … */
  readonly what: string;
  /** How often in the first trace. */
  readonly a: number;
  /** How often in the second trace. */
  readonly b: number;
}

/** What each of two traces has that the other lacks, matched by path. */
export interface DiffSummary {
  /** Tasks and objects of the first trace alone, each with how many events it has. */
  readonly onlyA: readonly DiffEntry[];
  /** Those of the second alone. */
  readonly onlyB: readonly DiffEntry[];
  /** What both have, but not equally often. */
  readonly both: readonly DiffEntry[];
}

/** Counts what a trace has, by words that mean the same in any other. */
class Counts {
  /** Tasks and objects by type and path, with the number of events that tell of them. */
  readonly things = new Map<string, number>();
  /** What was done, by whom or to what. */
  readonly deeds = new Map<string, number>();
  readonly #index: TraceIndex;
  /** Types and paths by id, put together once. */
  readonly #named: string[] = [];

  constructor(trace: TraceSource) {
    this.#index = new TraceIndex(trace);
    for (const event of trace.events()) this.#count(event);
  }

  #name(id: number): string {
    return (this.#named[id] ??= `${this.#index.typeOf(id)} ${this.#index.pathOf(id)}`);
  }

  #thing(id: number): void {
    if (id < 0) return;
    const name = this.#name(id);
    this.things.set(name, (this.things.get(name) ?? 0) + 1);
  }

  #deed(what: string): void {
    this.deeds.set(what, (this.deeds.get(what) ?? 0) + 1);
  }

  #count(event: TraceEvent): void {
    if (event.kind === "name") this.#thing(event.id);
    if ("task" in event) this.#thing(event.task);
    if ("object" in event) this.#thing(event.object);
    if (event.kind === "step") this.#deed(`${this.#name(event.task)}: steps`);
    else if (event.kind === "operation") this.#deed(`${this.#name(event.object)}: ${event.name}`);
    else if (event.kind === "draw") this.#deed(`draws from "${event.stream}"`);
    else if (event.kind === "settle") this.#deed(`${this.#name(event.object)}: ${event.outcome}`);
    else if (event.kind === "cancel") this.#deed(`${this.#name(event.task)}: asked to cancel`);
    else if (event.kind === "external") this.#deed("results of external calls");
  }
}

/** `task main/a: steps` belongs to `task main/a`. */
function thingOf(deed: string): string {
  const end = deed.lastIndexOf(": ");
  return end < 0 ? "" : deed.slice(0, end);
}

/** Counts what is in each of two traces, and answers where they do not agree. */
export function summaryOf(one: TraceSource, other: TraceSource): DiffSummary {
  const [a, b] = [new Counts(one), new Counts(other)];
  const only = (those: Map<string, number>, lacking: Map<string, number>): [string, number][] =>
    [...those].filter(([what]) => !lacking.has(what));
  const both: DiffEntry[] = [];
  for (const what of new Set([...a.deeds.keys(), ...b.deeds.keys()])) {
    const [inA, inB] = [a.deeds.get(what) ?? 0, b.deeds.get(what) ?? 0];
    const thing = thingOf(what);
    // What only one of them has is told of as a whole.
    if (inA === inB || (thing !== "" && !(a.things.has(thing) && b.things.has(thing)))) continue;
    both.push({ what, a: inA, b: inB });
  }
  return {
    onlyA: only(a.things, b.things).map(([what, count]) => ({ what, a: count, b: 0 })),
    onlyB: only(b.things, a.things).map(([what, count]) => ({ what, a: 0, b: count })),
    both,
  };
}
