import type { Loop } from "@tickless/core";
import { exchanges } from "./exchanges.ts";
import type { Watcher } from "./host-calls.ts";
import { World } from "./world.ts";

/** Says nothing: what was called stands in the notes of the run. */
const silent: Watcher = { called: () => undefined, over: () => undefined };

/**
 * Has what the program reads of the host's clock and chance noted in the recordings of the run, from now
 * on: which call, of which task, at which line. The program gets the host's answers.
 *
 * @category For extenders
 */
export function watchHost(loop: Loop): void {
  const world = World.of(loop);
  world.add(exchanges());
  world.hostCalls.watch(silent);
}
