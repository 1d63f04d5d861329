import { sleep } from "@tickless/core";
import { Lock } from "@tickless/sync";
import { replay } from "@tickless/trace";
import { describe, expect, test } from "vitest";
import { generatorBodies, kinds, type Script, wait } from "../../core/test/kinds.ts";
import {
  buggify,
  choose,
  explore,
  exploreSync,
  type Failure,
  shrink,
  type Shrunk,
  shrinkSync,
} from "../src/index.ts";
import { counter } from "./corpus/counter.ts";
import { sctBench } from "./corpus/index.ts";
import { point, together } from "./corpus/program.ts";

const program = (name: string) => sctBench.find((one) => one.name === name)!;

/** What a shrinking answers, without the text, in which real time stands. */
function timeless(shrunk: Shrunk): Shrunk {
  return { ...shrunk, story: "", text: "" };
}

describe.each(kinds)("with $kind bodies", (kind) => {
  test("a failing schedule of nine decisions ends with the three that it takes", async () => {
    const found = await shrinkable(counter(kind), 9);
    const shrunk = await shrink(counter(kind), found);
    expect(shrunk.from).toBe(9);
    expect(shrunk.decisions).toHaveLength(3);
    expect(shrunk.error).toEqual(new Error("three updates are lost"));
    expect(shrunk.text).toContain("decisions 9 → 3, ");
  });

  test("the repro line of a shrunk schedule runs it alone", async () => {
    const main = program("bluetooth").main(kind);
    const { failure } = await explore(main, { strategy: "random-walk" });
    const { error, reproLine } = (failure as Failure).shrunk as Shrunk;
    const { result } = (await replay(reproLine, main)) as { result: { outcome?: unknown } };
    expect(result.outcome).toMatchObject({
      status: "rejected",
      reason: { message: (error as Error).message, invariant: "the driver was used after stop" },
    });
  });

  test("a deadlock stays the same deadlock: the same tasks, which wait for the same", async () => {
    // Whether one or both of the pairs lock up is a matter of the schedule.
    const main = kind.of(function* () {
      const [a, b] = [new Lock({ name: "a" }), new Lock({ name: "b" })];
      const [c, d] = [new Lock({ name: "c" }), new Lock({ name: "d" })];
      const both = (first: Lock, second: Lock) =>
        function* () {
          yield* wait(first.acquire());
          yield* point();
          yield* wait(second.acquire());
          second.release();
          first.release();
        };
      yield* together(kind, [both(a, b), both(b, a), both(c, d), both(d, c)]);
    });
    const blocked = ({ error }: Pick<Failure, "error">) =>
      (error as { blocked: { task: string }[] }).blocked.map(({ task }) => task);
    const sizes = new Set<number>();
    for (let seed = 0; seed < 8; seed++) {
      const { failure } = await explore(main, { strategy: "random-walk", seed });
      const shrunk = failure?.shrunk as Shrunk;
      expect(blocked(shrunk)).toEqual(blocked(failure as Failure));
      expect(shrunk.decisions).toHaveLength((blocked(shrunk).length - 1) / 2);
      sizes.add(shrunk.decisions.length);
    }
    expect(sizes).toEqual(new Set([1, 2]));
  });

  test("of two bugs the one that was found remains, though the other is simpler", async () => {
    const main = kind.of(function* () {
      let value = 0;
      const increment = function* () {
        const read = value;
        yield* point();
        value = read + 1;
      };
      yield* together(kind, [increment, increment]);
      if (value === 2 && choose(2) === 0) throw new TypeError("no switch is needed for this");
      if (value === 1) throw new TypeError("for this there is");
    });
    const all = await explore(main, { stopAtFirst: false, strategy: "exhaustive" });
    const simpler = all.outcomes.find(({ text }) => text.includes("no switch is needed"));
    expect((await shrink(main, simpler?.choices ?? [])).decisions).toEqual([]);
    const other = all.outcomes.find(({ text }) => text.includes("for this there is"));
    const shrunk = await shrink(main, other?.choices ?? []);
    expect(shrunk.error).toEqual(new TypeError("for this there is"));
    expect(shrunk.decisions).toMatchObject([{ kind: "switch", task: "main/1", to: "main/2" }]);
  });

  test("faults and options that do not matter become 0, and those that do the smallest that will do", async () => {
    const main = kind.of(function* () {
      const noise = [buggify("slow"), choose(5), choose(3)];
      yield* wait(sleep(1));
      const size = choose(100);
      if (buggify("disk full") && size >= 7) throw new Error(`lost ${noise.length} writes`);
    });
    const { failure } = await explore(main, { strategy: "random-walk" });
    expect(
      failure?.shrunk?.decisions.map(({ kind: what, picked, time }) => [what, picked, time]),
    ).toEqual([
      ["choose", 7, 1],
      ["choose", 1, 1],
    ]);
  });

  test("a schedule that does not fail keeps its outcome", async () => {
    const main = kind.of(function* () {
      const order: string[] = [];
      const visit = (name: string) =>
        function* () {
          yield* point();
          order.push(name);
        };
      yield* together(kind, ["a", "b", "c"].map(visit));
      return order.join("");
    });
    const { outcomes } = await explore(main, { strategy: "random-walk", stopAtFirst: false });
    const longest = outcomes.find(({ text }) => text === '"cba"');
    const shrunk = await shrink(main, longest?.choices ?? []);
    expect(shrunk).toMatchObject({ reason: null, error: undefined });
    const { result } = (await replay(shrunk.reproLine, main)) as unknown as {
      result: { outcome: { value: string } };
    };
    expect(result.outcome.value).toBe("cba");
    expect(shrunk.decisions.map(({ kind: what }) => what)).toEqual(["turn", "turn"]);
  });
});

