import { run, type RunOptions, runSync } from "@tickless/core";
import type { Policy } from "@tickless/core/kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { asyncBodies, generatorBodies } from "../../core/test/kinds.ts";
import { lastInFirstOut, randomPolicy } from "../../core/test/policies.ts";
import { generated, Run } from "./generated-programs.ts";

const SEED = 20_260_101;
/** Some seconds of work, on a machine that may have other things to do. */
const PATIENCE_MS = 300_000;

const policy: fc.Arbitrary<Policy | undefined> = fc
  .oneof(
    fc.constant("fifo" as const),
    fc.constant("lifo" as const),
    fc.record({ random: fc.nat({ max: 1_000 }) }),
  )
  .map((order) => {
    if (order === "fifo") return undefined;
    const made = order === "lifo" ? lastInFirstOut() : randomPolicy(order.random);
    return Object.assign(made, { [fc.toStringMethod]: () => JSON.stringify(order) });
  });

function optionsOf(one: Run, order: Policy | undefined): RunOptions {
  return {
    policy: order,
    exceptionHandler: (_, { message, exception }) => {
      one.world.faults.push(`${message}: ${String(exception)}`);
    },
  };
}

test(
  "S6: 10,000 generated programs with generator bodies lose nothing, whatever is cancelled when",
  () => {
    fc.assert(
      fc.property(generated, policy, (program, order) => {
        const one = new Run(generatorBodies, program);
        runSync(
          generatorBodies.of(() => one.main()),
          optionsOf(one, order),
        );
        expect(one.check()).toEqual([]);
      }),
      { seed: SEED, numRuns: 10_000 },
    );
  },
  PATIENCE_MS,
);

test(
  "S6: 3,000 generated programs with async bodies, races among them, lose nothing either",
  async () => {
    await fc.assert(
      fc.asyncProperty(generated, policy, async (program, order) => {
        const one = new Run(asyncBodies, program);
        await run(
          asyncBodies.of(() => one.main()),
          optionsOf(one, order),
        );
        expect(one.check()).toEqual([]);
      }),
      { seed: SEED + 1, numRuns: 3_000 },
    );
  },
  PATIENCE_MS,
);
