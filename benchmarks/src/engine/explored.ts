import { createTask, gather, sleep } from "@tickless/core";
import { explore, exploreSync } from "@tickless/explore";
import type { Program, Size } from "../program.ts";

/**
 * W7: two tasks that take so many steps together, their own first ones included, under the default
 * strategy. The sum is that of all choices: another course gives another sum.
 */

/** Hand-overs of each of two tasks, so that they take `steps` steps. */
const rounds = (steps: number): number => steps / 2 - 1;

const options = ({ events }: Size): { readonly schedules: number } => ({ schedules: events });

/** A schedule is an event, and a step is a task: so many steps has the program. */
export const exploredGenerators: Program = (size) => {
  const body = function* () {
    for (let i = 0; i < rounds(size.tasks); i++) yield* sleep(0);
  };
  const found = exploreSync(function* () {
    yield* gather([createTask(body), createTask(body)]);
  }, options(size));
  return { events: found.schedules, time: 0, sum: found.choices };
};

/** As `exploredGenerators`, with async functions. */
export const exploredAsync: Program = async (size) => {
  const body = async (): Promise<void> => {
    for (let i = 0; i < rounds(size.tasks); i++) await sleep(0);
  };
  const found = await explore(async () => {
    await gather([createTask(body), createTask(body)]);
  }, options(size));
  return { events: found.schedules, time: 0, sum: found.choices };
};
