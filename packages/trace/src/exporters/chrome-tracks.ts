import type { TimeTravel } from "../time-travel.ts";

/** One process for the whole run. */
export const PID = 1;
/** The track of callbacks; those of tasks follow. */
const CALLBACKS = 1;
const FIRST_TASK = 2;

/** An entry of the `traceEvents` of the format. */
export type ChromeEvent = Readonly<Record<string, unknown>>;

function metadata(tid: number, name: string, order: number): ChromeEvent[] {
  return [
    { ph: "M", pid: PID, tid, name: "thread_name", args: { name } },
    { ph: "M", pid: PID, tid, name: "thread_sort_index", args: { sort_index: order } },
  ];
}

/**
 * Gives each task a track. Slices of one track may not overlap, so the second of two waits of a task
 * goes to a track beside it. What names a track comes with the first event on it.
 */
export class Tracks {
  readonly #travel: TimeTravel;
  /** By task: until which event each of its tracks is taken by a wait. */
  readonly #lanes = new Map<number, number[]>();
  readonly #named = new Set<number>();
  #extra: number;
  readonly #extras = new Map<string, number>();
  /** What has to be written before the next event. */
  #news: ChromeEvent[] = [];

  constructor(travel: TimeTravel) {
    this.#travel = travel;
    this.#extra = FIRST_TASK + travel.largestId + 1;
  }

  /** What names the tracks that were asked for since the last call. */
  takeNews(): ChromeEvent[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  callbacks(): number {
    return this.#track(CALLBACKS, "callbacks", CALLBACKS);
  }

  /** The track of a task. */
  of(task: number): number {
    const path = this.#travel.index.pathOf(task) || `task ${task}`;
    return this.#track(FIRST_TASK + task, path, FIRST_TASK + task);
  }

  /** The track of a wait that begins in event `from` and ends in event `to`. */
  ofWait(task: number, from: number, to: number): number {
    const lanes = this.#lanes.get(task) ?? [];
    this.#lanes.set(task, lanes);
    const free = lanes.findIndex((end) => end <= from);
    const lane = free < 0 ? lanes.length : free;
    lanes[lane] = to;
    const own = this.of(task);
    return lane === 0 ? own : this.#lane(task, lane);
  }

  #lane(task: number, lane: number): number {
    const key = `${task} ${lane}`;
    let tid = this.#extras.get(key);
    if (tid === undefined) {
      tid = this.#extra++;
      this.#extras.set(key, tid);
    }
    return this.#track(
      tid,
      `${this.#travel.index.pathOf(task)} (wait ${lane + 1})`,
      FIRST_TASK + task,
    );
  }

  #track(tid: number, name: string, order: number): number {
    if (!this.#named.has(tid)) {
      this.#named.add(tid);
      this.#news.push(...metadata(tid, name, order));
    }
    return tid;
  }
}
