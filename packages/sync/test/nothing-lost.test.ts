import { Loop, type Task } from "@tickless/core";
import { describe, expect, test } from "vitest";
import type { Policy } from "@tickless/core/kit";
import { type Kind, kinds } from "../../core/test/kinds.ts";
import { lastInFirstOut, randomPolicy } from "../../core/test/policies.ts";
import { type Program, programs } from "./programs.ts";
import { WiderWorld } from "./wider-world.ts";

const FIFO = "first in, first out";

/** Fresh policies by name; undefined is the loop's own order. */
const policies: Record<string, () => Policy | undefined> = {
  [FIFO]: () => undefined,
  "last in, first out": lastInFirstOut,
  "random order": () => randomPolicy(1),
  "another random order": () => randomPolicy(2),
};

/** Who is left, in the loop's own order, of the programs that do not all end by themselves. */
const LEFT_OVER: Record<string, readonly string[]> = {
  "newcomers take what others were woken for": ["putting"],
  "rounds at a barrier": ["two"],
  "two locks crossed: a deadlock that only cancellation ends": ["a", "b", "c"],
};

/** Where a cancellation comes from: between two steps, or out of the middle of another's step. */
type Place = "between steps" | "inside a step";

interface Disturbance {
  readonly place: Place;
  /** Number of the step, or of the resumption, before which it comes. */
  readonly at: number;
  /** Index of the task that is cancelled. */
  readonly task: number;
}

interface Outcome {
  readonly faults: readonly string[];
  /** Tasks that came to no end by themselves. */
  readonly blocked: readonly string[];
  readonly steps: number;
  readonly resumes: number;
  readonly tasks: number;
}

/** Runs `program` step by step with one cancellation, and then cancels whoever is left. */
async function runDisturbed(
  program: Program,
  kind: Kind,
  policy: string,
  disturbance: Disturbance | null,
): Promise<Outcome> {
  const world = new WiderWorld(kind);
  const exceptionHandler = (_: Loop, context: { message: string }): void => {
    world.faults.push(context.message);
  };
  const loop = new Loop({ policy: policies[policy]?.(), exceptionHandler });
  const tasks = Object.entries(program(world)).map(([name, script]): Task<void> =>
    loop.createTask(world.body(script), { name }),
  );
  const disturb = (place: Place, at: number): void => {
    if (disturbance?.place !== place || disturbance.at !== at) return;
    tasks[disturbance.task]?.cancel();
  };
  world.interfere = (resume) => disturb("inside a step", resume);
  let steps = 0;
  do {
    if (loop.peek() > loop.time()) world.checkAtRest(`before step ${steps}`);
    disturb("between steps", steps++);
  } while (await loop.step());
  world.checkAtRest("when nothing is left to do");
  const blocked = tasks.filter((task) => !task.done()).map((task) => task.path);
  for (const task of tasks) task.cancel();
  await loop.run();
  world.checkAtEnd(tasks);
  loop.close();
  return { faults: world.faults, blocked, steps, resumes: world.resumes, tasks: tasks.length };
}

describe.each(Object.entries(programs))("S6: %s", (name, program) => {
  const cases = kinds.flatMap((kind) =>
    Object.keys(policies).map((policy) => ({ kind, policy, bodies: kind.kind })),
  );
  test.each(cases)(
    "$bodies bodies, $policy: any cancellation at any step",
    async ({ kind, policy }) => {
      const whole = await runDisturbed(program, kind, policy, null);
      expect(whole.faults).toEqual([]);
      const left = policy === FIFO ? (LEFT_OVER[name] ?? []) : whole.blocked;
      expect(whole.blocked).toEqual(left);
      expect(Math.min(whole.steps, whole.resumes)).toBeGreaterThan(3);
      const found: unknown[] = [];
      for (const place of ["between steps", "inside a step"] as const) {
        const count = place === "between steps" ? whole.steps : whole.resumes;
        for (let at = 0; at < count; at++) {
          for (let task = 0; task < whole.tasks; task++) {
            const disturbance = { place, at, task };
            const { faults } = await runDisturbed(program, kind, policy, disturbance);
            if (faults.length > 0) found.push({ ...disturbance, faults });
          }
        }
      }
      expect(found).toEqual([]);
    },
  );
});
