import fc from "fast-check";
import { expect, test } from "vitest";

import { Activation } from "../src/activation.ts";
import { Ring } from "../src/ring.ts";

class Item extends Activation {
  activate(): boolean {
    return false;
  }
}

const action = fc.oneof(
  { weight: 50, arbitrary: fc.constant("push" as const) },
  { weight: 20, arbitrary: fc.constant("shift" as const) },
  { weight: 20, arbitrary: fc.nat({ max: 200 }) },
  { weight: 1, arbitrary: fc.constant("clear" as const) },
);

type Action = "push" | "shift" | "clear" | number;
type Taken = Activation | undefined;

/** Answers what the action took out of each; a number takes that item out. */
function apply(step: Action, ring: Ring, model: Item[]): [Taken, Taken] {
  if (step === "shift") return [ring.shift(), model.shift()];
  if (step === "push") {
    const item = new Item();
    ring.push(item);
    model.push(item);
  } else if (step === "clear") {
    ring.clear();
    model.length = 0;
  } else if (model.length > 0) {
    const index = step % model.length;
    return [ring.take(index), model.splice(index, 1)[0]];
  }
  return [undefined, undefined];
}

test("S1: a ring is an array that is pushed at the end, shifted at the front and taken from anywhere", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 400, size: "max" }), (actions) => {
      const ring = new Ring();
      const model: Item[] = [];
      for (const step of actions) {
        const [got, expected] = apply(step, ring, model);
        expect(got).toBe(expected);
        expect(ring.length).toBe(model.length);
        expect(ring.at(0)).toBe(model[0]);
        expect(ring.at(model.length)).toBeUndefined();
      }
      expect(model.map((_, i) => ring.at(i))).toEqual(model);
      for (const item of model) expect(ring.shift()).toBe(item);
      expect(ring.shift()).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});
