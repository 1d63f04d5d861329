/** Script mode: ops outside the loop, which is run in between. */
import type { Future, Task } from "@tickless/core";
import { allTasks, Runner } from "@tickless/core";

import { normal } from "./completion.ts";
import { opEnded, opFailed, opStarted } from "./events.ts";
import { UnsupportedError } from "./exceptions.ts";
import { quiescence } from "./finish.ts";
import type { Frame } from "./frame.ts";
import { newFrame } from "./frame.ts";
import { isImmediate, runImmediate } from "./ops/immediate.ts";
import type { Arg, CoroutineSpec, Json, Op } from "./scenario.ts";
import { asCoroutine, MalformedScenarioError } from "./scenario.ts";
import { written } from "./values.ts";
import type { World } from "./world.ts";

type ScriptOp = (world: World, ...args: Arg[]) => Promise<unknown>;

/** Ops that run the loop. */
const scriptOps: { readonly [name: string]: ScriptOp } = {
  run_until_complete: async (world, awaitable = null) => {
    const [future] = world.awaitables([awaitable]) as [Future<unknown>];
    return world.loop.runUntilComplete(future);
  },
  run_forever: ({ loop }) => loop.runForever(),
  run_to_quiescence: async ({ loop }) => void (await loop.run()),
  new_loop: async (world) => world.newLoop(),
  runner_open: async (world) => {
    world.runner = new Runner(world.options);
    world.newLoop(world.runner.getLoop());
  },
  runner_run: (world, coroutine) => runMain(world, asCoroutine(coroutine)),
  runner_close: (world) => runnerOf(world).close(),
};

function runnerOf({ runner }: World): Runner {
  if (runner === undefined) throw new MalformedScenarioError("The script has no runner");
  return runner;
}

async function runMain(world: World, { as, run }: CoroutineSpec): Promise<unknown> {
  const coroutine = world.prepare(as, run);
  const known = new Set(allTasks(world.loop));
  const result = runnerOf(world).run(coroutine.body);
  // The runner keeps its task to itself; a closed one has made none.
  const task = allTasks(world.loop).find((made) => !known.has(made));
  if (task !== undefined) void world.enter(as, coroutine, task as Task<Json>);
  return result;
}

/** Runs the script to its end and returns the status of the end record. */
export async function runScript(world: World, script: readonly Op[]): Promise<string> {
  const frame = newFrame(world, "script");
  for (const [i, op] of script.entries()) {
    try {
      await runOp(frame, op, String(i));
    } catch {
      // The log has it; a script goes on after an exception.
    }
  }
  return quiescence(world);
}

async function runOp(frame: Frame, op: Op, path: string): Promise<void> {
  if (isImmediate(op)) {
    runImmediate(frame, op, path);
    return;
  }
  const [name, ...args] = op;
  opStarted(frame, path, name);
  try {
    const run = scriptOps[name];
    if (run === undefined) throw new UnsupportedError(`op "${name}"`);
    opEnded(frame, path, normal(written(await run(frame.world, ...args))));
  } catch (error) {
    throw opFailed(frame, path, error);
  }
}
