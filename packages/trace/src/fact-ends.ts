import type { EventColumns } from "./event-columns.ts";

/** Number of an event that never comes: what is so until then is so to the end. */
export const NEVER = 0xffff_ffff;

/** Operations that leave what an object holds as it was. */
const signals: ReadonlySet<string> = new Set(["notify", "notifyAll"]);

/**
 * One pass over the events, which finds for each that says something lasting the event that ends it:
 *
 * - a task is there from its `name` to its `settle`,
 * - a wait lasts from its `wait` to the `step` in which its task goes on,
 * - a timer from its `arm` until it fires, or until its time has passed: that it was taken back is no event,
 * - the state of an object from one operation on it to the next,
 * - a lock or permit is held from its `acquire` to the `release`.
 */
export class FactEnds {
  readonly #columns: EventColumns;
  /** By event: when what it says ends to be so; NEVER: it does not; 0: it says nothing lasting. */
  readonly ends: Uint32Array;
  /** By event: when the permit or lock that it takes is given back; 0: it takes none. */
  readonly returns: Uint32Array;
  /** By task: its first step. */
  readonly starts: number[] = [];
  /** Tasks whose `name` a ring has let go of, with the event in which they settle; NEVER: in none. */
  readonly carried: Map<number, number> = new Map();
  /** By task: the waits that it has, oldest first. */
  readonly #waits = new Map<number, number[]>();
  /** By object: the latest operation, and the latest `taskDone`, which tells of another number. */
  readonly #states = new Map<number, number>();
  readonly #unfinished = new Map<number, number>();
  /** By object: the `acquire`s that were not given back, oldest first. */
  readonly #holds = new Map<number, number[]>();
  readonly #tasks = new Map<number, number>();
  readonly #arms = new Set<number>();
  /** Events that moved the time. */
  readonly #moves: number[] = [];

  constructor(columns: EventColumns) {
    this.#columns = columns;
    this.ends = new Uint32Array(columns.kind.length);
    this.returns = new Uint32Array(columns.kind.length);
    for (let event = columns.first; event <= columns.last; event++) this.#add(event);
    for (const arm of this.#arms) this.#end(arm, this.#firstAfter(this.#value(arm)));
  }

  #add(event: number): void {
    const at = event - this.#columns.first;
    const task = this.#columns.task[at] as number;
    const object = this.#columns.object[at] as number;
    switch (this.#columns.kindOf(event)) {
      case "name":
        if (this.#word(event) === "task") this.#open(this.#tasks, object, event);
        break;
      case "time":
        this.#moves.push(event);
        break;
      case "step":
        this.#goesOn(task, event);
        break;
      case "wait":
        this.#push(this.#waits, task, event);
        this.#end(event, NEVER);
        break;
      case "arm":
        this.#arms.add(event);
        break;
      case "timer":
      case "callback":
        this.#fires(this.#columns.cause[at] as number, event);
        break;
      case "operation":
        this.#operation(object, task, event);
        break;
      case "settle":
        this.#settles(object, event);
        break;
      default:
    }
  }

  #word(event: number): string {
    const { words, word, first } = this.#columns;
    return words.word(word[event - first] as number);
  }

  #value(event: number): number {
    return this.#columns.value[event - this.#columns.first] as number;
  }

  #end(fact: number, event: number): void {
    this.ends[fact - this.#columns.first] = event;
  }

  /** What was so of `key` until now is so no more. */
  #open(latest: Map<number, number>, key: number, event: number): void {
    const before = latest.get(key);
    if (before !== undefined) this.#end(before, event);
    latest.set(key, event);
    this.#end(event, NEVER);
  }

  #push(lists: Map<number, number[]>, key: number, event: number): void {
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [event]);
    else list.push(event);
  }

  #goesOn(task: number, step: number): void {
    this.starts[task] ??= step;
    if (!this.#tasks.has(task)) this.carried.set(task, NEVER);
    const waits = this.#waits.get(task);
    if (waits === undefined || waits.length === 0) return;
    const ended = waits.length === 1 ? 0 : Math.max(0, waits.indexOf(this.#endedBy(step, waits)));
    this.#end(waits[ended] as number, step);
    waits.splice(ended, 1);
  }

  /**
   * Which of several waits of a task ended, by what woke it: its own timer or call, or something that
   * happened to its object. A cancellation ends them in the order in which they began (S13).
   */
  #endedBy(step: number, waits: readonly number[]): number {
    const { cause, object, first } = this.#columns;
    const woken = cause[step - first] as number;
    if (waits.includes(woken)) return woken;
    const own = cause[woken - first] ?? 0;
    if (waits.includes(own)) return own;
    const what = object[woken - first] ?? -1;
    return waits.find((wait) => what >= 0 && object[wait - first] === what) ?? -1;
  }

  #fires(arm: number, event: number): void {
    if (this.#arms.delete(arm)) this.#end(arm, event);
  }

  #operation(object: number, task: number, event: number): void {
    const name = this.#word(event);
    if (signals.has(name)) return;
    this.#open(name === "taskDone" ? this.#unfinished : this.#states, object, event);
    if (name === "acquire") {
      this.#push(this.#holds, object, event);
      this.returns[event - this.#columns.first] = NEVER;
    } else if (name === "release") {
      this.#giveBack(object, task, event);
    }
  }

  /** As sync's books: who holds none itself gives back that of the longest holder. */
  #giveBack(object: number, task: number, event: number): void {
    const { task: tasks, first } = this.#columns;
    const holds = this.#holds.get(object);
    if (holds === undefined || holds.length === 0) return;
    const own = Math.max(
      0,
      holds.findIndex((hold) => tasks[hold - first] === task),
    );
    this.returns[(holds[own] as number) - first] = event;
    holds.splice(own, 1);
  }

  #settles(object: number, event: number): void {
    const task = this.#tasks.get(object);
    if (task !== undefined) this.#end(task, event);
    this.#tasks.delete(object);
    if (this.carried.has(object)) this.carried.set(object, event);
    for (const wait of this.#waits.get(object) ?? []) this.#end(wait, event);
    this.#waits.delete(object);
  }

  /** The first event after which it is later than `time`. */
  #firstAfter(time: number): number {
    let low = 0;
    let high = this.#moves.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#value(this.#moves[middle] as number) > time) high = middle;
      else low = middle + 1;
    }
    return this.#moves[low] ?? NEVER;
  }
}
