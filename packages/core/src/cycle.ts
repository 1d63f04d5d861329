import type { Scope } from "./context.ts";
import type { Task } from "./task.ts";
import type { Wait } from "./wait.ts";

/** Tasks that keep each other waiting, and need nobody else for it. */
export interface Cycle {
  /** Each waits for the next, and the last for the first; empty if there is no cycle. */
  readonly tasks: readonly Task<unknown>[];
  /** Others that could let one of the cycle go on, such as further holders of a semaphore: stuck as well. */
  readonly others: readonly Task<unknown>[];
}

/** One wait: without all of these, or without any of these, it cannot end. */
interface Leg {
  readonly any: boolean;
  readonly blockers: readonly Task<unknown>[];
}

/** A wait; or those of a race, of which one is enough. */
interface Need {
  readonly legs: readonly Leg[];
  readonly any: boolean;
  readonly blockers: readonly Task<unknown>[];
}

function legOf(wait: Wait<unknown>): Leg {
  const { blockers = [], anyBlocker = false } = wait.subject;
  return { any: anyBlocker, blockers: blockers.filter((blocker) => !blocker.done()) };
}

function needsOf(task: Task<unknown>): Need[] {
  const byRace = new Map<Scope | Wait<unknown>, Leg[]>();
  for (const wait of task.waits) {
    const { scope } = wait;
    const race = scope?.alternatives === true ? scope : wait;
    byRace.set(race, [...(byRace.get(race) ?? []), legOf(wait)]);
  }
  return (
    [...byRace.values()]
      // What nobody keeps waiting may end by itself, or by code that is no task.
      .filter((legs) => legs.every(({ blockers }) => blockers.length > 0))
      .map((legs) => ({
        legs,
        any: legs.length > 1 || legs.some(({ any }) => any),
        blockers: legs.flatMap(({ blockers }) => blockers),
      }))
  );
}

/** Whether a wait cannot end as long as those in `stuck` do not go on. */
function isHeldUp({ legs }: Need, stuck: ReadonlySet<Task<unknown>>): boolean {
  return legs.every(({ any, blockers }) =>
    any
      ? blockers.every((blocker) => stuck.has(blocker))
      : blockers.some((blocker) => stuck.has(blocker)),
  );
}

/**
 * The tasks that cannot go on because of each other alone: those that are left when whoever is not held
 * up by others of them has been taken out, until nobody is. A wait for any one of several is held up
 * only if all of them are: a task that wants a permit may have it from any holder.
 */
function stuckTogether(
  tasks: readonly Task<unknown>[],
  needs: ReadonlyMap<Task<unknown>, readonly Need[]>,
): Set<Task<unknown>> {
  const stuck = new Set(tasks);
  const waiters = new Map<Task<unknown>, Task<unknown>[]>();
  for (const task of tasks) {
    for (const blocker of needs.get(task)?.flatMap((need) => need.blockers) ?? []) {
      const its = waiters.get(blocker);
      if (its === undefined) waiters.set(blocker, [task]);
      else its.push(task);
    }
  }
  const suspects = [...tasks];
  for (let task = suspects.pop(); task !== undefined; task = suspects.pop()) {
    if (!stuck.has(task) || needs.get(task)?.some((need) => isHeldUp(need, stuck)) === true)
      continue;
    stuck.delete(task);
    // Not by spreading them: the stack has no place for so many arguments as one task may have waiters.
    for (const waiter of waiters.get(task) ?? []) suspects.push(waiter);
  }
  return stuck;
}

/** The cycle of tasks that wait for each other which is found first, in the order of creation. */
export function findCycle(tasks: readonly Task<unknown>[]): Cycle {
  const needs = new Map(tasks.map((task) => [task, needsOf(task)]));
  const stuck = stuckTogether(tasks, needs);
  const heldUpBy = (task: Task<unknown>): Task<unknown>[] =>
    (needs.get(task) ?? [])
      .filter((need) => isHeldUp(need, stuck))
      .flatMap(({ blockers }) => blockers.filter((blocker) => stuck.has(blocker)));
  const [first] = stuck;
  if (first === undefined) return { tasks: [], others: [] };
  // Each of them waits for another of them, so whoever follows comes back to where he was.
  const trail = new Set<Task<unknown>>();
  let task: Task<unknown> = first;
  while (!trail.has(task)) {
    trail.add(task);
    const blockers = heldUpBy(task);
    // Who holds one permit and wants a second waits for the other holders first of all.
    task = blockers.find((blocker) => blocker !== task) ?? task;
  }
  const cycle = [...trail].slice([...trail].indexOf(task));
  return { tasks: cycle, others: furtherHolders(cycle, needs) };
}

/** Of waits in the cycle for any one of several: the several, without those of the cycle. */
function furtherHolders(
  cycle: readonly Task<unknown>[],
  needs: ReadonlyMap<Task<unknown>, readonly Need[]>,
): Task<unknown>[] {
  const any = cycle.flatMap((task) => needs.get(task)?.filter((need) => need.any) ?? []);
  const all = new Set(any.flatMap(({ blockers }) => blockers));
  return [...all].filter((task) => !cycle.includes(task));
}
