import { describe, expect, test } from "vitest";
import { generatorBodies } from "../../core/test/kinds.ts";
import { exploreSync, type Failure, type Shrunk } from "../src/index.ts";
import { counter } from "./corpus/counter.ts";
import { goBugs } from "./corpus/go/index.ts";
import { sctBench } from "./corpus/index.ts";
import { keyOf, type Shortest, shortestWithin } from "./corpus/shortest.ts";

function switches({ decisions }: Shrunk): number {
  return decisions.filter(({ kind }) => kind === "switch").length;
}

/** Failures that random searches find, each with what it was shrunk to. */
function* shrunkFailures(main: Parameters<typeof shortestWithin>[0], seeds: number) {
  for (const strategy of ["portfolio", "random-walk", "pos", "urw", "pct"]) {
    for (let seed = 0; seed < seeds; seed++) {
      const { failure } = exploreSync(main, { strategy, seed });
      if (failure !== null) yield [failure, failure.shrunk as Shrunk] as const;
    }
  }
}

/** With so many tasks not even the schedules without a switch can all be run. */
const large = ["reorder_20", "twostage_50"];
const corpus = [...sctBench, ...goBugs];

describe.each(corpus.filter(({ name }) => !large.includes(name)))("$name", ({ main: of }) => {
  const main = of(generatorBodies);
  const within: Shortest[] = [];
  const exhaustive = (bound: number): Shortest =>
    (within[bound] ??= shortestWithin(main, bound, 20_000));

  test("what is shrunk is as short as the shortest that exhaustive search finds", () => {
    const failures = [...shrunkFailures(main, 4)];
    expect(failures).toHaveLength(20);
    for (const [failure, shrunk] of failures) {
      const key = keyOf(failure);
      expect(keyOf(shrunk as Pick<Failure, "error" | "reason">)).toBe(key);
      const found = switches(shrunk);
      // With a switch less there is none at all …
      for (let bound = 0; bound < found; bound++) {
        const { complete, lengths } = exhaustive(bound);
        expect(complete).toBe(true);
        expect(lengths.has(key)).toBe(false);
      }
      // … and with as many none that takes fewer decisions.
      const { complete, lengths } = exhaustive(found);
      expect(complete).toBe(true);
      expect(lengths.get(key)).toEqual({ switches: found, decisions: shrunk.decisions.length });
    }
  });
});

describe("the counter", () => {
  const main = counter(generatorBodies);

  test("ends with its three switches nearly always, and never with more than one decision more", () => {
    const lengths: number[] = [];
    for (const [failure, shrunk] of shrunkFailures(main, 6)) {
      expect(keyOf(shrunk as Pick<Failure, "error" | "reason">)).toBe(keyOf(failure));
      lengths.push(shrunk.decisions.length);
    }
    expect(lengths.length).toBeGreaterThan(20);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(4);
    expect(lengths.filter((length) => length === 3).length / lengths.length).toBeGreaterThan(0.9);
  });

  // Neither do those with two switches, but they take 20 seconds.
  test("none of the schedules with at most one switch fails", () => {
    const { complete, lengths } = shortestWithin(main, 1, 1_000_000);
    expect(complete).toBe(true);
    expect(lengths.size).toBe(0);
  });
});

test.each(large)(
  "%s ends with one switch and nothing else: no schedule is shorter by more than one",
  (name) => {
    const main = sctBench.find((one) => one.name === name)!.main(generatorBodies);
    for (let seed = 0; seed < 5; seed++) {
      const { failure } = exploreSync(main, { seed });
      expect(failure?.shrunk?.decisions).toMatchObject([{ kind: "switch" }]);
    }
  },
);
