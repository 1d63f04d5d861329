import type { LoopOptions } from "@tickless/core";
import { getRunningLoop, LimitError, simulateSync } from "@tickless/core";

import { format, UnsupportedError } from "./exceptions.ts";
import { finish, quiescence } from "./finish.ts";
import { generatorBodies } from "./generator-bodies.ts";
import type { LogEvent, Scenario } from "./scenario.ts";
import { runScript } from "./script.ts";
import type { Interpreter } from "./world.ts";
import { World } from "./world.ts";

/** What a scenario did: its log, or why it cannot be run. */
export type Outcome = { readonly log: readonly LogEvent[] } | { readonly unsupported: string };

async function run(world: World): Promise<string> {
  try {
    const reason = await world.loop.run();
    return reason === "exhausted" ? quiescence(world) : reason;
  } catch (error) {
    return error instanceof LimitError ? "livelock" : `aborted:${format(error)}`;
  }
}

/** Later than anything in a scenario. */
const FOREVER = 2 ** 40;

/**
 * Runs `scenario`, which must not be a script, on the caller's stack, without promises. Its tasks are
 * made by a main task, which ends at once.
 */
export function executeSync(scenario: Scenario, options: LoopOptions = {}): readonly LogEvent[] {
  let world: World | undefined;
  const main = (): void => {
    world = new World(scenario, generatorBodies, options, getRunningLoop());
    for (const [name, ops] of scenario.tasks ?? []) void world.spawn(name, ops);
  };
  const all = { ...options, start: scenario.start ?? 0, until: FOREVER };
  const { reason, outcome } = simulateSync(main, all);
  if (outcome?.status === "rejected") throw outcome.reason;
  if (world === undefined) throw new Error("The main task did not run");
  finish(world, reason === "stopped" ? reason : quiescence(world));
  return world.log;
}

/** Runs `scenario` on a loop of its own, with bodies of the kind that `interpreter` makes. */
export async function execute(
  scenario: Scenario,
  interpreter: Interpreter,
  options: LoopOptions = {},
): Promise<Outcome> {
  try {
    const world = new World(scenario, interpreter, options);
    for (const [name, ops] of scenario.tasks ?? []) void world.spawn(name, ops);
    const status = scenario.script ? await runScript(world, scenario.script) : await run(world);
    finish(world, status);
    return world.unsupported === undefined
      ? { log: world.log }
      : { unsupported: world.unsupported };
  } catch (error) {
    if (error instanceof UnsupportedError) return { unsupported: error.message };
    throw error;
  }
}
