import type { Task } from "./task.ts";

/** Tasks that keep each other waiting, and need nobody else for it. */
export interface Cycle {
  /** Each waits for the next, and the last for the first; empty if there is no cycle. */
  readonly tasks: readonly Task<unknown>[];
  /** Others that could let one of the cycle go on, such as further holders of a semaphore: stuck as well. */
  readonly others: readonly Task<unknown>[];
}

/** One wait: without all of these, or without any of these, it cannot end. */
interface Need {
  readonly any: boolean;
  readonly blockers: readonly Task<unknown>[];
}

function needsOf(task: Task<unknown>): Need[] {
  return task.waits
    .map((wait): Need => {
      const { blockers = [], anyBlocker = false } = wait.subject;
      return { any: anyBlocker, blockers: blockers.filter((blocker) => !blocker.done()) };
    })
    .filter(({ blockers }) => blockers.length > 0);
}

/** Whether a wait cannot end as long as those in `stuck` do not go on. */
function isHeldUp({ any, blockers }: Need, stuck: ReadonlySet<Task<unknown>>): boolean {
  return any
    ? blockers.every((blocker) => stuck.has(blocker))
    : blockers.some((blocker) => stuck.has(blocker));
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
