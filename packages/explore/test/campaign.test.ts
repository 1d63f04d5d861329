import { createTask, external, gather, mark, simulate, sleep } from "@tickless/core";
import { Lock } from "@tickless/sync";
import { replay } from "@tickless/trace";
import { describe, expect, test } from "vitest";
import { asyncBodies, type Kind, kinds, wait } from "../../core/test/kinds.ts";
import {
  always,
  buggify,
  choose,
  expectSameOutcome,
  explore,
  sometimes,
  strategies,
  type Strategy,
} from "../src/index.ts";
import { point, together } from "./corpus/program.ts";

const all = { strategy: "exhaustive", stopAtFirst: false } as const;

/** Two tasks that tell in which order they came. */
const race = (kind: Kind, end: (order: string) => unknown) =>
  kind.of(function* () {
    let order = "";
    const visit = (name: string) =>
      function* () {
        yield* point();
        order += name;
      };
    yield* together(kind, [visit("a"), visit("b")]);
    return end(order);
  });

describe.each(kinds)("with $kind bodies", (kind) => {
  test("S10.11: choose and buggify are choices: exhaustive search goes through all options", async () => {
    const main = kind.of(function* () {
      const first = choose(3);
      yield* point();
      return `${first}${buggify("late") ? "!" : ""}`;
    });
    const found = await explore(main, all);
    expect(found).toMatchObject({ schedules: 6, complete: true });
    expect(found.outcomes.map(({ text }) => text).toSorted()).toEqual(
      ["0!", "0", "1!", "1", "2!", "2"].map((text) => `"${text}"`),
    );
  });

  test("S10.11: where nobody explores they answer 0 and false", async () => {
    const main = kind.of(function* () {
      yield* point();
      return [choose(3), buggify("late")];
    });
    const { outcome } = await simulate(main);
    expect(outcome).toEqual({ status: "fulfilled", value: [0, false] });
  });

  test("a failure's repro line makes a replay fail in the same way, with choices of both kinds", async () => {
    const main = kind.of(function* () {
      let order = "";
      const visit = (name: string) =>
        function* () {
          yield* point();
          order += buggify("mumble") ? name.toUpperCase() : name;
        };
      yield* together(kind, [visit("a"), visit("b"), visit("c")]);
      if (order === "cBa") throw new Error(order);
    });
    const { failure } = await explore(main, { strategy: "exhaustive" });
    expect(failure?.error).toEqual(new Error("cBa"));
    const again = await replay(failure?.reproLine ?? "", main);
    expect(again).toMatchObject({
      result: { reason: "error", outcome: { status: "rejected", reason: new Error("cBa") } },
    });
  });

  test("S10.13: always fails the run, also where somebody catches the error", async () => {
    const main = race(kind, (order) => {
      try {
        always("a comes first", order === "ab");
      } catch {
        return "caught";
      }
      return order;
    });
    const { failure } = await explore(main, all);
    expect(failure).toMatchObject({ reason: "error", error: { code: "ERR_INVARIANT" } });
    expect(String(failure?.error)).toContain("`a comes first` does not hold at t=0 ms");
  });

  test("S10.13: a campaign fails if what sometimes says is true in no schedule", async () => {
    const main = race(kind, (order) => {
      sometimes("b first", order === "ba");
      sometimes("c first", order.startsWith("c"));
    });
    const found = await explore(main, all);
    expect(found.sometimes).toEqual({ "b first": 3, "c first": 0 });
    expect(found.failure).toMatchObject({ reason: "sometimes", schedule: -1 });
    expect(found.text).toContain("`c first` was true in none of 6 schedules");
    expect(found.text).not.toContain("no failure");
  });

  test("S10.13: a declared name fails the campaign also where no schedule comes to its call", async () => {
    const main = race(kind, (order) => {
      if (order === "never") sometimes("unreachable", true);
      sometimes("b first", order === "ba");
    });
    expect((await explore(main, all)).failure).toBeNull();
    const found = await explore(main, { ...all, sometimes: ["b first", "unreachable"] });
    expect(found.sometimes).toEqual({ "b first": 3, unreachable: 0 });
    expect(found.failure).toMatchObject({
      reason: "sometimes",
      error: { code: "ERR_NEVER_REACHED" },
    });
    expect(found.text).toContain("`unreachable` was true in none of 6 schedules");
  });

  test("outcomes are grouped: values, marks, errors and deadlocks, each with a shortest schedule", async () => {
    const main = kind.of(function* () {
      const [first, second] = [new Lock({ name: "first" }), new Lock({ name: "second" })];
      let order = "";
      const visit = (name: string, one: Lock, other: Lock) =>
        function* () {
          yield* wait(one.acquire());
          yield* point();
          yield* wait(other.acquire());
          order += name;
          other.release();
          one.release();
        };
      yield* together(kind, [visit("a", first, second), visit("b", second, first)]);
      mark("order", order);
      if (order === "ba") throw new Error("b came first");
      return order.length;
    });
    const { outcomes } = await explore(main, all);
    expect(outcomes.map(({ kind: how, text }) => `${how}: ${text}`).toSorted()).toEqual([
      "deadlock: deadlock: main waits for main/gather-1, main/1 waits for main/second, main/2 waits for main/first",
      "error: Error: b came first",
      'returned: 2 with order = "ab"',
    ]);
    const shortest = outcomes.find(({ kind: how }) => how === "deadlock");
    expect(shortest?.choices.every(({ picked }) => picked === 0)).toBe(true);
  });

  test("expectSameOutcome passes where all orders agree, and tells the outcomes where they do not", async () => {
    const agree = race(kind, (order) => order.length);
    await expect(expectSameOutcome(agree, { strategy: "exhaustive" })).resolves.toMatchObject({
      complete: true,
    });
    const differ = race(kind, (order) => order);
    const error: unknown = await expectSameOutcome(differ).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "ERR_OUTCOMES_DIFFER" });
    expect(String(error)).toMatch(/2 outcomes:\n {2}\d+ × "(ab|ba)"\n {2}\d+ × "(ab|ba)"/);
    const broken = kind.of(function* () {
      yield* point();
      throw new Error("always so");
    });
    await expect(expectSameOutcome(broken)).rejects.toThrow("always so");
  });

  test("outcome says what is compared, and check what is wrong", async () => {
    const main = race(kind, (order) => order);
    const same = { ...all, outcome: () => "whatever" };
    expect((await explore(main, same)).outcomes).toHaveLength(1);
    const found = await explore(main, {
      ...all,
      check: ({ outcome }) => {
        expect(outcome).toMatchObject({ value: "ab" });
      },
    });
    expect(found.failure?.reason).toBe("check");
  });

  test("a campaign that met no choice says so, and what to do", async () => {
    const main = kind.of(function* () {
      yield* wait(sleep(1));
    });
    for (const strategy of strategies) {
      const found = await explore(main, { strategy, stopAtFirst: false });
      expect(found).toMatchObject({ choices: 0, schedules: 1, complete: true });
      expect(found.text).toContain("nothing to explore: 1 schedule.");
      expect(found.text).toContain("@tickless/vitest");
      expect(found.text).toContain("interleave");
      expect(found.text).not.toContain("explored all");
    }
    const reduced = await explore(main, { reduce: "declared" });
    expect(reduced.text).toContain("nothing to explore: 1 schedule.");
  });

  test("so it does when it fails", async () => {
    const main = kind.of(function* () {
      yield* wait(sleep(1));
      throw new Error("in each order");
    });
    const { text, schedules } = await explore(main, { stopAtFirst: false });
    expect(schedules).toBe(1);
    expect(text).toContain("nothing to explore: 1 schedule.");
    expect(text).toContain("schedule 0 failed (error): Error: in each order");
  });
});

