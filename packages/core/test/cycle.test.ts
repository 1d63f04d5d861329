import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Cycle, findCycle } from "../src/cycle.ts";
import type { Task } from "../src/task.ts";

/** One wait: for all of the tasks with these numbers, or for any one of them. */
interface Need {
  readonly any: boolean;
  readonly blockers: readonly number[];
}

/** As much of tasks as the search looks at. */
function tasksOf(
  needs: readonly (readonly Need[])[],
  done: readonly number[] = [],
): Task<unknown>[] {
  const tasks = needs.map((_, i) => ({ path: `${i}`, done: () => done.includes(i) }));
  tasks.forEach((task, i) =>
    Object.assign(task, {
      waits: needs[i]?.map(({ any, blockers }) => ({
        subject: { anyBlocker: any, blockers: blockers.map((number) => tasks[number]) },
      })),
    }),
  );
  return tasks as unknown as Task<unknown>[];
}

const numbers = (tasks: readonly Task<unknown>[]): number[] =>
  tasks.map(({ path }) => Number(path));

function found(needs: readonly (readonly Need[])[], done?: readonly number[]): readonly number[][] {
  const { tasks, others }: Cycle = findCycle(tasksOf(needs, done).filter((task) => !task.done()));
  return [numbers(tasks), numbers(others)];
}

const all = (...blockers: number[]): Need => ({ any: false, blockers });
const any = (...blockers: number[]): Need => ({ any: true, blockers });

describe("a cycle (S7)", () => {
  test("of tasks that each wait for the next, whoever else waits for them", () => {
    expect(found([[all(1)], [all(2)], [all(1)], [all(0)]])).toEqual([[1, 2], []]);
  });

  test("is none where the last waits for nobody", () => {
    expect(found([[all(1)], [all(2)], []])).toEqual([[], []]);
  });

  test("of one: a task that waits for itself", () => {
    expect(found([[all(0)]])).toEqual([[0], []]);
  });

  test("goes through one of several that are all needed (gather)", () => {
    expect(found([[all(1, 2)], [], [all(0)]])).toEqual([[0, 2], []]);
  });

  test("is none where any of several would do, and one of them is not held up (a semaphore)", () => {
    expect(found([[any(1, 2)], [all(0)], []])).toEqual([[], []]);
  });

  test("is one where any would do and all are held up; the others are told", () => {
    expect(found([[any(1, 2)], [all(0)], [all(0)]])).toEqual([[0, 1], [2]]);
  });

  test("takes no account of a holder that has ended", () => {
    expect(found([[any(1, 2)], [all(0)], []], [2])).toEqual([[0, 1], []]);
  });

  test("of one who holds a permit and wants another goes through the other holder", () => {
    expect(found([[any(0, 1)], [any(0, 1)]])).toEqual([[0, 1], []]);
  });

  test("through a chain of 50,000 tasks is found in no time", () => {
    const length = 50_000;
    const needs = Array.from({ length }, (_, i) => [all((i + 1) % length)]);
    expect(found(needs)[0]).toHaveLength(length);
    needs[length - 1] = [];
    expect(found(needs)[0]).toEqual([]);
  });

  const need = fc.record({
    any: fc.boolean(),
    blockers: fc.array(fc.nat(6), { maxLength: 3 }),
  });

  /** Whether some order lets every task go on: one that is held up by nobody left goes, until none can. */
  function canAllGoOn(needs: readonly (readonly Need[])[]): boolean {
    const left = new Set(needs.keys());
    const mayGo = (i: number): boolean =>
      needs[i]?.every(({ any: one, blockers }) => {
        if (blockers.length === 0) return true;
        const free = blockers.filter((blocker) => !left.has(blocker));
        return one ? free.length > 0 : free.length === blockers.length;
      }) ?? true;
    for (let goes = [...left].find(mayGo); goes !== undefined; goes = [...left].find(mayGo)) {
      left.delete(goes);
    }
    return left.size === 0;
  }

  test("is found exactly where the tasks cannot all go on one after the other", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(need, { maxLength: 2 }), { minLength: 7, maxLength: 7 }),
        (needs) => {
          const [cycle = []] = found(needs);
          expect(cycle.length === 0).toBe(canAllGoOn(needs));
          cycle.forEach((task, i) => {
            const next = cycle[(i + 1) % cycle.length] ?? -1;
            expect(needs[task]?.some(({ blockers }) => blockers.includes(next))).toBe(true);
          });
        },
      ),
      { numRuns: 2000 },
    );
  });
});
