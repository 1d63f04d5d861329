// The program of pipeline.ts with two awaits swapped: after an attempt that took too long, a worker
// pauses first and writes into the ledger afterwards.
import { sleep } from "tickless";
import { simulateDay } from "./pipeline.ts";
import type { Summary } from "./summary.ts";

/** The program as `tickless run` and `tickless replay` load it. Its argument is a file of jobs. */
export default async function main({ args }: { args: readonly string[] }): Promise<Summary> {
  const [file = "examples/data/jobs.csv"] = args;
  return simulateDay(file, async (write, pauseS) => {
    await sleep(pauseS);
    await write();
  });
}
