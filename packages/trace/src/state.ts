import type { EventColumns } from "./event-columns.ts";
import { NEVER } from "./fact-ends.ts";
import type { Facts } from "./facts.ts";
import type { TraceIndex } from "./trace-index.ts";

/** A wait that a task has begun and that has not ended. */
export interface PendingWait {
  /** Number of the event in which it began. */
  readonly event: number;
  /** Virtual time at which it began. */
  readonly since: number;
  /** What kind of thing it waits for: `sleep`, `queue`, `task` … */
  readonly on: string;
  /** In which way it waits for the object: `get`, `put`, `acquire` …; empty where there is one. */
  readonly op: string;
  /** Path of the object it waits for; null where there is none. */
  readonly object: string | null;
  /** Time at which it ends by itself; null if it does not. */
  readonly until: number | null;
}

/**
 * What a task is doing:
 * - `new`: it has not started,
 * - `running`: its step is in progress,
 * - `waiting`: for all that `waits` lists,
 * - `ready`: event `wokenBy` has ended a wait, and its step has yet to come,
 * - `elsewhere`: it awaits a promise that the loop does not own.
 */
export type TaskStatus = "new" | "running" | "waiting" | "ready" | "elsewhere";

/** A task that has not ended. */
export interface TaskState {
  /** Its id in the trace. */
  readonly id: number;
  /** Its path. */
  readonly path: string;
  /** What it is doing. */
  readonly status: TaskStatus;
  /** What it waits for, oldest wait first. */
  readonly waits: readonly PendingWait[];
  /** Number of the event that has woken it; 0 unless it is `ready`. */
  readonly wokenBy: number;
}

/** A timer that has yet to fire: of a sleep, a timeout or a callback. */
export interface PendingTimer {
  /** Number of the event that set it. */
  readonly event: number;
  /** The time for which it is set. */
  readonly when: number;
  /** Path of the task that set it; null if none did. */
  readonly task: string | null;
  /** Whether a task sleeps until then; else a timeout or a callback is due. */
  readonly sleep: boolean;
  /**
   * Number of the event in which it fires; null if it does not fire in this trace: the trace ends
   * before, or the timer is taken back, of which there is no event.
   */
  readonly fires: number | null;
}

/** That a task holds a lock, or permits. */
export interface HolderState {
  /** Path of the task. */
  readonly task: string;
  /** Number of the event in which it took the first of them. */
  readonly event: number;
  /** Virtual time of that event. */
  readonly since: number;
  /** How many permits; 1 of a lock. */
  readonly count: number;
}

/** An object that tasks share, as soon as anything was done to it or anybody waits for it. */
export interface ObjectState {
  /** Its id in the trace. */
  readonly id: number;
  /** Its path. */
  readonly path: string;
  /** `queue`, `lock`, `semaphore` … */
  readonly type: string;
  /** Length of a queue, free permits, arrivals, 1 for set or locked; null before the first operation. */
  readonly holds: number | null;
  /** Items of a queue that are not reported as done; null where none was. */
  readonly unfinished: number | null;
  /** Who holds it, longest first. */
  readonly holders: readonly HolderState[];
  /** Paths of those who wait for it, in the order in which they began. */
  readonly waiting: readonly string[];
}

/** All that was so after one event. */
export interface TraceState {
  /** Number of the event. */
  readonly event: number;
  /** Its virtual time. */
  readonly time: number;
  /** Path of the task whose step is in progress; null if none is. */
  readonly running: string | null;
  /** Tasks that have not ended, in the order in which they were made. */
  readonly tasks: readonly TaskState[];
  /** Timers, the earliest first. */
  readonly timers: readonly PendingTimer[];
  /** What tasks share, in the order in which it was made. */
  readonly objects: readonly ObjectState[];
}

type Draft<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** What `stateAfter` works on. */
export interface StateSource {
  readonly columns: EventColumns;
  readonly facts: Facts;
  readonly index: TraceIndex;
}

