import { Tinypool } from "tinypool";
import { Crew } from "./campaign-crew.ts";
import { type CampaignOptions, checkCampaignOptions } from "./campaign-options.ts";
import { type CampaignResult, resultOf } from "./campaign-result.ts";

/**
 * Explores a program in a file on all cores: its default export is run as `main({ args })` under the
 * schedules of each seed and each strategy. What is found does not depend on the number of workers:
 * schedule k of a search is fixed by its seed, its strategy and k; a strategy that has to know all
 * schedules before (`exhaustive`) runs in one worker. Of the failures the one with the least number is
 * reported.
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
    return resultOf(done, ended, settings);
  } finally {
    await pool.destroy();
  }
}
