import type { Result, RunResult } from "@tickless/core";
import { DivergenceError } from "./errors.ts";
import type { Main } from "./main.ts";
import { replay, type ReplayOptions } from "./replay.ts";
import type { Trace } from "./trace.ts";

/**
 * Replays `source` and answers how the run went.
 *
 * @throws DivergenceError at the first event that differs, with the report as its message
 */
export async function assertReplays<R>(
  source: Trace,
  main: Main<R>,
  options: ReplayOptions = {},
): Promise<RunResult<Result<R>>> {
  const replayed = await replay(source, main, options);
  if (!replayed.same) throw new DivergenceError(replayed.divergence);
  return replayed.result;
}
