/** What the control ops do between two waits, the same for every kind of body. */
import { format, matches } from "./exceptions.ts";
import type { Frame } from "./frame.ts";
import { newFrame } from "./frame.ts";
import { holds } from "./ops/objects.ts";
import type { Arg, Json, Op, TrySpec } from "./scenario.ts";
import { asList, asNumber, asOps, asText } from "./scenario.ts";

/** A list of ops and what their paths begin with. */
export interface Part {
  readonly ops: readonly Op[];
  readonly prefix: string;
}

/** The first handler that takes `error`, which is thrown on if there is none. */
export function handlerFor(error: unknown, spec: TrySpec, path: string): Part {
  const handlers = spec.except ?? [];
  const k = handlers.findIndex(([classes]) => matches(error, classes));
  const handler = handlers[k];
  if (handler === undefined) throw error;
  return { ops: handler[1], prefix: `${path}x${k}.` };
}

/** What stands for an exception among the results of `as_completed`; all but an Exception is thrown on. */
export function missedItem(error: unknown): Json {
  if (matches(error, "Exception")) return { exc: format(error) };
  throw error;
}

/** The branch of `["if", PRED, OPS, OPS?]` to take. */
export function branch(
  frame: Frame,
  [predicate, then, otherwise]: readonly Arg[],
  path: string,
): Part {
  return holds(frame, asList(predicate))
    ? { ops: asOps(then), prefix: `${path}t.` }
    : { ops: asOps(otherwise ?? []), prefix: `${path}e.` };
}

/** `["loop", n, OPS]` */
export function rounds(
  [count, ops]: readonly Arg[],
  path: string,
): Part & { readonly count: number } {
  return { count: asNumber(count), ops: asOps(ops), prefix: `${path}.` };
}

/** `["call", name, OPS]`: a coroutine with its own name and locals in the same task. */
export function callee(
  frame: Frame,
  [name, ops]: readonly Arg[],
): { readonly frame: Frame; readonly ops: readonly Op[] } {
  const who = frame.world.names.display(asText(name));
  return { frame: newFrame(frame.world, who), ops: asOps(ops) };
}
