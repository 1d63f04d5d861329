import type { Policy, Probe } from "@tickless/core/kit";
import type { Pilot } from "../pilot.ts";
import type { SchedulePolicy, Search } from "../strategy.ts";
import { Execution } from "./execution.ts";
import { Footprint } from "./footprint.ts";
import { footprintProbe, watchedPolicy } from "./watch.ts";

/** A choice of the present schedule. */
interface Node {
  /** The task of each option; for a choice of the program's own the number of the option. */
  readonly tasks: readonly number[];
  readonly own: boolean;
  /** Which are to be explored. */
  readonly wanted: Set<number>;
  /** Which were explored, with what their step has touched. */
  readonly done: Map<number, Footprint>;
  /** Whose steps, taken here, lead to nothing new, since they were taken before and commute with all since. */
  readonly asleep: ReadonlyMap<number, Footprint>;
  /** The task taken in the present schedule. */
  taken: number;
  footprint: Footprint;
}

/**
 * Exhaustive search that runs one schedule of those that differ only in the order of steps that commute:
 * source sets with sleep sets (Abdulla, Aronis, Jonsson, Sagonas, "Optimal Dynamic Partial Order
 * Reduction", POPL 2014, after Flanagan, Godefroid, "Dynamic Partial-Order Reduction for Model Checking
 * Software", POPL 2005). Steps commute if they touch no declared object in common, or neither changes it.
 */
export class ReducedSearch implements Search, SchedulePolicy {
  readonly probe: Probe;
  readonly #pilot: Pilot;
  readonly #nodes: Node[] = [];
  #execution = new Execution();
  /** How many choices of this schedule were taken. */
  #at = 0;
  /** The choice that leads to the next step; -1: there was none. */
  #choice = -1;
  #asleep = new Map<number, Footprint>();
  /** The rest of this schedule leads to nothing new. */
  #redundant = false;
  #done = false;

  constructor(pilot: Pilot) {
    this.#pilot = pilot;
    this.probe = footprintProbe(pilot, {
      execution: () => this.#execution,
      begin: (event, cause) => this.#begin(event, cause),
      end: () => this.#endStep(),
    });
  }

  policy(): Policy {
    return watchedPolicy(this.#pilot, () => this.#execution);
  }

  next(): SchedulePolicy | null {
    if (this.#done) return null;
    this.#execution = new Execution();
    this.#at = 0;
    this.#choice = -1;
    this.#asleep = new Map();
    this.#redundant = false;
    return this;
  }

  choose(kind: string, count: number, task: (index: number) => number): number {
    if (this.#redundant) return 0;
    const own = kind !== "ready";
    // The step that is over says who stays asleep.
    if (!own) this.#endStep();
    const at = this.#at++;
    if (!own) this.#choice = at;
    let node = this.#nodes[at];
    if (node === undefined) {
      node = this.#newNode(own, count, task);
      if (node === undefined) return 0;
      this.#nodes.push(node);
    }
    return node.tasks.indexOf(node.taken);
  }

  finished(): void {
    this.#endStep();
    this.#nodes.length = this.#at;
    if (!this.#redundant) this.#wantWhatNeverRan();
    for (const { choice, initials } of this.#execution.races) this.#want(choice, initials);
    this.#advance();
  }

  #newNode(own: boolean, count: number, task: (index: number) => number): Node | undefined {
    const tasks = Array.from({ length: count }, (_, option) => (own ? option : task(option)));
    const asleep = own ? new Map<number, Footprint>() : new Map(this.#asleep);
    const taken = tasks.find((one) => !asleep.has(one));
    if (taken === undefined) {
      this.#redundant = true;
      this.#at--;
      return undefined;
    }
    const wanted = new Set(own ? tasks : [taken]);
    // A step with a choice in it touches one thing or another.
    const around = this.#nodes[this.#choice];
    if (own && around !== undefined) around.footprint = Footprint.unknown;
    return { tasks, own, wanted, done: new Map(), asleep, taken, footprint: new Footprint() };
  }

  /** The step in progress is over. */
  #endStep(): void {
    if (this.#redundant) return;
    const step = this.#execution.end();
    if (step === undefined) return;
    const node = step.choice < 0 ? undefined : this.#nodes[step.choice];
    if (node !== undefined) {
      if (node.footprint !== Footprint.unknown) node.footprint = step.footprint;
      this.#asleep = new Map([...node.asleep, ...node.done]);
    }
    const footprint = node?.footprint ?? step.footprint;
    for (const [task, there] of this.#asleep) {
      if (task === step.task || there.dependsOn(footprint)) this.#asleep.delete(task);
    }
  }

  #begin(event: number, cause: number): void {
    const task = this.#pilot.strand;
    if (this.#redundant) return;
    if (this.#choice < 0) {
      this.#endStep();
      // Nothing else was ready, and what was leads to nothing new.
      if (this.#asleep.has(task)) this.#redundant = true;
    }
    if (this.#redundant) return;
    this.#execution.begin(task, event, cause, this.#choice);
    this.#choice = -1;
  }

  /** The run has ended before all that was ready had its turn: nobody knows what it would have touched. */
  #wantWhatNeverRan(): void {
    const nodes = this.#nodes;
    const steps = this.#execution.steps;
    const seen = new Set<number>();
    let last = steps.length;
    for (let at = nodes.length - 1; at >= 0; at--) {
      const node = nodes[at] as Node;
      if (node.own) continue;
      while (last > 0 && steps[last - 1]?.choice !== at)
        seen.add((steps[--last] as { task: number }).task);
      if (last > 0) seen.add((steps[last - 1] as { task: number }).task);
      for (const task of node.tasks) {
        if (seen.has(task)) continue;
        seen.add(task);
        if (!node.asleep.has(task)) node.wanted.add(task);
      }
    }
  }

  #want(choice: number, initials: readonly number[]): void {
    const node = this.#nodes[choice];
    if (node === undefined) return;
    const { wanted, asleep, tasks } = node;
    if (initials.some((task) => wanted.has(task) || asleep.has(task))) return;
    const one = initials.find((task) => tasks.includes(task));
    for (const task of one === undefined ? tasks : [one]) wanted.add(task);
  }

  /** The next schedule: the deepest choice with something left to explore. */
  #advance(): void {
    const nodes = this.#nodes;
    for (let node = nodes.at(-1); node !== undefined; node = nodes.at(-1)) {
      const { done, wanted, asleep } = node;
      done.set(node.taken, node.footprint);
      const next = [...wanted].find((task) => !done.has(task) && !asleep.has(task));
      if (next !== undefined) {
        node.taken = next;
        node.footprint = new Footprint();
        return;
      }
      nodes.pop();
    }
    this.#done = true;
  }
}
