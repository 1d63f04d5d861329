import type { Loop, TimeUnit } from "@tickless/core";
import { loopOfCode, type Surroundings, surroundingsOf } from "@tickless/core/kit";
import type { Exchange } from "./exchange.ts";
import { syncImports } from "./host.ts";

/** Milliseconds in a unit of virtual time. */
const MS: Readonly<Record<TimeUnit, number>> = { ms: 1, none: 1, s: 1e3, min: 6e4, h: 3.6e6 };

/** `ms` without the noise of arithmetic on times that are no integers: whole nanoseconds. */
function exact(ms: number): number {
  return Number.isInteger(ms) ? ms : Math.round(ms * 1e6) / 1e6;
}

/** The host as code of one loop finds it: what stands there is exchanged, and answers by the loop's clock. */
export class World implements Surroundings {
  readonly loop: Loop;
  /** The date at which the loop begins, in ms since 1970. */
  readonly startMs: number;
  /** Timers that a number stands for, as browsers and `Timeout[Symbol.toPrimitive]` have it. */
  readonly timers: Map<number, { clear(): void }> = new Map();
  /** Frames and idle callbacks, by their numbers. */
  readonly requests: Map<number, { clear(): void }> = new Map();
  readonly #exchanges: readonly Exchange[];
  /** What the program itself has put where an exchange stood. */
  readonly #kept = new Map<Exchange, PropertyDescriptor>();
  readonly #unitMs: number;
  readonly #start: number;
  /** Far from the numbers that the host itself gives, lest a clear function of the host takes one for its own. */
  #numbers = 1_000_000_000;

  constructor(loop: Loop, startMs: number, exchanges: readonly Exchange[]) {
    const { start, timeUnit } = loop.settings;
    this.loop = loop;
    this.startMs = startMs;
    this.#exchanges = exchanges;
    this.#unitMs = MS[timeUnit];
    this.#start = start;
  }

  enter(): void {
    for (const exchange of this.#exchanges) exchange.enter(this.#kept.get(exchange));
    syncImports();
  }

  leave(): void {
    for (const exchange of this.#exchanges.toReversed()) {
      const kept = exchange.leave();
      if (kept !== undefined) this.#kept.set(exchange, kept);
      else if (this.#kept.size > 0) this.#kept.delete(exchange);
    }
    syncImports();
  }

  /** Whole milliseconds and fractions since the loop began. */
  get elapsedMs(): number {
    return exact((this.loop.now - this.#start) * this.#unitMs);
  }

  /** What `Date.now()` answers. */
  get dateMs(): number {
    return Math.floor(this.startMs + this.elapsedMs);
  }

  /** Virtual time in `ms` from now. Sums of milliseconds are exact in every unit, so that equal deadlines are equal. */
  after(ms: number): number {
    const { now } = this.loop;
    if (this.#unitMs === 1) return now + ms;
    return this.#start + exact(this.elapsedMs + ms) / this.#unitMs;
  }

  /** A number that stands for a timer. */
  nextNumber(): number {
    return ++this.#numbers;
  }

  /** The program calls `what`. Answers whether the run has its own of that. */
  called(_what: string): boolean {
    return true;
  }
}

/**
 * The world of the code that is calling `what`; null for code that is no part of a run, which gets the real
 * one.
 */
export function here(what: string): World | null {
  const loop = loopOfCode(what);
  if (loop === null) return null;
  const world = surroundingsOf(loop);
  return world instanceof World && world.called(what) ? world : null;
}
