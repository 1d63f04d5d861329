import type { TimeTravel } from "../time-travel.ts";

/** Microseconds of a unit of virtual time. What has no unit is drawn as milliseconds. */
const microsPerUnit: Readonly<Record<string, number>> = {
  ms: 1e3,
  s: 1e6,
  min: 6e7,
  h: 3.6e9,
  none: 1e3,
};

/** Chrome's own viewer rounds to microseconds where it looks which slices lie in which; Perfetto has nanoseconds. */
const TICK_MICROS = 1;
/** How much of the way to the next instant the events of an instant may take, so that times can still be read. */
const MOST_OF_GAP = 0.1;
/** Ticks of one event, so that what follows one another does not touch. */
const TICKS = 4;

/** What of an event is drawn: where a wait ends with it, itself, where its step is over, where a wait begins. */
export type Phase = 0 | 1 | 2 | 3;
export const WAIT_ENDS: Phase = 0;
const HAPPENS: Phase = 1;
export const STEP_ENDS: Phase = 2;
export const WAIT_BEGINS: Phase = 3;

/**
 * Where events stand on the time axis of a viewer. All that happens at one instant would lie on one
 * spot, so each event is drawn four microseconds after the one before it, or less where those of the instant
 * would take more than a tenth of the way to the next one. Viewers add beginnings and durations up as floating-point numbers:
 * slices that only touched would overlap.
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

  /** Microseconds at which `phase` of event number `event` is drawn. */
  micros(event: number, phase: Phase = HAPPENS): number {
    const move = this.#moveUpTo(event);
    const start = this.#moves[move] as number;
    const base = this.#travel.index.timeAt(start) * this.#factor;
    const next = this.#moves[move + 1];
    let tick = TICK_MICROS;
    if (next !== undefined) {
      const gap = this.#travel.index.timeAt(next) * this.#factor - base;
      tick = Math.min(tick, (gap * MOST_OF_GAP) / ((next - start) * TICKS));
    }
    return Math.round((base + ((event - start) * TICKS + phase) * tick) * 1e3) / 1e3;
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
