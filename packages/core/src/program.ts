import type { Body, FlowOf } from "./coroutine.ts";
import { deadlockError } from "./deadlock.ts";
import type { StopReason } from "./kernel.ts";
import type { Loop } from "./loop.ts";
import type { Coroutine } from "./suspension.ts";
import type { Task } from "./task.ts";

/** What can be main. */
export type Main<T> = Body<T> | Coroutine<T> | FlowOf<T>;

/** A loop with its main task. */
export interface Program<T> {
  readonly loop: Loop;
  readonly main: Task<T>;
}

function settled<T>(outcome: () => T): PromiseSettledResult<T> {
  try {
    return { status: "fulfilled", value: outcome() };
  } catch (error) {
    return { status: "rejected", reason: error };
  }
}

/** Why the program ended: what the kernel cannot know, since it does not know main. */
export function reasonOf(
  { loop, main }: Program<unknown>,
  reason: StopReason,
  until: boolean,
): StopReason {
  if (reason === "error" || reason === "limit") return reason;
  if (loop.failure !== null) return "error";
  if (main.done() && (main.raised || main.cancelled())) return "error";
  if (reason === "until") return reason;
  if (!main.done()) return reason === "exhausted" ? "deadlock" : reason;
  return until ? reason : "done";
}

/** What `run` settles with; undefined if main has not ended and nothing is wrong. */
export function outcomeOf<T>(
  { loop, main }: Program<T>,
  reason: StopReason,
): PromiseSettledResult<T> | undefined {
  if (loop.failure !== null) return { status: "rejected", reason: loop.failure.error };
  if (main.done()) return settled(() => main.result());
  if (reason === "deadlock") return { status: "rejected", reason: deadlockError(loop) };
  return undefined;
}
