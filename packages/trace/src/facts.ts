import type { EventColumns } from "./event-columns.ts";
import { FactEnds, NEVER } from "./fact-ends.ts";

/** Least number of events from one snapshot to the next. */
const SNAPSHOT_EVENTS = 8192;

/** What holds after one event, by the numbers of the events that made it so. */
interface Snapshot {
  readonly event: number;
  readonly facts: Uint32Array;
}

/**
 * What holds after each event. An event that says something lasting is a fact until the event that
 * ends it, so what holds after event n is a comparison of numbers. Snapshots keep the answer for some
 * n, so that no question goes back to the beginning; each is at least as far from the next as it is
 * long, so all of them together are no longer than the trace.
 */
export class Facts {
  readonly #first: number;
  readonly #ends: Uint32Array;
  readonly #returns: Uint32Array;
  readonly #starts: readonly number[];
  readonly #carried: ReadonlyMap<number, number>;
  readonly #snapshots: Snapshot[] = [];

  constructor(columns: EventColumns) {
    const { ends, returns, starts, carried } = new FactEnds(columns);
    this.#carried = carried;
    this.#first = columns.first;
    this.#ends = ends;
    this.#returns = returns;
    this.#starts = starts;
    this.#takeSnapshots(columns.last);
  }

  /** When what event number `event` says ends to be so; NEVER: it does not; 0: it says nothing lasting. */
  endOf(event: number): number {
    return this.#ends[event - this.#first] ?? 0;
  }

  /** When the lock or permit taken in event number `event` is given back; NEVER, 0: as `endOf`. */
  returnOf(event: number): number {
    return this.#returns[event - this.#first] ?? 0;
  }

  /** The first step of a task; NEVER if it has none. */
  startOf(task: number): number {
    return this.#starts[task] ?? NEVER;
  }

  /** Tasks that a ring does not name, and that have not ended after event number `event`. */
  *carriedAfter(event: number): Generator<number, void, undefined> {
    for (const [task, end] of this.#carried) if (end > event) yield task;
  }

  /** Numbers of the events whose facts hold after event number `event`, in order. */
  after(event: number): number[] {
    const snapshot = this.#snapshotUpTo(event);
    const facts: number[] = [];
    let next = this.#first;
    if (snapshot !== undefined) {
      for (const fact of snapshot.facts) if (this.#stands(fact, event)) facts.push(fact);
      next = snapshot.event + 1;
    }
    for (; next <= event; next++) if (this.#stands(next, event)) facts.push(next);
    return facts;
  }

  #stands(fact: number, event: number): boolean {
    const at = fact - this.#first;
    return (this.#ends[at] as number) > event || (this.#returns[at] as number) > event;
  }

  #snapshotUpTo(event: number): Snapshot | undefined {
    let low = 0;
    let high = this.#snapshots.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#snapshots[middle] as Snapshot).event <= event) low = middle + 1;
      else high = middle;
    }
    return this.#snapshots[low - 1];
  }

  #takeSnapshots(last: number): void {
    for (let event = this.#first + SNAPSHOT_EVENTS; event <= last;) {
      const facts = Uint32Array.from(this.after(event));
      this.#snapshots.push({ event, facts });
      event += Math.max(SNAPSHOT_EVENTS, facts.length);
    }
  }
}
