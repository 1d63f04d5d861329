import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Loop, random, type RandomStream, run, sleep } from "../src/index.ts";
import { journal } from "./journal.ts";
import { inRealEvent } from "./outside-step.ts";

const CONSTANTS = {
  default: [
    0.08845286249621431, 0.564285179473663, 0.7546905688682122, 0.4409193629926458,
    0.026367486020506536,
  ],
  seed: [
    0.7547700879394319, 0.5248478663972773, 0.569174949840292, 0.834942316525394,
    0.4000862340703303,
  ],
  fraction: [
    0.2539398698827683, 0.3187723645325019, 0.7433970087928842, 0.3801746054496592,
    0.03185031866464483,
  ],
  ints: [44, 61, 62, 48, 60, 35, 90, 7, 84, 26],
  shuffled: "hecgbdfa",
};

const stream = (name: string, seed?: string | number): RandomStream =>
  new Loop({ seed }).random(name);

const draws = (from: RandomStream, count = 5): number[] => Array.from({ length: count }, from);

describe("S9: streams", () => {
  test("are constants of their seed and name, on every machine and for ever", () => {
    expect(draws(stream("arrivals"))).toEqual(CONSTANTS.default);
    expect(draws(stream("arrivals", "seed"))).toEqual(CONSTANTS.seed);
    expect(draws(stream("", 12.5))).toEqual(CONSTANTS.fraction);
    const ints = stream("ints", 1);
    expect(Array.from({ length: 10 }, () => ints.int(0, 100))).toEqual(CONSTANTS.ints);
    expect(stream("shuffle", 1).shuffle(["a", "b", "c", "d", "e", "f", "g", "h"]).join("")).toBe(
      CONSTANTS.shuffled,
    );
  });

  test("seed 1 equals '1', and the seed is '0' if none is given", () => {
    expect(draws(stream("a", 1))).toEqual(draws(stream("a", "1")));
    expect(draws(stream("a", 0.5))).toEqual(draws(stream("a", "0.5")));
    expect(draws(stream("a"))).toEqual(draws(stream("a", "0")));
    expect(draws(stream("a", 1))).not.toEqual(draws(stream("a", 2)));
  });

  test("the same name continues the same stream, wherever it is asked for", async () => {
    const whole = draws(stream("a"), 4);
    const parts = await run(async () => {
      const first = random("a");
      const got = [first(), random("a")()];
      await sleep(1);
      return [...got, first(), random("a")()];
    });
    expect(parts).toEqual(whole);
  });

  test("a draw added in one place moves nothing elsewhere", () => {
    const loop = new Loop();
    const other = new Loop();
    const mixed: number[] = [];
    for (let i = 0; i < 5; i++) {
      mixed.push(loop.random("arrivals")());
      draws(loop.random("services"), i);
    }
    expect(mixed).toEqual(draws(other.random("arrivals")));
    expect(new Set([...mixed, ...draws(other.random("services"))]).size).toBe(10);
  });

  test("no two pairs of seed and name share a stream", () => {
    const text = fc.string({ unit: fc.constantFrom("0", "1", "2", ":", "a", ""), maxLength: 4 });
    const pairs = fc.tuple(text, text);
    fc.assert(
      fc.property(pairs, pairs, ([seed, name], [otherSeed, otherName]) => {
        const equal = seed === otherSeed && name === otherName;
        const [one, other] = [stream(name, seed), stream(otherName, otherSeed)];
        expect(draws(one).join() === draws(other).join()).toBe(equal);
      }),
      { numRuns: 500 },
    );
  });

  test("S8: being watched does not change them", () => {
    const { probe, lines } = journal();
    const watched = new Loop({ probes: [probe] }).random("arrivals");
    expect(draws(watched)).toEqual(draws(stream("arrivals")));
    expect(lines.filter((line) => line.startsWith("draw"))).toHaveLength(5);
  });

  test("numbers are in [0, 1), spread evenly, with more than 32 random bits", () => {
    const many = draws(stream("even"), 100_000);
    const bins = Array.from({ length: 10 }, () => 0);
    for (const number of many)
      bins[Math.floor(number * 10)] = (bins[Math.floor(number * 10)] ?? 0) + 1;
    expect(Math.min(...many)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...many)).toBeLessThan(1);
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(400);
    expect(many.some((number) => (number * 2 ** 32) % 1 !== 0)).toBe(true);
  });
});

