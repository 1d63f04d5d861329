import type { AsCompleted, Future, ReturnWhen, WaitResult } from "@tickless/core";
import { allTasks, asCompleted, currentTask, gather, shield, wait } from "@tickless/core";

import { exception, format } from "../exceptions.ts";
import { evaluate } from "../frame.ts";
import { stateOf } from "../objects.ts";
import type { Arg, Json, Op } from "../scenario.ts";
import {
  asList,
  asNumber,
  asNumberOrNull,
  asOps,
  asText,
  MalformedScenarioError,
} from "../scenario.ts";
import type { World } from "../world.ts";
import type { SyncOp, Wait } from "./kinds.ts";

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

/** The future of `gather`. */
export function gathered(world: World, awaitables: Arg, returnExceptions: Arg): Future<unknown> {
  const futures = world.awaitables(asList(awaitables));
  return returnExceptions === true ? gather(futures, { returnExceptions: true }) : gather(futures);
}

/** The future of `shield`. */
export function shielded(world: World, awaitable: Arg): Future<unknown> {
  const [inner] = world.awaitables([awaitable ?? null]);
  return shield(inner as Future<unknown>);
}

/** `["as_completed", awaitables, timeout?]`: each await gives the next result. */
export function inOrderOfCompletion(
  world: World,
  [awaitables, timeout = null]: readonly Arg[],
): AsCompleted<Json> {
  const futures = world.awaitables(asList(awaitables)) as Future<Json>[];
  return asCompleted(futures, { timeout: asNumberOrNull(timeout) });
}

/** `["wait", names, timeout?, returnWhen?]`: the result names what the op names, each once. */
export function waited(world: World, args: readonly Arg[]): Wait {
  const [names, timeout = null, returnWhen = "ALL_COMPLETED"] = args;
  const futures = new Map(asList(names).map((name) => [name, world.names.future(name)]));
  const among = (chosen: readonly Future<unknown>[]): Json =>
    [...futures].filter(([, future]) => chosen.includes(future)).map(([name]) => name);
  return {
    on: wait(
      asList(names).map((name) => futures.get(name) as Future<unknown>),
      { timeout: asNumberOrNull(timeout), returnWhen: asText(returnWhen) as ReturnWhen },
    ),
    result: (value) => {
      const { done, pending } = value as WaitResult<Future<unknown>>;
      return { done: among(done), pending: among(pending) };
    },
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
    const on = gathered(world, awaitables, returnExceptions);
    world.names.enter(asText(name), on, world.names.display(asText(name)));
  },
  shield_start: ({ world }, name, awaitable) => {
    const on = shielded(world, awaitable);
    world.names.enter(asText(name), on, world.names.display(asText(name)));
  },
  tg_spawn: ({ world }, groupName, name, ops) => {
    const group = world.group(groupName);
    const coroutine = world.prepare(asText(name), asOps(ops));
    try {
      void world.enter(asText(name), coroutine, group.createTask(coroutine.body));
    } catch (error) {
      world.names.giveBack(asText(name));
      throw error;
    }
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
