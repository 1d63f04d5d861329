import { checkNames } from "@tickless/core/kit";
import { checkKind } from "./input.ts";
import type { EventColumns } from "./event-columns.ts";
import type { EventKind, TraceEvent } from "./event.ts";
import type { TraceIndex } from "./trace-index.ts";

/** Which events are looked for. What is left out does not matter. */
export interface EventQuery {
  /** Of this kind. */
  readonly kind?: EventKind | undefined;
  /** Done by, or telling of, the task with this path or one below it. */
  readonly task?: string | undefined;
  /** Dealing with the task or object with this path: operations on it, waits for it, its end. */
  readonly object?: string | undefined;
  /** From this event on. */
  readonly from?: number | undefined;
  /** Up to and with this event. */
  readonly to?: number | undefined;
}

/** Ids that have `path`, or with `below` lie below it. */
function idsOf(
  path: string,
  below: boolean,
  columns: EventColumns,
  index: TraceIndex,
): Set<number> {
  const ids = new Set<number>();
  for (let event = columns.first; event <= columns.last; event++) {
    if (columns.kindOf(event) !== "name") continue;
    const id = columns.object[event - columns.first] as number;
    const own = index.pathOf(id);
    if (own === path || (below && own.startsWith(`${path}/`))) ids.add(id);
  }
  return ids;
}

/** Whether event number `event` is one that `query` looks for, as a function that is made once. */
export function matcher(
  query: EventQuery,
  columns: EventColumns,
  index: TraceIndex,
): (event: number) => boolean {
  checkNames(query, ["kind", "task", "object", "from", "to"]);
  checkKind("query.kind", query.kind);
  const { kind: kinds, task: tasks, object: objects, words, first } = columns;
  const { kind, task, object } = query;
  const wanted = kind === undefined ? null : words.find(kind);
  const doers = task === undefined ? null : idsOf(task, true, columns, index);
  const things = object === undefined ? null : idsOf(object, false, columns, index);
  return (event) => {
    const at = event - first;
    if (kinds[at] === columns.absent) return false;
    if (wanted !== null && kinds[at] !== wanted) return false;
    const dealtWith = objects[at] as number;
    if (doers !== null && !doers.has(tasks[at] as number) && !doers.has(dealtWith)) return false;
    return things === null || things.has(dealtWith);
  };
}

/** The events that `query` looks for, in order. */
export function* found(
  query: EventQuery,
  columns: EventColumns,
  index: TraceIndex,
): Generator<TraceEvent, void, undefined> {
  const matches = matcher(query, columns, index);
  const from = Math.max(columns.first, query.from ?? columns.first);
  const to = Math.min(columns.last, query.to ?? columns.last);
  for (let event = from; event <= to; event++) {
    if (matches(event)) yield index.at(event) as TraceEvent;
  }
}