describe("S9: int, pick and shuffle", () => {
  const safe = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });

  test("int gives integers from lo to below hi", () => {
    fc.assert(
      fc.property(safe, fc.integer({ min: 1, max: 2 ** 40 }), fc.string(), (lo, size, name) => {
        const number = stream(name).int(lo, lo + size);
        expect(Number.isInteger(number) && number >= lo && number < lo + size).toBe(true);
      }),
    );
    const from = stream("dice");
    const sides = new Set(Array.from({ length: 200 }, () => from.int(1, 7)));
    expect([...sides].toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("pick gives each element of a list", () => {
    const from = stream("pick");
    const picked = new Set(Array.from({ length: 100 }, () => from.pick(["a", "b", "c"])));
    expect([...picked].toSorted((one, other) => (one < other ? -1 : 1))).toEqual(["a", "b", "c"]);
    expect(from.pick([undefined])).toBeUndefined();
  });

  test("shuffle gives the same elements in a new array and leaves the old one alone", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (list) => {
        const before = [...list];
        const shuffled = stream("shuffle").shuffle(list);
        expect(shuffled).not.toBe(list);
        expect(list).toEqual(before);
        const ascending = (one: number, other: number): number => one - other;
        expect(shuffled.toSorted(ascending)).toEqual(list.toSorted(ascending));
      }),
    );
  });

  test("shuffle gives every order, about equally often", () => {
    const from = stream("orders");
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = from.shuffle(["a", "b", "c"]).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  const bad = (use: (from: RandomStream) => unknown) => (): unknown => use(stream("bad"));

  test.each<[string, string, () => unknown]>([
    ["int(5, 5)", "ERR_OUT_OF_RANGE", bad((from) => from.int(5, 5))],
    ["int(6, 5)", "ERR_OUT_OF_RANGE", bad((from) => from.int(6, 5))],
    ["int(0.5, 5)", "ERR_OUT_OF_RANGE", bad((from) => from.int(0.5, 5))],
    ["int(0, 5.5)", "ERR_OUT_OF_RANGE", bad((from) => from.int(0, 5.5))],
    ["int(NaN, 5)", "ERR_OUT_OF_RANGE", bad((from) => from.int(NaN, 5))],
    ["int(0, Infinity)", "ERR_OUT_OF_RANGE", bad((from) => from.int(0, Infinity))],
    ["int(-Infinity, 0)", "ERR_OUT_OF_RANGE", bad((from) => from.int(-Infinity, 0))],
    ["int('1', 5)", "ERR_INVALID_ARG_TYPE", bad((from) => from.int("1" as never, 5))],
    ["int(5)", "ERR_INVALID_ARG_TYPE", bad((from) => from.int(5, undefined as never))],
    ["pick([])", "ERR_OUT_OF_RANGE", bad((from) => from.pick([]))],
    ["pick('abc')", "ERR_INVALID_ARG_TYPE", bad((from) => from.pick("abc" as never))],
    ["shuffle(null)", "ERR_INVALID_ARG_TYPE", bad((from) => from.shuffle(null as never))],
    ["random(7)", "ERR_INVALID_ARG_TYPE", () => new Loop().random(7 as never)],
    ["seed NaN", "ERR_INVALID_ARG_TYPE", () => new Loop({ seed: NaN })],
    ["seed {}", "ERR_INVALID_ARG_TYPE", () => new Loop({ seed: {} as never })],
  ])("%s is refused with %s", (_, code, use) => {
    expect(use).toThrow(expect.objectContaining({ code }));
  });
});

test.each<[string, (captured: RandomStream) => unknown]>([
  ["a draw", (captured) => captured()],
  ["int", (captured) => captured.int(0, 10)],
  ["pick", (captured) => captured.pick([1, 2])],
  ["shuffle", (captured) => captured.shuffle([1, 2])],
])("S9: %s from a captured stream in a real event fails the run", async (_, draw) => {
  const end = run(async () => {
    const captured = random("captured");
    await inRealEvent(() => draw(captured));
  });
  await expect(end).rejects.toMatchObject({ code: "ERR_OUTSIDE_STEP" });
});
