import type { Task } from "@tickless/core";

import { format } from "./exceptions.ts";
import type { Json } from "./scenario.ts";
import type { World } from "./world.ts";

/** What became of a task: `[name, "returned", value]` and the like. */
function final(who: string, task: Task<Json>): Json {
  if (!task.done()) return [who, "pending", null];
  if (task.cancelled()) return [who, "cancelled", null];
  const error = task.exception();
  return error === undefined ? [who, "returned", task.result()] : [who, "raised", format(error)];
}

/** Whether the run left somebody waiting. */
export function quiescence(world: World): string {
  return world.tasks.every(({ task }) => task.done()) ? "ok" : "deadlock";
}

/**
 * Writes the end record and closes the loop. The order matters: closing is what makes the loop
 * report exceptions that nobody looked at, and looking at the tasks first would hide them.
 */
export function finish(world: World, status: string): void {
  const unfinished = world.tasks.filter(({ task }) => !task.done());
  const blocked = unfinished.map(({ who, progress }): Json => {
    const innermost = progress.at(-1);
    return innermost ? [who, innermost.path, innermost.op] : [who, null, "not started"];
  });
  const state = Object.fromEntries([...world.objects].map(([name, made]) => [name, made.state()]));
  world.writeEnd(() => {
    world.close();
    return {
      status,
      final: world.tasks.map(({ who, task }) => final(who, task)),
      blocked,
      unretrieved: world.unretrieved.toSorted(),
      state,
    };
  });
}
