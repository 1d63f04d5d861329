/** Script mode: ops outside the loop, which is run in between. */
import { normal } from "./completion.ts";
import { opEnded, opFailed, opStarted } from "./events.ts";
import { UnsupportedError } from "./exceptions.ts";
import { quiescence } from "./finish.ts";
import type { Frame } from "./frame.ts";
import { newFrame } from "./frame.ts";
import { isImmediate, runImmediate } from "./ops/immediate.ts";
import type { Arg, Json, Op } from "./scenario.ts";
import type { World } from "./world.ts";

type ScriptOp = (world: World, ...args: Arg[]) => Promise<unknown>;

/** Ops that run the loop. */
const scriptOps: { readonly [name: string]: ScriptOp } = {
  run_until_complete: async (world, awaitable = null) => {
    const [future] = world.awaitables([awaitable]);
    return future && (await world.loop.runUntilComplete(future));
  },
  run_forever: ({ loop }) => loop.runForever(),
  run_to_quiescence: async ({ loop }) => void (await loop.run()),
};

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
    opEnded(frame, path, normal(((await run(frame.world, ...args)) ?? null) as Json));
  } catch (error) {
    throw opFailed(frame, path, error);
  }
}
