/** What each kind of event says, beside its number and its cause. Ids are those of `name` events. */
export interface EventFields {
  /** The run begins. */
  begin: {
    /** Root of all random streams. */
    readonly seed: string;
    /** Virtual time at the start. */
    readonly now: number;
    /** Label of the time unit. */
    readonly timeUnit: string;
  };
  /** A task or an object gets its id; its path is that of its parent, a slash, and its segment. */
  name: {
    /** By which later events call it. */
    readonly id: number;
    /** Id of the task below which it is named; -1 at the root. */
    readonly parent: number;
    /** `task`, `future`, `queue`, `lock` … */
    readonly type: string;
    /** Last part of its path. */
    readonly segment: string;
  };
  /** Virtual time moves. */
  time: {
    /** To this time. */
    readonly now: number;
  };
  /** A timer fires. */
  timer: {
    /** The time for which it was armed. */
    readonly when: number;
  };
  /** A task starts or goes on. */
  step: {
    /** Id of the task. */
    readonly task: number;
  };
  /** A callback runs. */
  callback: {
    /** Id of the task that has scheduled it. */
    readonly task: number;
  };
  /** A task begins to wait. */
  wait: {
    /** Id of the task. */
    readonly task: number;
    /** What kind of thing it waits for: `sleep`, `queue`, `external` … */
    readonly on: string;
    /** Id of the object it waits for. */
    readonly object: number;
    /** The time at which the wait ends by itself; NaN if it does not. */
    readonly until: number;
    /** Which way of waiting for the object: `get`, `put`, `join`, `acquire` …; empty where there is one. */
    readonly op: string;
  };
  /** A callback or a timeout is scheduled. */
  arm: {
    /** Id of the task that schedules it. */
    readonly task: number;
    /** For this time. */
    readonly when: number;
  };
  /** Something is done to an object. */
  operation: {
    /** Id of the task that does it. */
    readonly task: number;
    /** Id of the object. */
    readonly object: number;
    /** `put`, `get`, `acquire`, `release` … */
    readonly name: string;
    /** What the object holds afterwards. */
    readonly state: number;
  };
  /** A task or a future settles. */
  settle: {
    /** Its id. */
    readonly object: number;
    /** `returned`, `raised` or `cancelled`. */
    readonly outcome: string;
  };
  /** A cancellation is asked for. */
  cancel: {
    /** Id of the task that asks. */
    readonly by: number;
    /** Id of the task to be cancelled. */
    readonly task: number;
  };
  /** A policy picks one of several options. */
  choice: {
    /** What was to choose: `ready` or `external`. */
    readonly on: string;
    /** How many options there were. */
    readonly count: number;
    /** The one taken, counted from 0. */
    readonly picked: number;
  };
  /** A number is drawn. */
  draw: {
    /** Name of the random stream. */
    readonly stream: string;
  };
  /** An `external` call delivers. */
  external: {
    /** Number of the call, counted from 0. */
    readonly call: number;
    /** Its outcome as its codec has encoded it. */
    readonly encoded: string;
  };
  /** The run ends. */
  end: {
    /** Why, as in the result of `simulate`. */
    readonly reason: string;
  };
}

/** The kinds of events. */
export type EventKind = keyof EventFields;

/** One event of a run, as plain data. */
export type EventOf<K extends EventKind> = {
  readonly [Kind in K]: EventFields[Kind] & {
    /** Its number, counted from 1. */
    readonly event: number;
    /** Number of the event that made it happen; 0: none. */
    readonly cause: number;
    /** What happened. */
    readonly kind: Kind;
  };
}[K];

/** An event of a run, as plain data. Tasks and objects go by their ids; -1 means none. */
export type TraceEvent = EventOf<EventKind>;

/** `id` stands for a task or an object and is compared by path; `newId` introduces one. */
type FieldType = "number" | "text" | "id" | "newId";

type Schema = { readonly [K in EventKind]: { readonly [F in keyof EventFields[K]]: FieldType } };

/** The order of kinds and fields is that of trace files. */
const schema: Schema = {
  begin: { seed: "text", now: "number", timeUnit: "text" },
  name: { id: "newId", parent: "id", type: "text", segment: "text" },
  time: { now: "number" },
  timer: { when: "number" },
  step: { task: "id" },
  callback: { task: "id" },
  wait: { task: "id", on: "text", object: "id", until: "number", op: "text" },
  arm: { task: "id", when: "number" },
  operation: { task: "id", object: "id", name: "text", state: "number" },
  settle: { object: "id", outcome: "text" },
  cancel: { by: "id", task: "id" },
  choice: { on: "text", count: "number", picked: "number" },
  draw: { stream: "text" },
  external: { call: "number", encoded: "text" },
  end: { reason: "text" },
};

/** A field of an event. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
}

const fields = new Map<string, readonly Field[]>(
  Object.entries(schema).map(([kind, types]) => [
    kind,
    Object.entries(types).map(([name, type]) => ({ name, type })),
  ]),
);

/** The kinds with the names of their fields, as the header of a trace file explains them. */
export const fieldNames: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Array.from(fields, ([kind, list]) => [kind, list.map(({ name }) => name)]),
);

/** The fields of a kind of event; undefined if there is no such kind. */
export function fieldsOf(kind: string): readonly Field[] | undefined {
  return fields.get(kind);
}

/** The value of a field. */
export function valueOf(event: TraceEvent, field: Field): number | string {
  return (event as unknown as Readonly<Record<string, number | string>>)[field.name] as
    | number
    | string;
}
