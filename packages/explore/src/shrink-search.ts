import { type Attempt, isSimpler } from "./attempt.ts";
import { Random } from "./random.ts";
import { type Crossing, type Departure, OLDEST, type Plan, planOf, stepKey } from "./steering.ts";

/** A replay that is wanted. */
export interface Trial {
  readonly plan: Plan;
  /** Whether its crossings are to be written down. */
  readonly crosses: boolean;
}

/** Asks for trials, is handed each one's attempt, and answers something in the end. */
type Trials<T> = Generator<Trial, T, Attempt>;

/** Beyond so many choices, looking through all schedules with one departure less costs more than it finds. */
const MOST_CROSSED = 2000;

/** Of longer plans it is not noted that they were tried: they are many, large, and seldom come again. */
const MOST_NOTED = 100;

/** Number of steps that a departure is moved later by. */
const LATER = [1, 2, 4];

/**
 * Looks for the simplest schedule that still fails in the same way. Departures from the baseline are taken
 * away, first many at a time, then one by one (Zeller, Hildebrandt, "Simplifying and Isolating
 * Failure-Inducing Input", IEEE TSE 2002); what is left is moved, and replaced by what is nearer to first
 * in, first out; and where that ends with several departures, all schedules with fewer are gone through, as
 * far as the budget allows: what no single one can be taken away from need not be the simplest. Where it does
 * not allow that, several are replaced together by fewer for as long as it lasts.
 *
 * A trial that was run already is not asked for again.
 */
export class ShrinkSearch {
  /** The simplest so far. */
  best: Attempt;
  /** Whether all schedules with no more departures that would be simpler were run, and none does the same. */
  simplest = false;
  /** How many replays the budget has left. */
  readonly #left: () => number;
  readonly #tried = new Set<string>();
  readonly #crossings = new Map<string, readonly Crossing[]>();
  readonly #random = new Random("0", "shrink");

  constructor(found: Attempt, left: () => number) {
    this.best = found;
    this.#isNew(planOf(found.departures));
    this.#left = left;
  }

  *trials(): Trials<void> {
    yield* this.#try(new Map());
    yield* this.#reduce();
    yield* this.#search();
    yield* this.#reduce();
    if (!this.simplest) yield* this.#rebuild();
  }

