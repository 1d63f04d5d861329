import { badType } from "@tickless/core/kit";
import { type EventKind, type EventOf, fieldsOf, type TraceEvent } from "./event.ts";
import type { TraceIndex } from "./trace-index.ts";

/** An event in words. */
export interface EventText {
  /** Path of the task that does it, or what else does: `a callback`, `time`, `the policy` … */
  readonly who: string;
  /** What it does: a phrase with a verb. */
  readonly what: string;
}

const outcomes: Readonly<Record<string, string>> = {
  returned: "returns",
  raised: "ends with an exception",
  cancelled: "ends as cancelled",
};

const settlements: Readonly<Record<string, string>> = {
  returned: "gets its result",
  raised: "gets an exception",
  cancelled: "is cancelled",
};

function timeText(time: number, index: TraceIndex): string {
  return `t=${time}${index.unit}`;
}

function thing(id: number, index: TraceIndex): string {
  return `${index.typeOf(id)} ${index.pathOf(id)}`.trim();
}

function operation(event: EventOf<"operation">, index: TraceIndex): string {
  const on = thing(event.object, index);
  switch (event.name) {
    case "put":
      return `puts an item into ${on} (${event.state} in it then)`;
    case "get":
      return `takes an item from ${on} (${event.state} left)`;
    case "acquire":
      return `takes ${on}`;
    case "release":
      return `releases ${on}`;
    case "set":
      return `sets ${on}`;
    case "clear":
      return `clears ${on}`;
    case "notify":
      return `notifies who waits for ${on}`;
    case "notifyAll":
      return `notifies all who wait for ${on}`;
    case "arrive":
      return `comes to ${on} (${event.state} there then)`;
    case "reset":
      return `resets ${on}`;
    case "abort":
      return `aborts ${on}`;
    case "shutdown":
      return `shuts ${on} down (${event.state} in it then)`;
    case "taskDone":
      return `reports an item of ${on} as done (${event.state} not done then)`;
    default:
      return `does \`${event.name}\` on ${on} (state ${event.state} then)`;
  }
}

function wait(event: EventOf<"wait">, index: TraceIndex): string {
  if (event.on === "sleep") return `sleeps until ${timeText(event.until, index)}`;
  if (event.on === "hand-over") return "hands over";
  if (event.on === "external") return "waits for an external call";
  if (event.object < 0) return `waits (${event.on})`;
  const object = `${event.on} ${index.pathOf(event.object)}`;
  return `${waits[event.op] ?? (event.op === "" ? "waits for" : `waits to ${event.op}`)} ${object}`;
}

const chosen: Readonly<Record<string, string>> = {
  ready: "what runs next",
  external: "which call is delivered",
  choose: "of the program's own",
  jitter: "how late a timer is",
};

function named(event: EventOf<"name">, index: TraceIndex): EventText {
  const parent = index.pathOf(event.parent);
  const path = parent === "" ? event.segment : `${parent}/${event.segment}`;
  if (parent === "") return { who: `${event.type} ${path}`, what: "is made" };
  return { who: parent, what: `makes ${event.type} ${path}` };
}

function settled(event: EventOf<"settle">, index: TraceIndex): EventText {
  if (index.typeOf(event.object) === "task") {
    return { who: index.pathOf(event.object), what: outcomes[event.outcome] ?? event.outcome };
  }
  const who = thing(event.object, index);
  return { who, what: settlements[event.outcome] ?? event.outcome };
}

/** What a task waits for that does `await queue.get()` and the like. */
const waits: Readonly<Record<string, string>> = {
  get: "waits to get from",
  put: "waits to put into",
  join: "waits for all items to be done of",
  acquire: "waits for",
  reacquire: "waits to take back the lock of",
  wait: "waits for",
};

type Doer = (nobody: string) => string;
type Tell<K extends EventKind> = (event: EventOf<K>, index: TraceIndex, doer: Doer) => EventText;

const tell: { readonly [K in EventKind]: Tell<K> } = {
  begin: ({ now, seed }, index) => ({
    who: "the run",
    what: `begins at ${timeText(now, index)}, seed "${seed}"`,
  }),
  name: named,
  time: ({ now }, index) => ({ who: "time", what: `moves to ${timeText(now, index)}` }),
  timer: (_event, _index, doer) => ({ who: `the timer of ${doer("a callback")}`, what: "fires" }),
  step: ({ cause, task }, index, doer) => ({
    who: doer("a task"),
    what: cause === index.introduction(task) ? "starts" : "goes on",
  }),
  callback: ({ task }, _index, doer) => ({
    who: task < 0 ? "a callback" : `a callback of ${doer("")}`,
    what: "runs",
  }),
  wait: (event, index, doer) => ({ who: doer("a task"), what: wait(event, index) }),
  arm: ({ when }, index, doer) => ({
    who: doer("a callback"),
    what: `sets a timer for ${timeText(when, index)}`,
  }),
  operation: (event, index, doer) => ({ who: doer("a callback"), what: operation(event, index) }),
  settle: settled,
  cancel: ({ task }, index, doer) => ({
    who: doer("code outside any task"),
    what: `asks for the cancellation of ${index.pathOf(task)}`,
  }),
  choice: ({ on, count, picked }) => ({
    who: "the policy",
    what: `picks option ${picked} of ${count}: ${chosen[on]}`,
  }),
  draw: ({ stream }, _index, doer) => ({
    who: doer("a callback"),
    what: `draws a number from stream "${stream}"`,
  }),
  external: ({ call }, _index, doer) => ({
    who: doer("a task"),
    what: `gets the outcome of external call ${call}`,
  }),
  end: ({ reason }) => ({ who: "the run", what: `ends (${reason})` }),
};

/** Who does what in an event. `index` is that of the trace it belongs to. */
export function textOf(event: TraceEvent, index: TraceIndex): EventText {
  if (fieldsOf((event as Partial<TraceEvent> | null)?.kind ?? "") === undefined) {
    throw badType("event", "an event of a trace, as `trace.event(5)` gives it", event);
  }
  const doer = (nobody: string): string => {
    const task = index.taskOf(event);
    return task < 0 ? nobody : index.pathOf(task);
  };
  return (tell[event.kind] as Tell<EventKind>)(event, index, doer);
}

/** An event in one line of words, for example `main/worker takes lock main/lock-1`. */
export function describeEvent(event: TraceEvent, index: TraceIndex): string {
  const { who, what } = textOf(event, index);
  return `${who} ${what}`;
}
