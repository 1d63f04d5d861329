import type { TraceEvent } from "./event.ts";
import type { EventQuery } from "./event-query.ts";
import type { TraceState } from "./state.ts";

/** What a cursor moves over. */
export interface CursorSource {
  readonly first: number;
  readonly last: number;
  event(event: number): TraceEvent;
  at(event: number): TraceState;
  matcher(query: EventQuery): (event: number) => boolean;
  eventAtTime(time: number): number;
}

/**
 * A place in a trace, from which one steps forward and back. Every move answers whether there was
 * such a place; if not, the cursor stays where it is.
 */
export class Cursor {
  readonly #source: CursorSource;
  #event: number;

  /** @internal */
  constructor(source: CursorSource, event: number) {
    this.#source = source;
    this.#event = event;
  }

  /** The event at which it stands. */
  get event(): TraceEvent {
    return this.#source.event(this.#event);
  }

  /** All that was so after this event. */
  get state(): TraceState {
    return this.#source.at(this.#event);
  }

  /** To event number `event`. */
  to(event: number): boolean {
    if (!Number.isInteger(event) || event < this.#source.first || event > this.#source.last) {
      return false;
    }
    this.#event = event;
    return true;
  }

  /** To the last event that had happened when virtual time `time` was over. */
  toTime(time: number): boolean {
    return this.to(this.#source.eventAtTime(time));
  }

  /** To the next event; with a query, to the next that it looks for: `forward({ task: "main/ann" })`. */
  forward(query: EventQuery = {}): boolean {
    return this.#search(query, 1);
  }

  /** To the event before; with a query, to the latest before that it looks for. */
  back(query: EventQuery = {}): boolean {
    return this.#search(query, -1);
  }

  /** To the event that made this one happen. */
  toCause(): boolean {
    return this.to(this.event.cause);
  }

  #search(query: EventQuery, step: 1 | -1): boolean {
    const { first, last } = this.#source;
    const from = Math.max(first, query.from ?? first);
    const to = Math.min(last, query.to ?? last);
    const matches = this.#source.matcher(query);
    for (let event = this.#event + step; event >= first && event <= last; event += step) {
      if (event >= from && event <= to && matches(event)) return this.to(event);
    }
    return false;
  }
}
