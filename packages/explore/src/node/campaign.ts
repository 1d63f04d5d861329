import { Tinypool } from "tinypool";
import { NOT_REPEATED } from "../failure-text.ts";
import { Crew } from "./campaign-crew.ts";
import {
  type CampaignOptions,
  type CampaignSettings,
  checkCampaignOptions,
} from "./campaign-options.ts";
import { notShrunk } from "./campaign-lost.ts";
import { type CampaignResult, type Found, resultOf, toldFailure } from "./campaign-result.ts";

/**
 * Explores a program in a file on all cores: its default export is run as `main({ args })` under the
 * schedules of each seed and each strategy. What is found does not depend on the number of workers:
 * schedule k of a search is fixed by its seed, its strategy and k; a strategy that has to know all
 * schedules before (`exhaustive`) runs in one worker. Of the failures the one with the least number is
 * reported, and shrunk.
 *
 * What the program prints is dropped. A step that does not end within `stepTimeMs` is ended, and counts
 * as a failure that names its task and virtual time.
 *
 * ```ts fragment
 * import { campaign } from "@tickless/explore/node";
 *
 * const { failure } = await campaign("bank.js", { schedules: 10_000, seed: [1, 2, 3] });
 * ```
 *
 * @throws TypeError, RangeError for options that are none; CampaignError if the program cannot be loaded
 * @category Exploring
 */
export async function campaign(
  file: string,
  options: CampaignOptions = {},
): Promise<CampaignResult> {
  const settings = checkCampaignOptions(options);
  const pool = new Tinypool({
    filename: import.meta.url.replace(/campaign(\.\w+)$/, "campaign-worker$1"),
    minThreads: settings.workers,
    maxThreads: settings.workers,
  });
  const crew = new Crew(pool, file, settings);
  try {
    const { done, ended } = await crew.work();
    const found = resultOf(done, ended, settings);
    return { ...found, failure: await toldBy(crew, found, settings) };
  } finally {
    await pool.destroy();
  }
}

/** Shrinks the failure, where it can be repeated, and tells it. */
async function toldBy(
  crew: Crew,
  { failure }: Found,
  { shrinkReplays, stepTimeMs }: CampaignSettings,
): Promise<CampaignResult["failure"]> {
  if (failure === null) return null;
  const { reason } = failure;
  const endsItself = reason === "stuck" || reason === "died" || reason === "sometimes";
  if (endsItself || shrinkReplays === 0) return toldFailure(failure, null, "");
  const answer = await crew.shrink(failure);
  if ("lost" in answer) {
    return toldFailure(failure, null, notShrunk(answer, stepTimeMs));
  }
  const shrunk = "shrunk" in answer ? answer.shrunk : null;
  return toldFailure(failure, shrunk, shrunk?.story ?? NOT_REPEATED);
}
