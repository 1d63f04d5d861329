import { type RunResult, sleep } from "@tickless/core";
import { describe, expect, test } from "vitest";
import { generatorBodies, kinds } from "../../core/test/kinds.ts";
import { explore, exploreSync, strategies, type Strategy } from "../src/index.ts";
import { sctBench } from "./corpus/index.ts";
import { mean, schedulesToBug } from "./corpus/measure.ts";
import { point, together } from "./corpus/program.ts";

const program = (name: string) => sctBench.find((one) => one.name === name)!;
const seeded = strategies.filter(({ sequential }) => sequential !== true);

/** Picks of each schedule of a campaign, by its number. */
function picksOf(strategy: Strategy, schedules: number, seed = "0"): string[] {
  const picks: string[] = [];
  const noting: Strategy = {
    ...strategy,
    begin(setup) {
      const search = strategy.begin(setup);
      return {
        next: (index) => search.next(index),
        finished(one) {
          picks[one.index] = [...one.choices]
            .map(({ count, picked }) => `${picked}/${count}`)
            .join(" ");
          search.finished?.(one);
        },
      };
    },
  };
  exploreSync(program("reorder_3").main(generatorBodies), {
    strategy: noting,
    seed,
    schedules,
    stopAtFirst: false,
  });
  return picks;
}

describe.each(seeded)("$name", (strategy) => {
  test("a schedule depends on its number and the seed alone, whatever other schedules were run", () => {
    const whole = picksOf(strategy, 40);
    const every: Strategy = {
      ...strategy,
      // As a worker that has schedules 0, 3, 6, …: the same search, asked for some of them.
      begin(setup) {
        const search = strategy.begin(setup);
        return {
          next: (index) => search.next(index * 3),
          finished: (run) => search.finished?.({ ...run, index: run.index * 3 }),
        };
      },
    };
    expect(picksOf(every, 10)).toEqual(whole.filter((_, index) => index % 3 === 0).slice(0, 10));
  });

  test("another seed gives other schedules, the same seed the same", () => {
    expect(picksOf(strategy, 20, "a")).toEqual(picksOf(strategy, 20, "a"));
    expect(picksOf(strategy, 20, "a")).not.toEqual(picksOf(strategy, 20, "b"));
  });
});

describe.each(strategies)("$name", (strategy) => {
  test.each(kinds)("finds the deadlock of two locks, with $kind bodies", async (kind) => {
    const found = await explore(program("deadlock01").main(kind), { strategy });
    expect(found.failure?.reason).toBe("deadlock");
    expect(found.text).toContain("deadlock: ");
  });

  test("tells the strands of one task apart, which waits for several things at once", async () => {
    let value = 0;
    const increment = async () => {
      await sleep(0);
      const read = value;
      await sleep(0);
      value = read + 1;
    };
    const found = await explore(
      async () => {
        value = 0;
        await Promise.all([increment(), increment()]);
        return value;
      },
      { strategy, stopAtFirst: false, schedules: 200 },
    );
    expect(found.outcomes.map(({ text }) => text).toSorted()).toEqual(["1", "2"]);
  });
});

test("PCT: a bug of depth 2 among 2 tasks of k steps is hit as often as the theorem says", () => {
  const steps = 10;
  const main = generatorBodies.of(function* () {
    let flag = false;
    yield* together(generatorBodies, [
      function* () {
        for (let i = 0; i < steps; i++) yield* point();
        flag = true;
        for (let i = 0; i < steps; i++) yield* point();
      },
      function* () {
        for (let i = 0; i < 2 * steps; i++) yield* point();
        if (!flag) throw new Error("too early");
      },
    ]);
  });
  const schedules = 2000;
  const found = exploreSync(main, { strategy: "pct", bound: 2, schedules, stopAtFirst: false });
  const failed = found.outcomes.filter(({ kind }) => kind === "error");
  const hits = failed.reduce((sum, { count }) => sum + count, 0);
  // 1 / (n k^(d-1)) with n = 2 tasks and k = 44 steps.
  expect(hits / schedules).toBeGreaterThan(1 / (2 * 44));
});

