import { checkTrace } from "./input.ts";
import type { EventOf, TraceEvent } from "./event.ts";
import type { Trace } from "./trace.ts";

interface Name {
  readonly parent: number;
  /** Whether its parent has no name any more. */
  readonly isOrphan: boolean;
  readonly type: string;
  readonly segment: string;
  /** Number of the event that introduced it. */
  readonly event: number;
}

/** Longer paths are made anew: in a chain of 20,000 spawns they would fill the memory. */
const LONGEST_KEPT = 120;

/** Answers what single events do not say by themselves: paths, times, and whose step it was. */
export class TraceIndex {
  /** Label of the time unit; empty where there is none. */
  readonly unit: string;
  readonly #trace: Trace;
  #events: readonly TraceEvent[] | null = null;
  readonly #names: Name[] = [];
  readonly #paths: string[] = [];
  /** Virtual time before the first event. */
  readonly #start: number;
  /** Numbers of the events at which time was set, and the times. */
  readonly #moves: number[] = [];
  readonly #times: number[] = [];

  constructor(trace: Trace) {
    checkTrace("trace", trace);
    this.#trace = trace;
    this.unit = trace.header.timeUnit === "none" ? "" : ` ${trace.header.timeUnit}`;
    this.#start = trace.startTime ?? trace.header.start;
    for (const name of trace.names ?? []) if (name.event < trace.first) this.#introduce(name);
    for (const event of trace.events()) {
      if (event.kind === "name") this.#introduce(event);
      else if (event.kind === "time" || event.kind === "begin") {
        this.#moves.push(event.event);
        this.#times.push(event.now);
      }
    }
  }

  /** The events of the trace as one array, which is made when it is first asked for. */
  get events(): readonly TraceEvent[] {
    this.#events ??= [...this.#trace.events()];
    return this.#events;
  }

  /** Event number `event`; undefined if there is none. */
  at(event: number): TraceEvent | undefined {
    const { first, last } = this.#trace;
    if (event < first || event > last) return undefined;
    try {
      return this.#trace.event(event);
    } catch (error) {
      // Where a newer Tickless has recorded what this one does not know.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /**
   * Path of a task or object, for example `main/queue-1`; empty for an id that no event introduced. Where
   * a ring has let go of a name it is `#17`, the id, and `…/queue-1` where it has of a parent's.
   */
  pathOf(id: number): string {
    const known = this.#paths[id];
    if (known !== undefined) return known;
    const path = this.#joined(id);
    if (path.length <= LONGEST_KEPT) this.#paths[id] = path;
    return path;
  }

  /** `task`, `queue`, `lock` …; empty for an id that no event introduced. */
  typeOf(id: number): string {
    return this.#names[id]?.type ?? "";
  }

  /** Number of the event that introduced an id; 0 if none did. */
  introduction(id: number): number {
    return this.#names[id]?.event ?? 0;
  }

  /** Virtual time at which event number `event` happened; a move of time happens at the new one. */
  timeAt(event: number): number {
    let low = 0;
    let high = this.#moves.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#moves[middle] as number) <= event) low = middle + 1;
      else high = middle;
    }
    return this.#times[low - 1] ?? this.#start;
  }

  /** Id of the task that an event tells of, or in whose step it happened; -1 if there is none. */
  taskOf(event: TraceEvent): number {
    if (event.kind === "cancel") return event.by;
    if ("task" in event) return event.task;
    if (event.kind === "timer" || event.kind === "external") return this.#waiter(event.cause);
    const within = this.at(event.cause);
    return within?.kind === "step" || within?.kind === "callback" ? within.task : -1;
  }

  #joined(id: number): string {
    const segments: string[] = [];
    for (let name = this.#names[id]; name !== undefined; name = this.#names[name.parent]) {
      segments.push(name.segment);
      if (name.isOrphan) segments.push("…");
    }
    if (segments.length === 0 && id >= 0 && this.#trace.first > 1) return `#${id}`;
    return segments.toReversed().join("/");
  }

  /** A parent comes before its children, so that paths have an end whatever a trace says. */
  #introduce({ id, parent, type, segment, event }: EventOf<"name">): void {
    const known = this.#names[parent] !== undefined;
    const isOrphan = !known && parent >= 0;
    this.#names[id] = { parent: known ? parent : -1, isOrphan, type, segment, event };
  }

  #waiter(cause: number): number {
    const event = this.at(cause);
    return event?.kind === "wait" || event?.kind === "arm" ? event.task : -1;
  }
}
