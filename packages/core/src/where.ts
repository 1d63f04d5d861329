import { currentScope, driver } from "./context.ts";
import type { DebugMode } from "./debug.ts";
import type { Loop } from "./loop.ts";
import { framesOf, takeStack } from "./stack.ts";

/**
 * Lets a loop note places, as debug mode does, so that `whereNow` and `whereIs` can tell them; debug
 * mode's reports stay away. A loop in debug mode stays as it is.
 *
 * @category For extenders
 */
export function notePlaces(loop: Loop): void {
  if (loop.debugMode !== null) return;
  loop.debug = true;
  // TypeScript does not see what the line above has done.
  const mode = loop.debugMode as DebugMode | null;
  if (mode !== null) mode.quiet = true;
}

/**
 * Where in the program the code is that runs now, for reports: lines such as
 * `at worker (file:///jobs.ts:8:28)`, innermost first. What code after an `await` was called by, only
 * debug mode knows. The answer is made when it is asked for, since that is what costs.
 *
 * @category For extenders
 */
export function whereNow(): () => readonly string[] {
  const stack = takeStack();
  const mode = driver.loop?.debugMode ?? null;
  const attempted = mode?.attempted;
  const task = currentScope()?.task;
  return () => {
    const frames = framesOf(stack);
    if (frames.length > 0) return frames;
    const place = attempted ?? (task === undefined ? undefined : mode?.placeBefore(task));
    return place?.frames ?? [];
  };
}

/**
 * Where in the program task `path` of a loop in debug mode hands over or waits, or has waited last, or was made:
 * lines as those of `whereNow`; empty where nobody knows.
 *
 * @category For extenders
 */
export function whereIs(loop: Loop, path: string): readonly string[] {
  const { debugMode } = loop;
  const task = loop.tasks.find((one) => one.path === path);
  if (debugMode === null || task === undefined) return [];
  const [wait] = task.waits;
  const before = wait === undefined ? debugMode.placeBefore(task) : debugMode.placeOf(wait);
  const place = debugMode.placeOfHandOver(task) ?? before;
  return (place ?? debugMode.placeMade(task))?.frames ?? [];
}

/**
 * Ids, as probes know them, of the tasks of `loop` that are ready to go on, the one that has been ready
 * for longest first; -1 stands for a callback.
 *
 * @category For extenders
 */
export function readyTasks(loop: Loop): readonly number[] {
  return loop.readyIds;
}
