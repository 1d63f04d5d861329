import { type NoPlainYield, type Result, simulate, simulateSync } from "@tickless/core";
import { Campaign } from "./campaign.ts";
import type { Exploration } from "./exploration.ts";
import { checkMain } from "./main.ts";
import { checkExploreOptions, type ExploreOptions } from "./options.ts";

/**
 * Runs `main` under many schedules until one fails or the budget is used up: an exception, a deadlock,
 * a limit, a broken invariant (`always`), or what `check` refuses. Every run is as `simulate` makes it,
 * with a policy. Campaigns with equal options are equal; real time ends them at most.
 *
 * ```ts
 * import { createTask, gather, sleep } from "@tickless/core";
 * import { explore } from "@tickless/explore";
 *
 * const { failure } = await explore(async () => {
 *   const order: string[] = [];
 *   const visit = (name: string) => async () => {
 *     await sleep(0);
 *     order.push(name);
 *   };
 *   await gather([createTask(visit("a")), createTask(visit("b"))]);
 *   if (order[0] !== "a") throw new Error("b came first");
 * });
 * console.log(failure?.error); // => Error: b came first
 * ```
 *
 * @throws TypeError, RangeError for options that are none
 * @category Exploring
 */
export async function explore<R>(
  main: (() => R) & NoPlainYield<R>,
  options: ExploreOptions<Result<R>> = {},
): Promise<Exploration> {
  checkMain(main);
  const campaign = new Campaign<Result<R>>(checkExploreOptions(options));
  for (let next = campaign.next(); next !== null; next = campaign.next()) {
    campaign.took(await simulate(main, next));
  }
  const shrinking = campaign.shrinking();
  for (let next = shrinking?.next(); next; next = shrinking?.next()) {
    shrinking?.took(await simulate(main, next));
  }
  return campaign.result(shrinking?.result() ?? null);
}

/**
 * As `explore`, for generator functions, on the caller's stack. Several times faster.
 *
 * @category Exploring
 */
export function exploreSync<R>(
  main: (() => R) & NoPlainYield<R>,
  options: ExploreOptions<Result<R>> = {},
): Exploration {
  checkMain(main);
  const campaign = new Campaign<Result<R>>(checkExploreOptions(options));
  for (let next = campaign.next(); next !== null; next = campaign.next()) {
    campaign.took(simulateSync(main, next));
  }
  const shrinking = campaign.shrinking();
  for (let next = shrinking?.next(); next; next = shrinking?.next()) {
    shrinking?.took(simulateSync(main, next));
  }
  return campaign.result(shrinking?.result() ?? null);
}
