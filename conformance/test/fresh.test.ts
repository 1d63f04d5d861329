import { Loop } from "@tickless/core";
import type { Policy } from "@tickless/core/kit";
import { describe, expect, test } from "vitest";

import { asyncBodies } from "../src/async-bodies.ts";
import { execute } from "../src/execute.ts";
import { generateScenario } from "../src/generate/scenario.ts";
import { generatorBodies } from "../src/generator-bodies.ts";

const SCENARIOS = 150;
const fresh = Array.from({ length: SCENARIOS }, (_, i) => generateScenario(`fresh-${i}`));

// No log of asyncio's to compare with here, but everything that the log shows must be the same.
describe("scenarios that no log was recorded of", () => {
  test("S5: run the same with async functions and with generators as bodies", async () => {
    for (const scenario of fresh) {
      const outcome = await execute(scenario, asyncBodies);
      expect(outcome).toHaveProperty("log");
      expect(await execute(scenario, generatorBodies)).toEqual(outcome);
    }
  });

  test("S4: run the same with the reference drain", async () => {
    for (const scenario of fresh.slice(0, SCENARIOS / 3)) {
      const reference = await execute(scenario, asyncBodies, { drain: "reference" });
      expect(reference).toEqual(await execute(scenario, asyncBodies));
    }
  });

  test("S8: run the same with a probe watching and in debug mode", async () => {
    for (const scenario of fresh.slice(0, SCENARIOS / 3)) {
      const plain = await execute(scenario, generatorBodies);
      expect(await execute(scenario, generatorBodies, { probes: [{}] })).toEqual(plain);
      expect(
        await execute(scenario, generatorBodies, { debug: true, log: () => undefined }),
      ).toEqual(plain);
    }
  });

  test("S10: run the same with both kinds of bodies under a policy", async () => {
    const draw = (seed: string): Policy => {
      const stream = new Loop({ seed }).random("policy");
      return { choose: (_kind, count) => stream.int(0, count) };
    };
    const latest: Policy = { choose: (_kind, count) => count - 1 };
    for (const [i, scenario] of fresh.entries()) {
      const [one, other] = i % 3 === 0 ? [latest, latest] : [draw(String(i)), draw(String(i))];
      const outcome = await execute(scenario, asyncBodies, { policy: one });
      expect(await execute(scenario, generatorBodies, { policy: other })).toEqual(outcome);
    }
  });

  test("S9: the same seed gives the same scenario, another one another", () => {
    expect(generateScenario("fresh-0")).toEqual(fresh[0]);
    expect(generateScenario("other")).not.toEqual(fresh[0]);
  });

  test("together they use every op of tasks, objects and callbacks", () => {
    const text = JSON.stringify(fresh);
    const unused = OPS.filter((op) => !text.includes(`["${op}"`));
    expect(unused).toEqual([]);
  });
});

const OPS = [
  ..."log let try raise return break continue loop if call spawn cancel uncancel".split(" "),
  ..."cancelling state result exception current_task all_tasks sleep await gather".split(" "),
  ..."gather_start shield_start wait wait_for shield as_completed timeout timeout_at".split(" "),
  ..."reschedule timeout_expired timeout_when taskgroup tg_spawn put get join".split(" "),
  ..."put_nowait get_nowait task_done qsize empty full shutdown acquire with release".split(" "),
  ..."locked wait_event set clear is_set cond_wait cond_wait_for notify notify_all".split(" "),
  ..."barrier_wait barrier_reset barrier_abort barrier_info var_add ctx_set ctx_get".split(" "),
  ..."fut_set fut_exc call_soon call_later call_at cancel_handle done_cb".split(" "),
  ..."remove_done_cb loop_time".split(" "),
];