test("budgets: so many schedules, or so much real time", async () => {
  const main = race(asyncBodies, () => 0);
  expect((await explore(main, { schedules: 7 })).schedules).toBe(7);
  const short = await explore(main, { schedules: 1e9, wallTimeMs: 20 });
  expect(short.schedules).toBeGreaterThan(0);
  expect(short.complete).toBe(false);
});

test("what real calls answer is no choice, so that a campaign goes on without any", async () => {
  let calls = 0;
  const main = () => external(async () => ++calls);
  const found = await explore(main, { schedules: 3 });
  expect(found).toMatchObject({ choices: 0, schedules: 3, complete: false });
  expect(found.text).toContain("nothing to explore: 3 schedules.");
});

test("what a strategy throws is no failure of the program", async () => {
  const broken: Strategy = {
    name: "broken",
    summary: "",
    begin: () => ({
      next: () => ({
        choose: () => {
          throw new Error("of the strategy");
        },
      }),
    }),
  };
  const main = async () => {
    await gather([createTask(() => sleep(0)), createTask(() => sleep(0))]);
  };
  await expect(explore(main, { strategy: broken })).rejects.toThrow("of the strategy");
});

test.each([
  [{ strategy: "best" }, "one of portfolio, weighted-pos"],
  [{ schedules: 0 }, "`schedules`"],
  [{ wallTimeMs: 0 }, "`wallTimeMs`"],
  [{ bound: -1 }, "`bound`"],
  [{ reduce: "all" }, "`reduce`"],
  [{ reduce: "declared", strategy: "pos" }, "`exhaustive`"],
  [{ stopAtFirst: "no" }, "`stopAtFirst`"],
  [{ check: 1 }, "`check`"],
  [{ sometimes: "full" }, "`sometimes`"],
  [{ stop_at_first: true }, "Did you mean `stopAtFirst`?"],
  [{ policy: { choose: () => 0 } }, "`policy`"],
  [7, "`options`"],
])("bad options are refused: %j", async (options, words) => {
  await expect(explore(async () => 0, options as never)).rejects.toThrow(words);
});

test("what is no function of the program is refused", async () => {
  await expect(explore(sleep(1) as never)).rejects.toThrow("`main`");
});