/** The choices of a failing schedule with just so many decisions. */
async function shrinkable(main: () => unknown, decisions: number): Promise<Failure> {
  for (let seed = 0; seed < 200; seed++) {
    const { failure } = await explore(main as () => Promise<void>, {
      strategy: "random-walk",
      seed,
      shrinkReplays: 2,
    });
    if (failure?.shrunk?.from === decisions) return failure;
  }
  throw new Error(`no schedule with ${decisions} decisions was found`);
}

test("shrinkSync comes to the same as shrink, and both to the same again", async () => {
  const main = counter(generatorBodies);
  const { failure } = exploreSync(main, { shrinkReplays: 0 });
  const found = failure as Failure;
  const shrunk = timeless(await shrink(main, found));
  expect(timeless(shrinkSync(main, found))).toEqual(shrunk);
  expect(timeless(shrinkSync(main, found))).toEqual(shrunk);
  expect(timeless(shrinkSync(main, shrunk.choices)).decisions).toEqual(shrunk.decisions);
});

test("a shrinking takes no more replays than it may", () => {
  const main = counter(generatorBodies);
  const replaysOf = (shrinkReplays: number) =>
    exploreSync(main, { shrinkReplays }).failure?.shrunk?.replays;
  expect(replaysOf(0)).toBeUndefined();
  expect(replaysOf(2)).toBe(2);
  expect(replaysOf(10)).toBe(10);
  const { failure } = exploreSync(main, { shrinkReplays: 2 });
  expect(failure?.shrunk?.choices).toEqual(failure?.choices);
  expect(failure?.shrunk?.text).toContain("The budget was used up");
});

test("a shrinking that is ended early tells the best it has found, and says that it was interrupted", async () => {
  const main = counter(generatorBodies);
  const { failure } = exploreSync(main, { shrinkReplays: 0, strategy: "random-walk" });
  const choices = failure?.choices ?? [];
  const replays: number[] = [];
  const onReplay = (count: number): boolean => {
    replays.push(count);
    return count < 8;
  };
  const shrunk = shrinkSync(main, choices, { onReplay });
  // The ninth tells it.
  expect(replays).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(shrunk.text).toContain("Interrupted: this is the simplest that was found until then.");
  expect(shrunk.text).not.toContain("budget");
  expect(shrunk.decisions.length).toBeLessThan(shrunk.from);
  const another = await shrink(counter(generatorBodies), choices, { onReplay: (at) => at < 8 });
  expect(timeless(another)).toEqual(timeless(shrunk));
});

test("a task that spins until another has run does not hold the shrinking up", () => {
  const main = generatorBodies.of(function* () {
    const state = { ready: false, seen: 0 };
    yield* together(generatorBodies, [
      function* () {
        while (!state.ready) yield* point();
        if (state.seen === 1) throw new Error("seen in between");
      },
      function* () {
        yield* point();
        state.seen = 1;
        state.ready = true;
        yield* point();
        state.seen = 2;
      },
    ]);
  });
  const { failure } = exploreSync(main, { strategy: "random-walk" });
  expect(failure?.shrunk?.error).toEqual(new Error("seen in between"));
  expect(failure?.shrunk?.choices.length).toBeLessThan(10);
  // Where it spins until a limit, the budget is used up by a few replays.
  expect(failure?.shrunk?.simplest).toBe(true);
});

test("thousands of decisions end with one or two, within 500,000 steps", () => {
  const main = generatorBodies.of(function* () {
    let value = 0;
    const increment = function* () {
      for (let i = 0; i < 1000; i++) {
        yield* point();
        const read = value;
        yield* point();
        value = read + 1;
      }
    };
    yield* together(generatorBodies, [increment, increment, increment]);
    if (value !== 3000) throw new Error("lost");
  });
  const { failure } = exploreSync(main, { strategy: "random-walk" });
  const shrunk = failure?.shrunk;
  expect(shrunk?.from).toBeGreaterThan(3000);
  expect(shrunk?.decisions.length).toBeLessThanOrEqual(2);
  // Each of its schedules has about 6,000 steps.
  expect(shrunk?.replays).toBeLessThan(90);
});

test("a program that does not do the same again is not shrunk, and the report says why", () => {
  let schedules = 0;
  const main = generatorBodies.of(function* (): Script<void> {
    yield* together(generatorBodies, [point, point]);
    if (++schedules === 3) throw new Error("only once");
  });
  const { failure, text } = exploreSync(main);
  expect(failure).toMatchObject({ error: new Error("only once"), shrunk: null });
  expect(text).toContain("takes something from outside the run");
  expect(() => shrinkSync(main, failure as Failure)).toThrow(
    expect.objectContaining({ code: "ERR_NOT_REPEATED" }),
  );
});

test("options that are none are refused", async () => {
  const main = counter(generatorBodies);
  await expect(shrink(main, 5 as never)).rejects.toThrow("a failure of `explore`");
  expect(() => shrinkSync(main, [], { shrinkReplays: 1 })).toThrow("shrinkReplays");
  expect(() => shrinkSync(main, [], { onReplay: 5 as never })).toThrow("onReplay");
  expect(() => exploreSync(main, { shrinkReplays: -1 })).toThrow("shrinkReplays");
});
