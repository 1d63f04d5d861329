import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";

import { Activation } from "../src/activation.ts";
import { Agenda } from "../src/agenda.ts";
import { Loop } from "../src/index.ts";

class Timer extends Activation {
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

const byKey = (one: Timer, other: Timer): number => one.time - other.time || one.seq - other.seq;

type Action =
  | { readonly kind: "arm"; readonly time: number }
  | { readonly kind: "disarm"; readonly index: number }
  | { readonly kind: "advance"; readonly by: number };

/** Many equal ones, and some that share a place in the table of buckets, or are no integers. */
const delay = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 6 }) },
  { weight: 2, arbitrary: fc.nat({ max: 4 }).map((n) => n * 256) },
  { weight: 1, arbitrary: fc.nat({ max: 40 }).map((n) => n / 8) },
);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("arm" as const), time: delay }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("disarm" as const), index: fc.nat({ max: 500 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("advance" as const), by: fc.nat({ max: 3 }) }),
  },
);

afterEach(() => vi.restoreAllMocks());

function check(actions: readonly Action[]): void {
  const agenda = new Agenda();
  let live: Timer[] = [];
  let now = 0;
  let armed = 0;
  const enqueue = (timer: Activation): void => {
    expect((timer as Timer).seq).toBe(live.shift()?.seq);
  };
  const takeDue = (): void => {
    if (agenda.peek() > now || agenda.size === 0) return;
    agenda.ripen({ now, fires: false, enqueue });
  };
  for (const step of actions) {
    if (step.kind === "arm") {
      const timer = new Timer(now + step.time, armed++);
      agenda.arm(timer.time, timer);
      live.push(timer);
      live.sort(byKey);
    } else if (step.kind === "disarm" && live.length > 0) {
      for (const timer of live.splice(step.index % live.length, 1)) agenda.disarm(timer);
    } else if (step.kind === "advance") {
      now += step.by;
      takeDue();
    }
    expect(agenda.size).toBe(live.length);
    expect(agenda.peek()).toBe(live[0]?.time ?? Infinity);
  }
  now = Number.MAX_VALUE;
  takeDue();
  live = [];
  expect(agenda.peek()).toBe(Infinity);
}

describe("the agenda", () => {
  test("S1: gives out live timers by (time, order of arming), whatever is armed and disarmed", () => {
    fc.assert(fc.property(fc.array(action, { maxLength: 600, size: "max" }), check), {
      numRuns: 300,
    });
  });

  test("LOOP-17: keeps at most twice what is live, and 64 more", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat()), { minLength: 500, maxLength: 1000 }),
        fc.integer({ min: 50, max: 99 }),
        (timers, percentDisarmed) => {
          const agenda = new Agenda();
          for (const [i, [time, choice]] of timers.entries()) {
            const timer = new Timer(time, i);
            agenda.arm(time, timer);
            if (choice % 100 < percentDisarmed) agenda.disarm(timer);
            expect(agenda.length).toBeLessThanOrEqual(Math.max(2 * agenda.size, agenda.size + 64));
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  test("LOOP-17: 100,000 callbacks armed and cancelled behind one live timer do not pile up", () => {
    const arm = vi.spyOn(Agenda.prototype, "arm");
    const loop = new Loop();
    loop.callLater(1, () => undefined);
    for (let i = 0; i < 100_000; i++) loop.callLater(1000 + i, () => undefined).cancel();
    expect((arm.mock.contexts[0] as Agenda).length).toBeLessThanOrEqual(66);
  });
});
