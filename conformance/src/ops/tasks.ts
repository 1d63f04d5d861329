import type { Future } from "@tickless/core";
import { allTasks, currentTask, gather } from "@tickless/core";

import { exception, format } from "../exceptions.ts";
import { evaluate } from "../frame.ts";
import { stateOf } from "../objects.ts";
import type { Arg, Json, Op } from "../scenario.ts";
import { asList, asNumber, asOps, asText, MalformedScenarioError } from "../scenario.ts";
import type { World } from "../world.ts";
import type { SyncOp } from "./kinds.ts";

function program(world: World, arg: Arg): readonly Op[] {
  if (typeof arg !== "string") return asOps(arg);
  const ops = world.scenario.progs?.[arg];
  if (ops === undefined) throw new MalformedScenarioError(`No program "${arg}"`);
  return ops;
}

/** The display name of a task, null for one that the scenario did not make. */
function who(world: World, task: Future<unknown> | null): string | null {
  return (task && world.names.shown(task)) ?? null;
}

function settled(item: PromiseSettledResult<Json>): Json {
  return item.status === "fulfilled" ? item.value : { exc: format(item.reason) };
}

/** The future of `gather`, and how its result is written. */
export function gathered(
  world: World,
  awaitables: Arg,
  returnExceptions: Arg,
): { readonly on: Future<unknown>; readonly result: (value: unknown) => Json } {
  const futures = world.awaitables(asList(awaitables));
  if (returnExceptions !== true) return { on: gather(futures), result: (value) => value as Json };
  return {
    on: gather(futures, { returnExceptions: true }),
    result: (value) => (value as PromiseSettledResult<Json>[]).map(settled),
  };
}

/** Ops on tasks, on futures and on running timeouts that do not wait. */
export const taskOps: { readonly [name: string]: SyncOp } = {
  spawn: ({ world }, name, ops) => {
    void world.spawn(asText(name), program(world, ops));
  },
  cancel: ({ world }, name, message) => {
    const future = world.names.future(name);
    return message === undefined ? future.cancel() : future.cancel(asText(message));
  },
  uncancel: ({ world }, name) => world.names.task(name).uncancel(),
  cancelling: ({ world }, name) => world.names.task(name).cancelling(),
  state: ({ world }, name) => stateOf(world.names.future(name)),
  result: ({ world }, name) => world.names.future(name).result(),
  exception: ({ world }, name) => {
    const error = world.names.future(name).exception();
    return error === undefined ? null : format(error);
  },
  current_task: ({ world }) => who(world, currentTask()),
  all_tasks: ({ world }) =>
    allTasks()
      .flatMap((task) => who(world, task) ?? [])
      .toSorted(),

  gather_start: ({ world }, name, awaitables, returnExceptions) => {
    const { on } = gathered(world, awaitables, returnExceptions);
    world.names.enter(asText(name), on, world.names.display(asText(name)));
  },

  fut_set: (frame, name, value) => {
    frame.world.names.future(name).setResult(evaluate(frame, value));
  },
  fut_exc: ({ world }, name, className, message) => {
    const error = exception(asText(className), message === undefined ? "" : asText(message));
    world.names.future(name).setException(error);
  },

  reschedule: ({ world }, name, delay) => {
    const when = delay === null ? null : world.loop.time() + asNumber(delay);
    world.timeout(name).reschedule(when);
  },
  timeout_expired: ({ world }, name) => world.timeout(name).expired(),
  timeout_when: ({ world }, name) => world.timeout(name).when(),
};
