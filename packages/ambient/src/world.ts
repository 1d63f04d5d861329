import { type Loop, type TimeUnit, UsageError } from "@tickless/core";
import {
  loopOfCode,
  type Scope,
  surround,
  type Surroundings,
  surroundingsOf,
} from "@tickless/core/kit";
import { Cancellations } from "./cancellations.ts";
import type { Exchange } from "./exchange.ts";
import { HostCalls } from "./host-calls.ts";
import { hostTimers, syncImports } from "./host.ts";
import { isRegistered } from "./registered.ts";
import type { TimerName } from "./timer-name.ts";
import { Uncaught } from "./uncaught.ts";

/** Milliseconds in a unit of virtual time. */
const MS: Readonly<Record<TimeUnit, number>> = { ms: 1, none: 1, s: 1e3, min: 6e4, h: 3.6e6 };

/**
 * How old the process is at the start of a run, for clocks that count from its start: no clock of a real
 * process tells 0, and libraries take 0 for a time that is not there (lru-cache never drops such an item).
 */
const AGE_MS = 1000;

/** How many timers a report names. */
const MOST_NAMED = 5;

/** `ms` without the noise of arithmetic on times that are no integers: whole nanoseconds. */
function exact(ms: number): number {
  return Number.isInteger(ms) ? ms : Math.round(ms * 1e6) / 1e6;
}

/**
 * What a deadlock may come from where nothing was registered before the program was loaded, unless the host has no
 * timer at all that is pending: then nobody waits for one.
 */
function saved(): string {
  return isRegistered() || hostTimers() === 0
    ? ""
    : " A timer function that was saved before the run (`const sleep = promisify(setTimeout)` at the top of " +
        "a module) is the real one, which no run waits for: import `@tickless/ambient/register` before that " +
        "module, or start the program with `node --import @tickless/ambient/register`.";
}

/**
 * The host as code of one loop finds it: what stands there is exchanged. It answers by the loop's clock
 * and chance where the loop is virtualized; else the host does, and whoever watches is told.
 */
export class World implements Surroundings {
  readonly loop: Loop;
  /** Calls of the run that only the host can answer. */
  readonly hostCalls: HostCalls;
  /** Cancellations of code that awaits promises. */
  readonly cancellations: Cancellations;
  /** Timers that a number stands for, as browsers and `Timeout[Symbol.toPrimitive]` have it. */
  readonly timers: Map<number, { clear(): void }> = new Map();
  /** Frames and idle callbacks, by their numbers. */
  readonly requests: Map<number, { clear(): void }> = new Map();
  /** What is pending and does not keep the run going. */
  readonly unrefd: Set<TimerName> = new Set();
  #exchanges: readonly Exchange[] = [];
  #entered = false;
  /** Whether anything of the host is other than outside, since it was entered. */
  #changed = false;
  #startMs: number | null = null;
  readonly #uncaught: Uncaught;
  /** What the program itself has put where an exchange stood. */
  readonly #kept = new Map<Exchange, PropertyDescriptor>();
  readonly #unitMs: number;
  readonly #start: number;
  /** Far from the numbers that the host itself gives, lest a clear function of the host takes one for its own. */
  #numbers = 1_000_000_000;

  constructor(loop: Loop) {
    const { start, timeUnit } = loop.settings;
    this.loop = loop;
    this.hostCalls = new HostCalls(loop);
    this.cancellations = new Cancellations(loop);
    this.#uncaught = new Uncaught(loop);
    this.#unitMs = MS[timeUnit];
    this.#start = start;
  }

  /** That of `loop`, which gets one if it has none. */
  static of(loop: Loop): World {
    const present = surroundingsOf(loop);
    if (present instanceof World) return present;
    if (present !== null) {
      throw new UsageError(
        "ERR_TWO_WORLDS",
        "This run has other surroundings already: those of `@tickless/ambient` cannot be added.",
        { time: loop.now },
      );
    }
    const world = new World(loop);
    surround(loop, world);
    return world;
  }

