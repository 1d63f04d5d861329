import { badType } from "@tickless/core/kit";
import { describeEvent, textOf } from "./describe.ts";
import type { ObjectState, PendingTimer, TraceState, TaskState } from "./state.ts";
import type { TimeTravel } from "./time-travel.ts";

const INDENT = "  ";
/** How many who wait for one object are named. */
const MOST_NAMED = 5;

/** What objects of a type hold, after their number; without an entry it is `state N`. */
const holdings: Readonly<Record<string, (holds: number) => string>> = {
  queue: (holds) => (holds === 1 ? "1 item" : `${holds} items`),
  semaphore: (holds) => (holds === 1 ? "1 permit free" : `${holds} permits free`),
  barrier: (holds) => `${holds} there`,
  event: (holds) => (holds === 0 ? "not set" : "set"),
  lock: (holds) => (holds === 0 ? "free" : "locked"),
};

/** The words for states, which need the trace for times and for what single events say. */
class StateText {
  readonly #travel: TimeTravel;

  constructor(travel: TimeTravel) {
    this.#travel = travel;
  }

  task(task: TaskState): string {
    switch (task.status) {
      case "new":
        return "has not started";
      case "running":
        return "runs";
      case "ready":
        return `is ready, woken by event ${task.wokenBy}${this.#alsoWaiting(task)}`;
      case "waiting":
        return this.#waits(task);
      case "elsewhere":
      default:
        return "awaits a promise that is not the loop's";
    }
  }

  timer({ event, when, task, sleep, fires }: PendingTimer): string {
    const what = sleep ? "sleep" : "timeout or callback";
    const whose = task === null ? what : `${what} of ${task}`;
    const end = fires === null ? "does not fire in this trace" : `fires in event ${fires}`;
    return `${this.#at(when)}  ${whose} (event ${event}), ${end}`;
  }

  object({ type, path, holds, unfinished, holders, waiting }: ObjectState): string {
    const parts: string[] = [];
    if (holders.length > 0) {
      const who = holders.map(({ task, event, since, count }) => {
        const permits = count === 1 ? "" : ` (${count})`;
        return `${task}${permits} since ${this.#at(since)} (event ${event})`;
      });
      parts.push(`held by ${this.#listed(who)}`);
    }
    // Of a lock that is held all has been said.
    if (holds !== null && !(type === "lock" && holders.length > 0)) {
      parts.push(holdings[type]?.(holds) ?? `state ${holds}`);
    }
    if (unfinished !== null) parts.push(`${unfinished} not done`);
    if (waiting.length > 0) parts.push(`waiting: ${this.#listed(waiting)}`);
    return `${type} ${path}  ${parts.join("; ")}`;
  }

  #waits({ waits }: TaskState): string {
    const { index } = this.#travel;
    const texts = waits.map(({ event, since }) => {
      const { what } = textOf(this.#travel.event(event), index);
      return `${what}, since ${this.#at(since)} (event ${event})`;
    });
    return texts.join("; and ");
  }

  #alsoWaiting(task: TaskState): string {
    return task.waits.length === 0 ? "" : `; and ${this.#waits(task)}`;
  }

  #listed(names: readonly string[]): string {
    const more = names.length - MOST_NAMED;
    const shown = names.slice(0, MOST_NAMED).join(", ");
    return more > 0 ? `${shown} and ${more} more` : shown;
  }

  #at(time: number): string {
    return `t=${time}${this.#travel.index.unit}`;
  }
}

function section<T>(
  title: string,
  all: readonly T[],
  most: number,
  line: (one: T) => string,
): string[] {
  if (all.length === 0) return [];
  const more = all.length - most;
  return [
    "",
    `${title} (${all.length})`,
    ...all.slice(0, most).map((one) => INDENT + line(one)),
    ...(more > 0 ? [`${INDENT}… and ${more} more`] : []),
  ];
}

/**
 * A state in lines for people: tasks, timers, what tasks share.
 *
 * @param most how many of each are listed at most. Default: all
 */
export function stateLines(
  state: TraceState,
  travel: TimeTravel,
  most: number = Infinity,
): string[] {
  if (!Array.isArray((state as Partial<TraceState> | null)?.tasks)) {
    throw badType("state", "the state of a trace, as `travel.at(5)` gives it", state);
  }
  const { event, time, tasks, timers, objects } = state;
  const { index } = travel;
  const text = new StateText(travel);
  let width = 0;
  for (const { path } of tasks.slice(0, most)) width = Math.max(width, path.length);
  return [
    `after event ${event}, t=${time}${index.unit}: ${describeEvent(travel.event(event), index)}`,
    ...(travel.first > 1 ? [`what had begun before event ${travel.first} is not known`] : []),
    ...section("tasks", tasks, most, (task) => `${task.path.padEnd(width)}  ${text.task(task)}`),
    ...section("timers", timers, most, (timer) => text.timer(timer)),
    ...section("shared", objects, most, (object) => text.object(object)),
  ];
}
