// What of hand-overs needs Node.js: its events of unhandled rejections, and its AsyncLocalStorage.
import { describe, expect, test } from "vitest";

import { awaited } from "../../src/awaits.ts";
import { createTask, external, run, simulate, sleep } from "../../src/index.ts";
import { handOver, type Policy } from "../../src/kit.ts";
import { everySchedule, firstInFirstOut } from "../policies.ts";

describe("S10.9: a hand-over", () => {
  const fails = async (): Promise<never> => {
    throw new Error("early");
  };
  const pausing = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) await handOver();
  };

  test("S7.8: a promise that is handled before nobody hands over any more was handled in time", async () => {
    const warnings: Error[] = [];
    const listener = (warning: Error): void => void warnings.push(warning);
    process.on("warning", listener);
    const outcomes = await everySchedule(async (policy) => {
      const main = async (): Promise<string> => {
        void createTask(pausing);
        const early = fails();
        await handOver();
        return early.catch((error: Error) => error.message);
      };
      return run(main, { policy });
    });
    await new Promise(setImmediate);
    process.off("warning", listener);
    expect(new Set(outcomes)).toEqual(new Set(["early"]));
    expect(warnings).toEqual([]);
  });

  test("S7.8: one that nobody handles fails the run when nobody hands over any more", async () => {
    const log: string[] = [];
    const main = async (): Promise<void> => {
      void fails();
      await pausing();
      log.push("all have handed over");
      await sleep(1);
      log.push("not reached");
    };
    const result = await simulate(main, { policy: firstInFirstOut() });
    expect(result.outcome).toMatchObject({
      reason: { code: "ERR_UNHANDLED_REJECTION", task: "main", cause: new Error("early") },
    });
    expect(log).toEqual(["all have handed over"]);
    expect(result.now).toBe(0);
  });

  test("S7.13: what a function given to external awaits is no choice, also where the run resolves it", async () => {
    const log: string[] = [];
    const never: Policy = { choose: () => expect.fail("asked") };
    const main = async (): Promise<void> => {
      let open = (): void => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      const call = external(async () => {
        await opened;
        log.push("inside a step");
        await awaited(null);
        await handOver();
        log.push("the same step");
        return "result";
      }).toPromise();
      await sleep(0);
      open();
      for (let i = 0; i < 10; i++) await Promise.resolve();
      log.push("the step ends");
      log.push(await call);
    };
    await run(main, { policy: never });
    expect(log).toEqual(["inside a step", "the same step", "the step ends", "result"]);
  });
});