  /** Whether timers, dates and chance are the loop's. */
  get virtual(): boolean {
    return this.#startMs !== null;
  }

  /** The date at which the loop begins, in ms since 1970. */
  get startMs(): number {
    return this.#startMs ?? 0;
  }

  /** From now on timers, dates and chance are the loop's. */
  virtualize(startMs: number, exchanges: readonly Exchange[]): void {
    this.#startMs = startMs;
    this.add(exchanges);
  }

  /** From now on these are in place too. */
  add(exchanges: readonly Exchange[]): void {
    const fresh = exchanges.filter((exchange) => !this.#exchanges.includes(exchange));
    if (fresh.length === 0) return;
    const entered = this.#entered;
    if (entered) this.leave();
    this.#exchanges = [...this.#exchanges, ...fresh];
    if (entered) this.enter();
  }

  enter(): void {
    this.#entered = true;
    if (this.virtual) this.#uncaught.take();
    let changed = false;
    for (const exchange of this.#exchanges) {
      if (exchange.enter(this.#kept.get(exchange))) changed = true;
    }
    this.#changed = changed;
    if (changed) syncImports();
  }

  leave(): void {
    this.#entered = false;
    this.#uncaught.giveBack();
    let changed = this.#changed;
    for (const exchange of this.#exchanges.toReversed()) {
      const kept = exchange.leave();
      if (kept !== undefined) {
        this.#kept.set(exchange, kept);
        changed = true;
      } else if (this.#kept.size > 0) this.#kept.delete(exchange);
    }
    if (changed) syncImports();
  }

  cancel(scope: Scope, message: string): boolean {
    return this.cancellations.cancel(scope, message);
  }

  /** At the end of a run all tasks are cancelled, outside of slices: that is worth no word. */
  owed(scope: Scope): void {
    if (this.virtual && this.#entered) this.cancellations.owed(scope);
  }

  /** Whole milliseconds and fractions since the loop began. */
  get elapsedMs(): number {
    return exact((this.loop.now - this.#start) * this.#unitMs);
  }

  /** What clocks tell that count from the start of the process. */
  get processMs(): number {
    return AGE_MS + this.elapsedMs;
  }

  /** The date at which they began to count. */
  get originMs(): number {
    return this.startMs - AGE_MS;
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

  /** In the report of a deadlock. */
  advice(): string | null {
    if (!this.virtual) return null;
    const names = [...this.unrefd].map((name) => `\`${name.path}\``);
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
    const unrefd =
      names.length === 0
        ? ""
        : " Timers that were unref'd are pending, but do not keep a run going, as they keep no process " +
          `alive: ${names.slice(0, MOST_NAMED).join(", ")}${more}.`;
    return (
      "A promise that the loop does not own is one that Tickless did not make: of `new Promise`, a " +
      `library, or an I/O call. Nothing that is left in this run can settle it.${unrefd}${saved()} ` +
      "For real I/O write `await external(() => fetch(url))`."
    );
  }

  /** A number that stands for a timer. */
  nextNumber(): number {
    return ++this.#numbers;
  }

  /** The program calls `what`. Answers whether the run has its own of that. */
  called(what: string): boolean {
    if (!this.virtual) this.hostCalls.tell(what);
    return this.virtual;
  }

  /** The run is over. */
  over(): void {
    this.cancellations.tell(Infinity);
    this.hostCalls.over();
  }
}

/** The world of `loop`; null if it has none. */
export function worldOf(loop: Loop | null): World | null {
  const world = loop === null ? null : surroundingsOf(loop);
  return world instanceof World ? world : null;
}

/**
 * The world of the code that is calling `what`; null for code that is no part of a run, which gets the real
 * one.
 */
export function here(what: string): World | null {
  const world = worldOf(loopOfCode(what));
  return world?.called(what) === true ? world : null;
}
