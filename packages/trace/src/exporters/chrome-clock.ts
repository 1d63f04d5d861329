import type { TimeTravel } from "../time-travel.ts";

/** Microseconds of a unit of virtual time. What has no unit is drawn as milliseconds. */
const microsPerUnit: Readonly<Record<string, number>> = {
  ms: 1e3,
  s: 1e6,
  min: 6e7,
  h: 3.6e9,
  none: 1e3,
};

/** A nanosecond: the least that viewers tell apart. */
const STEP_MICROS = 0.001;

/**
 * Where events stand on the time axis of a viewer. All that happens at one instant would lie on one
 * spot, so each event is drawn a nanosecond after the one before it, or less where the next instant
 * is nearer than that.
 */
export class ChromeClock {
  readonly #travel: TimeTravel;
  readonly #factor: number;
  /** Events that moved the time, and the beginning of what is there. */
  readonly #moves: number[];

  constructor(travel: TimeTravel) {
    this.#travel = travel;
    this.#factor = microsPerUnit[travel.trace.header.timeUnit] ?? 1e3;
    this.#moves = [travel.first];
    for (const { event } of travel.search({ kind: "time" })) {
      if (event > travel.first) this.#moves.push(event);
    }
  }

  /** Microseconds at which event number `event` is drawn. */
  micros(event: number): number {
    return this.#at(event, 0);
  }

  /** Microseconds at which all is over that event number `event` is about. */
  after(event: number): number {
    return this.#at(event, 1);
  }

  /** `later`: how many events after this one, at the same instant. */
  #at(event: number, later: number): number {
    const move = this.#moveUpTo(event);
    const start = this.#moves[move] as number;
    const base = this.#travel.index.timeAt(start) * this.#factor;
    const next = this.#moves[move + 1];
    let step = STEP_MICROS;
    if (next !== undefined) {
      const gap = this.#travel.index.timeAt(next) * this.#factor - base;
      step = Math.min(step, gap / (next - start));
    }
    return Math.round((base + (event - start + later) * step) * 1e3) / 1e3;
  }

  #moveUpTo(event: number): number {
    let low = 0;
    let high = this.#moves.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#moves[middle] as number) <= event) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}
