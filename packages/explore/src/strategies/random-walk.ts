import { optionOf } from "../option-of.ts";
import type { Search, Strategy, StrategySetup } from "../strategy.ts";

/** Takes each option with equal probability. */
function begin(setup: StrategySetup): Search {
  const random = setup.random("random-walk");
  const policy = { choose: (kind: string, count: number) => optionOf(random, kind, count) };
  return {
    next(index) {
      random.begin(index);
      return policy;
    },
  };
}

/** The baseline of all others: a uniform choice among the activations that are ready. */
export const randomWalk: Strategy = {
  name: "random-walk",
  summary:
    "each ready task with equal probability; no assumptions, weak where many tasks take many steps",
  begin,
};
