import { Event, Lock, Queue } from "@tickless/sync";

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

/** The lock-like object called `name`. */
export function lock({ world }: Frame, name: Arg): Lock {
  return world.object(name, Lock);
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

  release: (frame, name) => lock(frame, name).release(),
  locked: (frame, name) => lock(frame, name).locked(),

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