  /**
   * With what is left of the budget: two departures are taken away and one put anywhere, in all ways that
   * there are; then three away and two anywhere, at random. Where roles of tasks have to change together, no
   * smaller step leads to fewer.
   */
  *#rebuild(): Trials<void> {
    for (let before: Attempt | null = null; before !== this.best;) {
      before = this.best;
      if ((yield* this.#exchangeAny()) || (yield* this.#twoForOne())) yield* this.#reduce();
    }
    for (let left = this.#left(); left > 0 && this.best.departures.length > 2; left--) {
      const rest = this.#without(3);
      const first = this.#anywhere(yield* this.#crossingsOf(rest));
      if (first === null) return;
      const more = new Map(rest).set(...first);
      const second = this.#anywhere(yield* this.#crossingsOf(more));
      if (second !== null && (yield* this.#try(more.set(...second)))) yield* this.#reduce();
    }
  }

  /** One departure is taken away, and any two tasks change their parts. */
  *#exchangeAny(): Trials<boolean> {
    const { departures } = this.best;
    const chosen = departures.filter(({ kind }) => kind === "switch" || kind === "turn");
    const strands = [
      ...new Set(chosen.flatMap(({ after, over, target }) => [after, over, target])),
    ];
    for (const { key } of chosen) {
      for (const [i, one] of strands.entries()) {
        for (const another of strands.slice(0, i)) {
          if (yield* this.#try(exchanged(departures, key, one, another))) return true;
        }
      }
    }
    return false;
  }

  *#twoForOne(): Trials<boolean> {
    const { departures } = this.best;
    for (let second = 1; second < departures.length; second++) {
      for (let first = 0; first < second; first++) {
        const rest = planOf(departures.filter((_, i) => i !== first && i !== second));
        for (const { key, others } of yield* this.#crossingsOf(rest)) {
          for (const other of others) {
            if (yield* this.#try(new Map(rest).set(key, other))) return true;
          }
        }
      }
    }
    return false;
  }

  /** Where a schedule could depart from the baseline; none if it has too many such places. */
  *#crossingsOf(plan: Plan): Trials<readonly Crossing[]> {
    const known = textOf(plan);
    const noted = this.#crossings.get(known);
    if (noted !== undefined) return noted;
    const attempt = yield { plan, crosses: true };
    this.#took(attempt);
    const crossings = attempt.crossings.length > MOST_CROSSED ? [] : attempt.crossings;
    if (this.#crossings.size < MOST_NOTED) this.#crossings.set(known, crossings);
    return crossings;
  }

  /** The best without so many of its departures, whichever. */
  #without(count: number): Map<string, number> {
    const plan = planOf(this.best.departures);
    for (let i = 0; i < count; i++) {
      plan.delete([...plan.keys()][this.#random.below(plan.size)] as string);
    }
    return plan;
  }

  #anywhere(crossings: readonly Crossing[]): [key: string, target: number] | null {
    const crossing = crossings[this.#random.below(crossings.length)];
    if (crossing === undefined) return null;
    const { key, others } = crossing;
    return [key, others[this.#random.below(others.length)] as number];
  }

  /** Removes and moves until neither makes it simpler. */
  *#reduce(): Trials<void> {
    let before: Attempt;
    do {
      before = this.best;
      yield* this.#remove();
      yield* this.#bypass();
      yield* this.#move();
    } while (this.best !== before);
  }

  *#try(plan: Plan): Trials<boolean> {
    if (!this.#isNew(plan)) return false;
    return this.#took(yield { plan, crosses: false });
  }

  /** Whether a plan was not tried yet; from now on it was. */
  #isNew(plan: Plan): boolean {
    if (plan.size > MOST_NOTED) return true;
    const { size } = this.#tried;
    return this.#tried.add(textOf(plan)).size > size;
  }

  #took(attempt: Attempt): boolean {
    if (!attempt.same || !isSimpler(attempt, this.best)) return false;
    this.best = attempt;
    this.#isNew(planOf(attempt.departures));
    return true;
  }

  /** Takes departures away, from the end, since those before them decide whether they come about at all. */
  *#remove(): Trials<void> {
    let size = Math.ceil(this.best.departures.length / 2);
    while (size >= 1) {
      let removed = false;
      for (let end = this.best.departures.length; end > 0; end -= size) {
        const { departures } = this.best;
        const start = Math.max(0, end - size);
        const rest = departures.filter((_, i) => i < start || i >= end);
        if (rest.length === departures.length) continue;
        if (yield* this.#try(planOf(rest))) removed = true;
      }
      if (size > 1) size = Math.ceil(size / 2);
      else if (!removed) return;
    }
  }

  /**
   * Lets a departure lead at once to where a later one leads: where each task of a chain makes way for the
   * next, none of its departures can be taken away alone.
   */
  *#bypass(): Trials<void> {
    for (let size = this.best.departures.length - 1; size >= 1; size = Math.floor(size / 2)) {
      for (let i = 0; i + size < this.best.departures.length; i++) {
        const { departures } = this.best;
        const { key } = departures[i] as Departure;
        const { kind, target } = departures[i + size] as Departure;
        if (kind !== "switch" && kind !== "turn") continue;
        const rest = departures.filter((_, at) => at <= i || at > i + size);
        yield* this.#try(planOf(rest).set(key, target));
      }
    }
  }

  /** Moves departures earlier, from far to near, then later, and lets others go on in their place. */
  *#move(): Trials<void> {
    for (let i = 0; i < this.best.departures.length; i++) {
      yield* this.#exchange(i);
      if (this.best.departures.length === 0) return;
      yield* this.#retarget(i);
      for (let by = this.#departure(i).step - 1; by >= 1; by = Math.floor(by / 2)) {
        yield* this.#shift(i, -by);
      }
      for (const by of LATER) yield* this.#shift(i, by);
    }
  }

  /** Takes a departure away and changes the parts of its two tasks, which may be alike. */
  *#exchange(index: number): Trials<void> {
    const { key, over, target } = this.#departure(index);
    if (over >= 0) yield* this.#try(exchanged(this.best.departures, key, over, target));
  }