/** Where one step ends and something else begins. */
const boundaries: ReadonlySet<string> = new Set([
  "begin",
  "time",
  "timer",
  "step",
  "callback",
  "external",
  "choice",
  "end",
]);

/** Whether an event of this kind is outside the step before it. */
export function beginsAnew(kind: string): boolean {
  return boundaries.has(kind);
}

/** What one waits for without sharing it. */
const unshared: ReadonlySet<string> = new Set(["task", "future", "gather", "shield", "group", ""]);

/**
 * Number of the step in progress after event number `event`; 0 if none is. A step of which nothing
 * more is told is over: its task waits on, or for a promise.
 */
function stepInProgress(event: number, { columns }: StateSource): number {
  if (beginsAnew(columns.kindOf(event + 1))) return 0;
  for (let at = event; at >= columns.first; at--) {
    const kind = columns.kindOf(at);
    if (kind === "step") return at;
    if (beginsAnew(kind)) return 0;
  }
  return 0;
}

/** What is known of one task. Thousands of them may live, so this is found once a fact. */
interface TaskFacts {
  /** Its `name` event; 0 where a ring has let go of it. */
  readonly named: number;
  readonly waits: PendingWait[];
  /** Number of the event that has woken it; 0: none. */
  wokenBy: number;
  /** Its latest wait that has not ended, or whose step has yet to come; 0: none. */
  latest: number;
}

/** Sorts the facts that hold after one event into tasks, timers and objects. */
class StateBuilder {
  readonly #source: StateSource;
  readonly #event: number;
  readonly #tasks = new Map<number, TaskFacts>();
  /** What waits are for, by their words: before the space, and behind it. */
  readonly #ways = new Map<number, readonly string[]>();
  readonly #timers: PendingTimer[] = [];
  readonly #objects = new Map<number, Draft<ObjectState>>();
  readonly #holders = new Map<number, Map<number, Draft<HolderState>>>();

  constructor(event: number, source: StateSource) {
    this.#event = event;
    this.#source = source;
    for (const task of source.facts.carriedAfter(event)) this.#introduce(task, 0);
    for (const fact of source.facts.after(event)) this.#add(fact);
  }

  state(): TraceState {
    const step = stepInProgress(this.#event, this.#source);
    const runner = step === 0 ? -1 : this.#column("task", step);
    const ids = Uint32Array.from(this.#tasks.keys()).toSorted();
    const tasks = Array.from(ids, (id) => this.#task(id, id === runner ? step : 0));
    return {
      event: this.#event,
      time: this.#source.index.timeAt(this.#event),
      running: tasks.find(({ status }) => status === "running")?.path ?? null,
      tasks,
      // in the order of their events already
      timers: this.#timers.toSorted((a, b) => a.when - b.when),
      objects: [...this.#objects.values()].toSorted((a, b) => a.id - b.id),
    };
  }

  #introduce(task: number, named: number): void {
    this.#tasks.set(task, { named, waits: [], wokenBy: 0, latest: 0 });
  }

  #column(name: "task" | "object" | "value" | "cause", event: number): number {
    const { columns } = this.#source;
    return columns[name][event - columns.first] as number;
  }

  #word(event: number): string {
    const { columns } = this.#source;
    return columns.words.word(columns.word[event - columns.first] as number);
  }

  #path(id: number): string {
    return this.#source.index.pathOf(id);
  }

