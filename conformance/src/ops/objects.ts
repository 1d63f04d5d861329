import { Barrier, Condition, Event, Lock, Queue, Semaphore } from "@tickless/sync";

import type { Frame } from "../frame.ts";
import { evaluate } from "../frame.ts";
import { Variable } from "../objects.ts";
import type { Arg, Json } from "../scenario.ts";
import { asNumber, asText, MalformedScenarioError } from "../scenario.ts";
import type { SyncOp } from "./kinds.ts";

/** The queue, of any kind, called `name`. */
export function queue({ world }: Frame, name: Arg): Queue<Json> {
  return world.object<Queue<Json>>(name, Queue);
}

/** The lock, semaphore or condition called `name`. */
export function lock({ world }: Frame, name: Arg): Lock | Semaphore | Condition {
  return world.object<Lock | Semaphore | Condition>(name, Lock, Semaphore, Condition);
}

export function condition({ world }: Frame, name: Arg): Condition {
  return world.object(name, Condition);
}

export function barrier({ world }: Frame, name: Arg): Barrier {
  return world.object(name, Barrier);
}

export function event({ world }: Frame, name: Arg): Event {
  return world.object(name, Event);
}

function variable({ world }: Frame, name: Arg): Variable {
  return world.object(name, Variable);
}

/** Ops on synchronization objects and variables that do not wait. */
export const objectOps: { readonly [name: string]: SyncOp } = {
  put_nowait: (frame, name, value) => queue(frame, name).putNowait(evaluate(frame, value)),
  get_nowait: (frame, name) => queue(frame, name).getNowait(),
  task_done: (frame, name) => queue(frame, name).taskDone(),
  qsize: (frame, name) => queue(frame, name).qsize(),
  empty: (frame, name) => queue(frame, name).empty(),
  full: (frame, name) => queue(frame, name).full(),
  shutdown: (frame, name, immediate) =>
    queue(frame, name).shutdown({ immediate: immediate === true }),

  release: (frame, name) => lock(frame, name).release(),
  locked: (frame, name) => lock(frame, name).locked(),
  notify: (frame, name, n = 1) => condition(frame, name).notify(asNumber(n)),
  notify_all: (frame, name) => condition(frame, name).notifyAll(),

  barrier_info: (frame, name) => {
    const { parties, nWaiting, broken } = barrier(frame, name);
    return [parties, nWaiting, broken];
  },

  set: (frame, name) => event(frame, name).set(),
  clear: (frame, name) => event(frame, name).clear(),
  is_set: (frame, name) => event(frame, name).isSet(),

  var_set: (frame, name, value) => {
    variable(frame, name).value = evaluate(frame, value);
  },
  var_add: (frame, name, amount) => {
    const object = variable(frame, name);
    object.value = asNumber(object.value) + asNumber(amount);
    return object.value;
  },
  var_get: (frame, name) => variable(frame, name).value,

  ctx_set: (frame, name, value) => void frame.world.contextVar(name).set(evaluate(frame, value)),
  ctx_get: ({ world }, name) => world.contextVar(name).get(null),
};

const comparisons: { readonly [sign: string]: (a: number, b: number) => boolean } = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** A PRED of the language: whether a variable compares so with a number. */
export function holds(frame: Frame, [name, sign, bound]: readonly Arg[]): boolean {
  const compare = comparisons[asText(sign)];
  if (compare === undefined) throw new MalformedScenarioError(`No comparison "${asText(sign)}"`);
  return compare(asNumber(variable(frame, name).value), asNumber(bound));
}
