import { checkPlace } from "./input.ts";
import { causesFrom, listed, type ListedEvent } from "./causes.ts";
import { Cursor } from "./cursor.ts";
import type { EventOf, TraceEvent } from "./event.ts";
import { EventColumns } from "./event-columns.ts";
import { type EventQuery, found, matcher } from "./event-query.ts";
import { Facts } from "./facts.ts";
import { beginsAnew, stateAfter, type TraceState } from "./state.ts";
import { TraceIndex } from "./trace-index.ts";
import type { TraceSource } from "./trace.ts";

/** How many causes or consequences are listed if nobody says. */
const MOST = 20;

/**
 * Goes back and forth in a trace, without the program: what was so after an event, what made it
 * happen, what followed.
 *
 * Making one reads the trace once. After that every question takes milliseconds in a trace of a
 * million events, and the whole takes about 40 bytes an event.
 *
 * @example
 * const travel = new TimeTravel(openTrace(bytes));
 * const { tasks } = travel.at(travel.eventAtTime(50));
 */
export class TimeTravel {
  /** The trace that it travels. */
  readonly trace: TraceSource;
  /** Paths and times of its events. */
  readonly index: TraceIndex;
  readonly #columns: EventColumns;
  readonly #facts: Facts;

  constructor(trace: TraceSource) {
    this.trace = trace;
    this.index = new TraceIndex(trace);
    this.#columns = new EventColumns(trace);
    this.#facts = new Facts(this.#columns);
  }

  /** Number of the first event that is there. */
  get first(): number {
    return this.trace.first;
  }

  /** Number of the last event that is there. */
  get last(): number {
    return this.trace.last;
  }

  /**
   * Event number `event`.
   *
   * @throws RangeError if it is not there
   */
  event(event: number): TraceEvent {
    return this.trace.event(event);
  }

  /**
   * All that was so after event number `event`: the tasks that had not ended and what each waited
   * for, the timers, what the queues held and who held the locks.
   *
   * @throws RangeError if it is not there
   */
  at(event: number): TraceState {
    const { event: number } = this.trace.event(event);
    return stateAfter(number, { columns: this.#columns, facts: this.#facts, index: this.index });
  }

  /** Number of the last event that had happened when virtual time `time` was over; `first` if none had. */
  eventAtTime(time: number): number {
    checkPlace("time", time);
    let low = this.first;
    let high = this.last + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.index.timeAt(middle) <= time) low = middle + 1;
      else high = middle;
    }
    let event = Math.max(this.first, low - 1);
    while (event > this.first && this.#columns.kindOf(event) === "") event--;
    return event;
  }

  /** A place to step forward and back from; at the beginning if no event is given. */
  cursor(event: number = this.first): Cursor {
    return new Cursor(this, this.trace.event(event).event);
  }

  /** The events that `query` looks for, in order. */
  search(query: EventQuery): IterableIterator<TraceEvent> {
    return found(query, this.#columns, this.index);
  }

  /** @internal Largest id of a task or object. */
  get largestId(): number {
    let largest = -1;
    for (const { id } of this.search({ kind: "name" }) as Iterable<EventOf<"name">>) {
      if (id > largest) largest = id;
    }
    return largest;
  }

  /** @internal Numbers of the events that say what is so after event number `event`. */
  factsAfter(event: number): number[] {
    return this.#facts.after(event);
  }

  /** @internal When what event number `event` says ends to be so; NEVER: it does not. */
  endOf(event: number): number {
    return this.#facts.endOf(event);
  }

  /** @internal The last event of that step, callback or timer in which event number `event` happened. */
  lastOfStep(event: number): number {
    let last = event;
    while (last < this.last && !beginsAnew(this.#columns.kindOf(last + 1))) last++;
    return last;
  }

  /** @internal The step or callback in which event number `event` happened, or which it is. */
  stepOf(event: number): EventOf<"step"> | EventOf<"callback"> | undefined {
    for (const number of [event, this.index.at(event)?.cause ?? 0]) {
      const at = this.index.at(number);
      if (at?.kind === "step" || at?.kind === "callback") return at;
    }
    return undefined;
  }

  /** @internal */
  matcher(query: EventQuery): (event: number) => boolean {
    return matcher(query, this.#columns, this.index);
  }

  /** Event number `event`, the event that made it happen, and so on back, at most `most` of them. */
  causes(event: number, most: number = MOST): ListedEvent[] {
    this.trace.event(event);
    return causesFrom(event, this.index, most);
  }

  /** The events that event number `event` has made happen itself, in order, at most `most` of them. */
  consequences(event: number, most: number = MOST): ListedEvent[] {
    this.trace.event(event);
    const { cause, first } = this.#columns;
    const events: ListedEvent[] = [];
    for (let at = event - first + 1; at < cause.length && events.length < most; at++) {
      if (cause[at] === event) events.push(listed(this.trace.event(at + first), this.index));
    }
    return events;
  }
}
