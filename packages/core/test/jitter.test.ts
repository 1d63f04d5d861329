import { describe, expect, test } from "vitest";
import { getRunningLoop, type Jitter, now, run, simulate, sleep, timeout } from "../src/index.ts";
import type { Policy } from "../src/policy.ts";
import { journal } from "./journal.ts";
import { kinds, wait } from "./kinds.ts";
import { randomPolicy } from "./policies.ts";

/** Picks this option of each timer, and the first of all else. */
function always(option: number): Policy {
  return { choose: (kind) => (kind === "jitter" ? option : 0) };
}

const drains = ["auto", "reference"] as const;

describe.each(kinds)("S10.16: jitter with $kind bodies", (kind) => {
  test.each(drains)(
    "a timer is never early, and never later than upTo (%s drain)",
    async (drain) => {
      const lateness = new Set<number>();
      for (let seed = 0; seed < 30; seed++) {
        const upTo = [0.3, 1, 7][seed % 3] ?? 1;
        const steps = 1 + (seed % 5);
        const main = kind.of(function* () {
          for (const delay of [0.1, 1, 3, 10]) {
            const due = now() + delay;
            let called = -1;
            getRunningLoop().callAt(due, () => (called = now()));
            yield* wait(sleep(delay));
            expect(now()).toBeGreaterThanOrEqual(due);
            expect(now()).toBeLessThanOrEqual(due + upTo);
            lateness.add(Math.round(((now() - due) / upTo) * 60));
            yield* wait(sleep(2 * upTo));
            expect(called).toBeGreaterThanOrEqual(due);
            expect(called).toBeLessThanOrEqual(due + upTo);
          }
        });
        await run(main, { drain, policy: randomPolicy(seed), jitter: { upTo, steps } });
      }
      // The parts of one to five steps, in sixtieths.
      expect([...lateness].toSorted((a, b) => a - b)).toEqual([
        0, 12, 15, 20, 24, 30, 36, 40, 45, 48, 60,
      ]);
    },
  );

  test("steps say in how many parts; all parts are exactly upTo", async () => {
    const main = kind.of(function* () {
      yield* wait(sleep(1));
      return now();
    });
    const at = (jitter: Jitter, option: number): Promise<number> =>
      run(main, { jitter, policy: always(option) });
    expect(await at({ upTo: 8 }, 0)).toBe(1);
    expect(await at({ upTo: 8 }, 1)).toBe(3);
    expect(await at({ upTo: 8 }, 4)).toBe(9);
    expect(await at({ upTo: 0.7, steps: 3 }, 3)).toBe(1 + 0.7);
    await expect(at({ upTo: 8, steps: 2 }, 3)).rejects.toMatchObject({ code: "ERR_BAD_CHOICE" });
  });

  test("first in, first out asks nobody, and nothing changes", async () => {
    const main = kind.of(function* () {
      yield* wait(sleep(5));
      return now();
    });
    const policy = { fifo: true, choose: () => 1 };
    const { probe, lines } = journal();
    expect(await run(main, { jitter: { upTo: 3 }, policy, probes: [probe] })).toBe(5);
    expect(await run(main, { jitter: { upTo: 3 } })).toBe(5);
    expect(lines.join("\n")).not.toContain("jitter");
  });

  test("what is due already is not late: sleep(0), deadlines that have passed", async () => {
    const main = kind.of(function* () {
      yield* wait(sleep(0));
      yield* wait(sleep(-1));
      getRunningLoop().callLater(0, () => undefined);
      try {
        yield* wait(
          timeout(
            0,
            kind.of(() => wait(sleep(9))),
          ),
        );
      } catch (error) {
        return [now(), (error as { code: string }).code];
      }
      return [];
    });
    expect(await run(main, { jitter: { upTo: 3 }, policy: always(4) })).toEqual([0, "ERR_TIMEOUT"]);
  });

  test("what the policy throws fails the run, and leaves no wait half begun", async () => {
    const broken = {
      choose(): number {
        throw new Error("no choice");
      },
    };
    const main = kind.of(function* () {
      try {
        yield* wait(sleep(5));
      } finally {
        expect(now()).toBe(0);
      }
    });
    const { reason, outcome } = await simulate(main, { jitter: { upTo: 3 }, policy: broken });
    expect(reason).toBe("error");
    expect(outcome).toMatchObject({ reason: { message: "no choice" } });
  });
});
