// fast-check's scheduler: it has no clock, so what is counted is schedules of 20 steps, as in W7.
import fc from "fast-check";

import { Tally } from "../dist/program.js";

const STEPS = 20;
const TASKS = 4;

async function W7({ events }) {
  const tally = new Tally();
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      let steps = 0;
      for (let i = 0; i < TASKS; i++) {
        void scheduler.scheduleSequence(
          Array.from({ length: STEPS / TASKS }, () => async () => {
            steps++;
          }),
        );
      }
      await scheduler.waitIdle();
      tally.add(steps);
    }),
    { numRuns: events, seed: 1 },
  );
  return tally.at(0);
}

export const programs = { W7 };
