import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChoiceReader, ChoiceWriter } from "../src/packed-choices.ts";
import { formatRepro, isReproLine, parseRepro, reproLineOf, type Repro } from "../src/repro.ts";

const limits = fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: null });
const choicesOf = fc.array(
  fc
    .integer({ min: 1, max: 5000 })
    .chain((count) => fc.tuple(fc.constant(count), fc.nat(count - 1))),
  { maxLength: 60 },
);

function packed(choices: readonly (readonly [number, number])[]): string {
  const writer = new ChoiceWriter();
  for (const [count, picked] of choices) writer.add(count, picked);
  return writer.toString();
}

describe("packed choices", () => {
  test("come back as they were, and then there are no more", () => {
    fc.assert(
      fc.property(choicesOf, (choices) => {
        const text = packed(choices);
        expect(ChoiceReader.accepts(text)).toBe(true);
        const reader = new ChoiceReader(text);
        for (const [count, picked] of choices) expect(reader.next(count)).toBe(picked);
        expect(reader.next(2)).toBe(null);
      }),
    );
  });

  test("take 0 bits where there was one option, and as few as tell the options apart", () => {
    const letters = (count: number): number =>
      packed(Array.from({ length: 600 }, () => [count, 0])).length;
    expect([1, 2, 3, 4, 5].map(letters)).toEqual([1, 101, 201, 201, 301]);
  });
});

describe("a repro line", () => {
  const repro = fc.record<Repro>({
    engine: fc.constantFrom("0.1.0", "2.0.0-rc.1"),
    seed: fc.string({ unit: "binary" }),
    start: fc.double({ noNaN: true, noDefaultInfinity: true }).map((start) => start + 0),
    drive: fc.constantFrom("run", "simulate"),
    timeUnit: fc.constantFrom("ms", "s", "min", "h", "none"),
    options: fc.record(
      {
        until: fc.option(
          fc.double({ min: 0, max: 1e300, noNaN: true }).map((time) => time + 0),
          { nil: null },
        ),
        maxSteps: limits,
        maxStepsPerInstant: limits,
        policy: fc.constant(true),
        jitter: fc.record({
          upTo: fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
          steps: fc.integer({ min: 1, max: 1000 }),
        }),
      },
      { requiredKeys: ["until", "maxSteps", "maxStepsPerInstant", "policy"] },
    ),
    choices: choicesOf.map(packed),
  });

  test("is one token for any shell, and says all that went into it", () => {
    fc.assert(
      fc.property(repro, (one) => {
        const line = formatRepro(one);
        expect(line).toMatch(/^tk1:[\w:.+-]*$/);
        expect(isReproLine(line)).toBe(true);
        expect(parseRepro(` ${line}\n`)).toEqual(one);
      }),
    );
  });

  test("is short and readable where nothing is out of the ordinary", () => {
    expect(reproLineOf({})).toMatch(/^tk1:v0\.1\.0:s0:x[0-9a-f]{8}$/);
    expect(reproLineOf({ seed: "black friday", until: 86_400_000, timeUnit: "s" })).toMatch(
      /^tk1:v0\.1\.0:sblack_20_friday:ts:u86400000:x[0-9a-f]{8}$/,
    );
  });

  test("that was cut or mistyped is refused, at every place", () => {
    const line = formatRepro({
      ...parseRepro(reproLineOf({ seed: 7, until: 100 })),
      choices: "Zq3B",
    });
    for (let length = 4; length < line.length; length++) {
      expect(() => parseRepro(line.slice(0, length))).toThrow(
        "something of it is missing or mistyped",
      );
    }
    for (let at = 4; at < line.length; at++) {
      const changed = line.slice(0, at) + (line[at] === "q" ? "p" : "q") + line.slice(at + 1);
      expect(() => parseRepro(changed)).toThrow("something of it is missing or mistyped");
    }
  });

  test("of a newer format is refused in plain words", () => {
    expect(() => parseRepro("tk2:v3.0.0:s7:x000000")).toThrow(
      "This repro line has format tk2, and this Tickless reads tk1. A newer Tickless wrote it.",
    );
  });

  test("of a run under a policy takes its recording", () => {
    expect(() => reproLineOf({ policy: { choose: () => 0 } })).toThrow(
      "Record the run: `reproLine(trace)`.",
    );
  });
});
