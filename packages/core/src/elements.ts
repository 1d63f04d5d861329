import { driver } from "./context.ts";
import type { Body, FlowOf, Result } from "./coroutine.ts";
import { ensureFuture, usableLoop } from "./current.ts";
import { badType } from "./errors.ts";
import { isGenerator } from "./flow.ts";
import { type Future, isFuture } from "./future.ts";
import type { Loop } from "./loop.ts";
import { type Coroutine, isCoroutine } from "./suspension.ts";
import type { Task } from "./task.ts";

/**
 * What `gather`, `asCompleted` and `race` take: futures and tasks as they are, coroutines, generators,
 * functions.
 *
 * @category Tasks
 */
export type Gatherable<T> = Future<T> | Coroutine<T> | FlowOf<T> | Body<T>;

/**
 * What one element of `gather`, `asCompleted` or `race` gives.
 *
 * @category Tasks
 */
export type Gathered<E> =
  E extends Future<infer T>
    ? T
    : E extends Coroutine<infer T> | FlowOf<infer T>
      ? T
      : E extends () => infer R
        ? Result<R>
        : never;

/**
 * The future of one element: itself if it is one, else a task of it.
 *
 * @category Tasks
 */
export type FutureOf<E> = E extends Future<unknown> ? E : Task<Gathered<E>>;

/** What to write instead of what looks like an element and is none. */
function adviceOn(element: unknown): string {
  const { then } = (element ?? {}) as { readonly then?: unknown };
  return typeof then === "function" ? "A promise has begun already: give the function itself." : "";
}

/** Refuses what is no list of elements. `caller` is what the user has called, for messages. */
export function checkElements(list: unknown, caller: string): readonly Gatherable<unknown>[] {
  if (!Array.isArray(list)) {
    const expected = "an array of futures, coroutines, generators or functions";
    throw badType("list", expected, list, `\`${caller}([a, b])\`.`);
  }
  const wrong = (list as readonly unknown[]).findIndex((element) => !isGatherable(element));
  if (wrong < 0) return list as readonly Gatherable<unknown>[];
  const element: unknown = list[wrong];
  const expected = "a future, a coroutine, a generator or a function";
  throw badType(`list[${wrong}]`, expected, element, adviceOn(element));
}

function isGatherable(element: unknown): boolean {
  return typeof element === "function" || isCoroutine(element) || isGenerator(element);
}

/**
 * What is begun for `list`, in its order: a future, a coroutine and a generator once, wherever they
 * stand; a function, which is a recipe and no coroutine, once for each of its places.
 */
export function differentOf(list: readonly Gatherable<unknown>[]): readonly Gatherable<unknown>[] {
  // Ids are given in the order of creation, and so most lists of tasks need no Set to be sure.
  let last = -1;
  const inOrder = list.every((element) => {
    if (!isFuture(element) || element.id <= last) return false;
    last = element.id;
    return true;
  });
  if (inOrder) return list;
  const seen = new Set<unknown>();
  return list.filter((element) => {
    if (typeof element === "function") return true;
    if (seen.has(element)) return false;
    seen.add(element);
    return true;
  });
}

/** For each place in `list` the one of `futures` that it has; they are those of `differentOf(list)`. */
export function inPlaces(
  list: readonly Gatherable<unknown>[],
  futures: readonly Future<unknown>[],
): readonly Future<unknown>[] {
  if (futures.length === list.length) return futures;
  const byElement = new Map<unknown, Future<unknown>>();
  let next = 0;
  return list.map((element) => {
    const present = byElement.get(element);
    if (present !== undefined) return present;
    const future = futures[next++] as Future<unknown>;
    if (typeof element !== "function") byElement.set(element, future);
    return future;
  });
}

/** The loop on which the elements run: that of the running code, or outside a run that of the first future. */
export function loopOf(elements: readonly Gatherable<unknown>[], caller: string): Loop {
  const first = elements.find(isFuture);
  const loop = first === undefined || driver.loop !== null ? usableLoop() : first.loop;
  loop.checkInside(`${caller}()`);
  return loop;
}

/** The futures of elements that are all different. Futures of another loop are refused. */
export function futuresOf(
  different: readonly Gatherable<unknown>[],
  loop: Loop,
): readonly Future<unknown>[] {
  const foreign = different.find((element) => isFuture(element) && element.loop !== loop);
  if (foreign !== undefined) throw (foreign as Future<unknown>).foreign();
  return different.map((element) => ensureFuture(element));
}
