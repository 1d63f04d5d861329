import type { DebugMode } from "./debug.ts";
import { listing } from "./deadlock.ts";
import type { StopReason } from "./kernel.ts";
import type { Loop } from "./loop.ts";
import { type Notes, whereText } from "./place.ts";
import type { Resource } from "./resource.ts";
import type { Task } from "./task.ts";

/** A message, and places with their stacks. */
type Note = readonly [message: string, ...places: string[]];

// What debug mode reports when a loop is closed, each in the order in which it came to be.

/** How many coroutines are told of one by one. */
const MOST_TOLD = 20;

/** Coroutines that nobody has awaited. */
export function neverUsed(debugMode: DebugMode): Note[] {
  const { unused } = debugMode;
  const notes = unused
    .slice(0, MOST_TOLD)
    .map(([{ label }, place]): Note => [
      `${label} was never awaited, so it has not run. Write \`await\` or \`yield*\`, or make a task of it.`,
      whereText("It was made", place),
    ]);
  const more = unused.length - notes.length;
  return more === 0
    ? notes
    : [...notes, [`… and ${more} more coroutines that were never awaited.`]];
}

/** After these nobody wonders why tasks have not ended; a deadlock has listed them already. */
const FAILURES: ReadonlySet<StopReason> = new Set<StopReason>(["deadlock", "limit", "error"]);

/** Tasks that have not ended. */
function pendingTasks(loop: Loop): Note[] {
  const { tasks } = loop;
  if (tasks.length === 0) return [];
  const count = tasks.length === 1 ? "1 task" : `${tasks.length} tasks`;
  const lines = [
    `When the loop was closed, at ${loop.at()}, ${count} had not ended:`,
    ...listing(loop, tasks),
  ];
  const stubborn = tasks.filter((task) => task.cancelling() > 0).map(({ path }) => `\`${path}\``);
  if (stubborn.length > 0) {
    lines.push(
      `${stubborn.slice(0, 5).join(", ")}${stubborn.length > 5 ? " …" : ""} did not end although ` +
        "cancelled. Probably a `catch` stops the cancellation: begin it with " +
        "`if (isCancelled(error)) throw error;`.",
    );
  }
  return [[lines.join("\n")]];
}

function stillHeld(
  loop: Loop,
  resource: Resource,
  places: Notes<Task<unknown>>,
  endedAlone: boolean,
): Note[] {
  const held = resource.held.filter(({ task }) => !endedAlone || task.done());
  return held.map(({ task, since, what }): Note => {
    const name = `${resource.kind} \`${resource.path}\``;
    const subject = what === undefined ? name : `${what} of ${name}`;
    const ended = task.done() ? ", which ended without giving it back" : ", which has not ended";
    const message =
      `At the end of the run, ${loop.at()}, ${subject} was still held by \`${task.path}\`${ended}; ` +
      `taken at ${loop.at(since)}.`;
    return [message, whereText("It was taken", places.get(task))];
  });
}

/**
 * Tasks that have not ended, and resources that are still held.
 *
 * @param reason why the run ended; null: the loop is closed by hand
 */
export function leftOver(loop: Loop, debugMode: DebugMode, reason: StopReason | null): Note[] {
  const failed = loop.failure !== null || (reason !== null && FAILURES.has(reason));
  const held = debugMode.taken.flatMap(([resource, places]) =>
    stillHeld(loop, resource, places, failed),
  );
  return [...(failed ? [] : pendingTasks(loop)), ...held];
}