  #add(fact: number): void {
    switch (this.#source.columns.kindOf(fact)) {
      case "name":
        this.#introduce(this.#column("object", fact), fact);
        break;
      case "wait":
        this.#addWait(fact);
        break;
      case "arm":
        this.#addTimer(fact, false);
        break;
      case "operation":
        this.#addOperation(fact);
        break;
      default:
    }
  }

  #addWait(fact: number): void {
    const task = this.#column("task", fact);
    const known = this.#tasks.get(task);
    if (known !== undefined) known.latest = fact;
    const end = this.#source.facts.endOf(fact);
    const woken = end === NEVER ? NEVER : this.#column("cause", end);
    if (this.#source.columns.kindOf(end) === "step" && woken <= this.#event) {
      if (known !== undefined) known.wokenBy = woken;
      return;
    }
    const until = this.#column("value", fact);
    const object = this.#column("object", fact);
    if (!Number.isNaN(until)) this.#addTimer(fact, true);
    const [on = "", op = ""] = this.#way(fact);
    known?.waits.push({
      event: fact,
      since: this.#source.index.timeAt(fact),
      on,
      op,
      object: object < 0 ? null : this.#path(object),
      until: Number.isNaN(until) ? null : until,
    });
    if (this.#isShared(object)) this.#object(object).waiting.push(this.#path(task));
  }

  #way(fact: number): readonly string[] {
    const { columns } = this.#source;
    const number = columns.word[fact - columns.first] as number;
    let way = this.#ways.get(number);
    if (way === undefined) {
      way = columns.words.word(number).split(" ");
      this.#ways.set(number, way);
    }
    return way;
  }

  /** What one waits for may also be a task or a future, of which there is no more to tell. */
  #isShared(object: number): boolean {
    if (object < 0) return false;
    return !unshared.has(this.#source.index.typeOf(object));
  }

  #addTimer(fact: number, sleep: boolean): void {
    const end = this.#source.facts.endOf(fact);
    const kind = this.#source.columns.kindOf(end);
    const task = this.#column("task", fact);
    // A sleep ends with a step; what woke it is its timer, or a cancellation.
    const timer = sleep && kind === "step" ? this.#column("cause", end) : end;
    const timerKind = this.#source.columns.kindOf(timer);
    this.#timers.push({
      event: fact,
      when: this.#column("value", fact),
      task: task < 0 ? null : this.#path(task),
      sleep,
      fires: timerKind === "timer" || timerKind === "callback" ? timer : null,
    });
  }

  #addOperation(fact: number): void {
    const { facts } = this.#source;
    const object = this.#object(this.#column("object", fact));
    const state = this.#column("value", fact);
    if (facts.endOf(fact) > this.#event) {
      if (this.#word(fact) === "taskDone") object.unfinished = state;
      else object.holds = state;
    }
    if (facts.returnOf(fact) > this.#event) this.#addHolder(object, fact);
  }

  #addHolder(object: Draft<ObjectState>, fact: number): void {
    const task = this.#column("task", fact);
    const known = this.#holders.get(object.id) ?? new Map<number, Draft<HolderState>>();
    this.#holders.set(object.id, known);
    const holder = known.get(task);
    if (holder !== undefined) {
      holder.count++;
      return;
    }
    const first = {
      task: this.#path(task),
      event: fact,
      since: this.#source.index.timeAt(fact),
      count: 1,
    };
    known.set(task, first);
    object.holders.push(first);
  }

  #object(id: number): Draft<ObjectState> {
    let object = this.#objects.get(id);
    if (object === undefined) {
      const type = this.#source.index.typeOf(id);
      const path = this.#path(id);
      object = { id, path, type, holds: null, unfinished: null, holders: [], waiting: [] };
      this.#objects.set(id, object);
    }
    return object;
  }

  /** `step` is the number of the step in progress if it is this task's, else 0. */
  #task(id: number, step: number): TaskState {
    const facts = this.#tasks.get(id) as TaskFacts;
    const { waits, wokenBy } = facts;
    return { id, path: this.#path(id), status: this.#status(id, step, facts), waits, wokenBy };
  }

  #status(id: number, step: number, { named, waits, wokenBy, latest }: TaskFacts): TaskStatus {
    const isNamed = this.#source.columns.kindOf(named) === "name";
    if (isNamed && this.#source.facts.startOf(id) > this.#event) return "new";
    // In its own step a task runs until it begins to wait.
    if (step > 0 && latest < step) return "running";
    if (wokenBy > 0) return "ready";
    return waits.length > 0 ? "waiting" : "elsewhere";
  }
}

/** All that was so after event number `event`. */
export function stateAfter(event: number, source: StateSource): TraceState {
  return new StateBuilder(event, source).state();
}
