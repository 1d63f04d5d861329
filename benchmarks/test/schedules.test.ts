import { expect, test } from "vitest";
import { sctBench } from "../../packages/explore/test/corpus/index.ts";
import { mean, schedulesToBug } from "../../packages/explore/test/corpus/measure.ts";
import { fastCheckSchedules } from "../schedules/fast-check.ts";

const SEEDS = 40;
const MOST = 1000;

// twostage_50 takes too long for a test: `npm run bench:schedules`.
test.each([
  ["lost_update_2", 1.1],
  ["account", 1.1],
  ["lazy01", 1.1],
  ["deadlock01", 1.1],
  ["twostage", 1.1],
  ["bluetooth", 0.5],
  ["reorder_3", 1.1],
  ["reorder_5", 0.5],
  ["reorder_20", 0.5],
  ["stack", 1.1],
])(
  "on %s the portfolio needs at most %f times as many schedules as fast-check",
  async (name, most) => {
    const program = sctBench.find((one) => one.name === name)!;
    const beside: number[] = [];
    for (let seed = 0; seed < SEEDS; seed++)
      beside.push(await fastCheckSchedules(name, seed, MOST));
    const own = mean(schedulesToBug(program, "portfolio", SEEDS, MOST));
    expect(own).toBeLessThanOrEqual(mean(beside) * most);
  },
);