  #departure(index: number): Departure {
    // Attempts that were taken may have fewer of them.
    return (this.best.departures[index] ?? this.best.departures.at(-1)) as Departure;
  }

  *#shift(index: number, by: number): Trials<void> {
    const { kind, after, step, key } = this.#departure(index);
    if (kind !== "switch" || step + by < 0) return;
    yield* this.#replace(key, stepKey(after, step + by), this.#departure(index).target);
  }

  *#retarget(index: number): Trials<void> {
    const { kind, key, picked, target } = this.#departure(index);
    if (kind === "switch" || kind === "turn") {
      if (picked > 0) yield* this.#replace(key, key, OLDEST);
      return;
    }
    for (let option = 1; option < target; option = option * 2) {
      yield* this.#replace(key, key, option);
    }
    yield* this.#replace(key, key, target - 1);
  }

  *#replace(key: string, newKey: string, target: number): Trials<void> {
    const plan = planOf(this.best.departures);
    plan.delete(key);
    plan.set(newKey, target);
    yield* this.#try(plan);
  }

  /**
   * All schedules that would be simpler, with no departure, with one, … and one more than the best has, as
   * long as all that have so many can be run: some of them alone would prove nothing.
   */
  *#search(): Trials<void> {
    let nodes: Node[] = [{ plan: new Map(), from: 0, switches: 0, others: 0 }];
    for (let count = 0; nodes.length > 0 && count <= this.best.departures.length + 1; count++) {
      this.simplest = count > this.best.departures.length;
      if (nodes.length > this.#left()) return;
      const next: Node[] = [];
      for (const node of nodes) {
        if (!this.#mayBeSimpler(node)) continue;
        const attempt = yield { plan: node.plan, crosses: true };
        this.#took(attempt);
        if (attempt.crossings.length > MOST_CROSSED) return;
        this.#grow(node, attempt, next);
      }
      nodes = next;
    }
    this.simplest = true;
  }

  /** Schedules with one departure more, later than the others. */
  #grow(node: Node, { crossings }: Attempt, next: Node[]): void {
    for (const [at, { key, switches, others }] of crossings.entries()) {
      if (at < node.from) continue;
      const more = switches
        ? { switches: node.switches + 1, others: node.others }
        : { switches: node.switches, others: node.others + 1 };
      if (!this.#mayBeSimpler(more)) continue;
      for (const other of others) {
        next.push({ ...more, plan: new Map(node.plan).set(key, other), from: at + 1 });
      }
    }
  }

  #mayBeSimpler({ switches, others }: Pick<Node, "switches" | "others">): boolean {
    const [bestSwitches = 0, bestOthers = 0] = this.best.cost;
    return switches < bestSwitches || (switches === bestSwitches && others < bestOthers);
  }
}

/** A plan that is to be tried, and to be continued. */
interface Node {
  readonly plan: Plan;
  /** The next departure comes no earlier than this choice. */
  readonly from: number;
  readonly switches: number;
  readonly others: number;
}

/** The departures but one, with the parts of two strands changed. */
function exchanged(
  departures: readonly Departure[],
  left: string,
  one: number,
  another: number,
): Plan {
  const other = (strand: number): number =>
    strand === one ? another : strand === another ? one : strand;
  const plan = new Map<string, number>();
  for (const { key, target } of departures) {
    if (key === left) continue;
    const [strand = "", step = ""] = key.split(":");
    const isStep = /^\d+$/.test(strand);
    plan.set(isStep ? `${other(Number(strand))}:${step}` : key, isStep ? other(target) : target);
  }
  return plan;
}

function textOf(plan: Plan): string {
  return [...plan].map(([key, target]) => `${key}>${target}`).join(" ");
}