test("URW: schedules are about equally probable", () => {
  const main = generatorBodies.of(function* () {
    let order = "";
    const steps = (name: string, count: number) =>
      function* () {
        for (let i = 1; i < count; i++) {
          order += name;
          yield* point();
        }
        order += name;
      };
    yield* together(generatorBodies, [steps("a", 2), steps("b", 5)]);
    return order;
  });
  const { outcomes } = exploreSync(main, { strategy: "urw", schedules: 4200, stopAtFirst: false });
  expect(outcomes).toHaveLength(21);
  for (const { count } of outcomes) expect(Math.abs(count - 200)).toBeLessThan(60);
});

test("delay bounding runs each schedule with at most so many delays once, fewest delays first", () => {
  const main = generatorBodies.of(function* () {
    let order = "";
    const visit = (name: string) =>
      function* () {
        order += name;
        yield* point();
        order += name;
      };
    yield* together(generatorBodies, [visit("a"), visit("b"), visit("c")]);
    return order;
  });
  const run = (bound: number) =>
    exploreSync(main, { strategy: "delay-bounding", bound, stopAtFirst: false });
  expect(run(0)).toMatchObject({ schedules: 1, complete: true, outcomes: [{ text: '"aabbcc"' }] });
  const one = run(1);
  expect(one.complete).toBe(true);
  expect(one.outcomes.every(({ count }) => count === 1)).toBe(true);
  const many = run(20);
  expect(many.outcomes).toHaveLength(90);
});

// The least of: 1.1 times what fast-check takes, or half of it (reorder_5, reorder_20, bluetooth); see races.md. On
// bluetooth it took 54.9 there, and 31.2 in benchmarks/schedules with the very same points.
// No campaign is let down by chance: with two tasks, all schedules with one switch are among the first.
test("the portfolio finds the bug of bluetooth, which takes one switch, within 40 schedules of any seed", () => {
  const main = program("bluetooth");
  expect(Math.max(...schedulesToBug(main, "portfolio", 200, 1000))).toBeLessThanOrEqual(40);
});

test("the portfolio runs each schedule with one switch once, and then no more of them", () => {
  // a and b take three steps each; a is interrupted after one or two, or b is.
  const main = generatorBodies.of(function* () {
    let order = "";
    const steps = (name: string) =>
      function* () {
        order += name;
        yield* point();
        order += name;
        yield* point();
        order += name;
      };
    yield* together(generatorBodies, [steps("a"), steps("b")]);
    return order;
  });
  const orders: string[] = [];
  const check = ({ outcome }: RunResult<string>) => {
    if (outcome?.status === "fulfilled") orders.push(outcome.value);
  };
  exploreSync(main, { schedules: 15, stopAtFirst: false, check });
  // After three schedules of the opening, every third one.
  const [one, two, three, four] = [5, 8, 11, 14].map((index) => orders[index]);
  expect([one, two, three, four].toSorted()).toEqual(
    ["abbbaa", "aabbba", "baaabb", "bbaaab"].toSorted(),
  );
});

test.each([
  ["lost_update_2", 2.5 * 1.1],
  ["account", 2 * 1.1],
  ["lazy01", 2.2 * 1.1],
  ["deadlock01", 2.5 * 1.1],
  ["twostage", 11.8 * 1.1],
  ["bluetooth", 31.2 / 2],
  ["reorder_3", 36.7 * 1.1],
  ["reorder_5", 35.9 / 2],
  ["reorder_20", 194.3 / 2],
  ["twostage_50", 86.2 * 1.1],
  ["stack", 1.9 * 1.1],
])("the portfolio finds the bug of %s within %f schedules, mean of 40 seeds", (name, most) => {
  expect(mean(schedulesToBug(program(name), "portfolio", 40, 1000))).toBeLessThanOrEqual(most);
});
