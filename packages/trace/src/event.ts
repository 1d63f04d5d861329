/** What each kind of event says, beside its number and its cause. Ids are those of `name` events. */
interface EventFields {
  /** The run begins. */
  begin: { readonly seed: string; readonly now: number; readonly timeUnit: string };
  /** A task or an object gets its id; its path is that of `parent` and `segment`. */
  name: {
    readonly id: number;
    readonly parent: number;
    readonly type: string;
    readonly segment: string;
  };
  /** Virtual time moves. */
  time: { readonly now: number };
  /** A timer fires. */
  timer: { readonly when: number };
  /** A task starts or goes on. */
  step: { readonly task: number };
  /** A callback runs that `task` has scheduled. */
  callback: { readonly task: number };
  /** A task begins to wait: for an object, or until a time. */
  wait: {
    readonly task: number;
    readonly on: string;
    readonly object: number;
    readonly until: number;
  };
  /** A callback or a timeout is scheduled. */
  arm: { readonly task: number; readonly when: number };
  /** Something is done to an object, which holds `state` afterwards. */
  operation: {
    readonly task: number;
    readonly object: number;
    readonly name: string;
    readonly state: number;
  };
  /** A task or a future settles. */
  settle: { readonly object: number; readonly outcome: string };
  /** A cancellation is asked for. */
  cancel: { readonly by: number; readonly task: number };
  /** A policy picks one of several options. */
  choice: { readonly on: string; readonly count: number; readonly picked: number };
  /** A number is drawn from a random stream. */
  draw: { readonly stream: string };
  /** An `external` call delivers its encoded outcome. */
  external: { readonly call: number; readonly encoded: string };
  /** The run ends. */
  end: { readonly reason: string };
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
    readonly kind: Kind;
  };
}[K];

/** An event of a run, as plain data. Tasks and objects go by their ids; -1 means none. */
export type TraceEvent = EventOf<EventKind>;

/** `id` stands for a task or an object and is compared by path; `newId` introduces one. */
export type FieldType = "number" | "text" | "id" | "newId";

type Schema = { readonly [K in EventKind]: { readonly [F in keyof EventFields[K]]: FieldType } };

/** The order of kinds and fields is that of trace files. */
const schema: Schema = {
  begin: { seed: "text", now: "number", timeUnit: "text" },
  name: { id: "newId", parent: "id", type: "text", segment: "text" },
  time: { now: "number" },
  timer: { when: "number" },
  step: { task: "id" },
  callback: { task: "id" },
  wait: { task: "id", on: "text", object: "id", until: "number" },
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
