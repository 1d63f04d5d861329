import fc from "fast-check";
import { expect, test } from "vitest";

import { Activation } from "../src/activation.ts";
import { Heap } from "../src/heap.ts";

class Entry extends Activation {
  readonly time: number;
  readonly seq: number;

  constructor(time: number, seq: number) {
    super();
    this.time = time;
    this.seq = seq;
  }

  activate(): boolean {
    return false;
  }
}

const byKey = (one: Entry, other: Entry): number => one.time - other.time || one.seq - other.seq;

type Action =
  | { readonly kind: "push"; readonly time: number }
  | { readonly kind: "pop" }
  | { readonly kind: "filter"; readonly divisor: number };

// few different times, so that many are equal; -0 and 0 are one time; the loop refuses what is not finite
const time = fc
  .oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((drawn) => drawn + 0);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("push" as const), time }) },
  { weight: 3, arbitrary: fc.constant({ kind: "pop" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("filter" as const),
      divisor: fc.integer({ min: 2, max: 4 }),
    }),
  },
);

/** A heap beside what it should be: a sorted array. */
class Pair {
  readonly heap = new Heap();
  model: Entry[] = [];
  #pushed = 0;

  /** Answers what the action took out of each. */
  apply(step: Action): [unknown, Entry | undefined] {
    if (step.kind === "pop") return [this.heap.pop(), this.model.shift()];
    if (step.kind === "push") {
      const entry = new Entry(step.time, this.#pushed++);
      this.heap.push(step.time, entry);
      this.model = [...this.model, entry].toSorted(byKey);
    } else {
      const keep = (entry: unknown): boolean => (entry as Entry).seq % step.divisor !== 0;
      this.heap.filter(keep);
      this.model = this.model.filter(keep);
    }
    return [undefined, undefined];
  }
}

test("S1: a heap pops by (time, order of pushing), whatever is pushed, popped and filtered between", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 300, size: "max" }), (actions) => {
      const pair = new Pair();
      for (const step of actions) {
        const [got, expected] = pair.apply(step);
        expect(got).toBe(expected);
        expect(pair.heap.length).toBe(pair.model.length);
        expect(pair.heap.top()).toBe(pair.model[0]);
        expect(pair.heap.topTime()).toBe(pair.model[0]?.time ?? Infinity);
      }
      for (const entry of pair.model) expect(pair.heap.pop()).toBe(entry);
      expect(pair.heap.pop()).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

test("S1: 1,000 entries of one time leave a heap in the order in which they came", () => {
  const heap = new Heap();
  for (let seq = 0; seq < 1000; seq++) heap.push(7, new Entry(7, seq));
  const left = Array.from({ length: 1000 }, () => (heap.pop() as Entry).seq);
  expect(left).toEqual(Array.from({ length: 1000 }, (_, seq) => seq));
});
