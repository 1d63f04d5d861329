import type { SchedulePolicy, ScheduleRun, Search, Strategy, StrategySetup } from "../strategy.ts";
import { Opening } from "./opening.ts";
import { OneSwitches } from "./one-switch.ts";
import { Pace } from "./pace.ts";
import { pct } from "./pct.ts";
import { randomDelays } from "./random-delays.ts";
import { randomWalk } from "./random-walk.ts";
import { urw } from "./urw.ts";
import { weightedPos } from "./weighted-pos.ts";

/** After the opening every eighth schedule is one of these in turns, the others are `weightedPos`. */
const OTHERS: readonly Strategy[] = [randomDelays, pct, randomWalk, urw];
const PERIOD = 8;
/** Which of a period it is: early, since what they find they mostly find soon. */
const PLACE = 2;
/** Every third is one with a single switch or, if there are too many of those, one in which tasks keep pace. */
const TURNS = 3;
/** After so many of them, the rest is left to the others. */
const MOST_TURNS = 24;

/**
 * No strategy wins everywhere: delays find shallow bugs in a handful of schedules, weighted POS holds up
 * with many tasks, PCT wins on bugs of order in long programs, and where all their assumptions fail there
 * is the random walk. So all of them are used, most of the time the one that is best on average. Of programs
 * with two or three tasks it also goes through the few schedules that interrupt one task once; where that
 * are too many, it lets the tasks keep pace as often.
 */
class Portfolio implements Search {
  readonly #opening: Opening;
  readonly #switches: OneSwitches;
  readonly #pace: Pace;
  readonly #main: Search;
  readonly #others: readonly Search[];

  constructor(setup: StrategySetup) {
    // A bound means something else to each.
    const free = { ...setup, bound: undefined };
    this.#opening = new Opening(free);
    this.#switches = new OneSwitches(free);
    this.#pace = new Pace(free);
    this.#main = weightedPos.begin(free);
    this.#others = OTHERS.map((strategy) => strategy.begin(free));
  }

  next(index: number): SchedulePolicy | null {
    const after = index - this.#opening.length;
    if (after < 0) return this.#opening.next(index);
    const special =
      after % TURNS === TURNS - 1 ? this.#special(index, Math.floor(after / TURNS)) : null;
    if (special !== null) return special;
    const round = Math.floor(after / PERIOD);
    if (after % PERIOD !== PLACE) return this.#main.next(index);
    return (this.#others[round % this.#others.length] as Search).next(index);
  }

  #special(index: number, turn: number): SchedulePolicy | null {
    if (turn >= MOST_TURNS) return null;
    return this.#switches.tooMany
      ? this.#pace.next(index, turn % 2 === 0)
      : this.#switches.next(turn);
  }

  finished(run: ScheduleRun): void {
    if (run.index > 0) return;
    this.#switches.learn(this.#opening.tasks, run);
    this.#pace.learn(run);
    for (const search of [this.#main, ...this.#others]) search.finished?.(run);
  }
}

/** The default. */
export const portfolio: Strategy = {
  name: "portfolio",
  summary: "all random strategies in turns, mostly weighted-pos; the default",
  begin: (setup) => new Portfolio(setup),
};
