import type { Result, RunResult } from "@tickless/core";
import { DivergenceError } from "./errors.ts";
import type { Main } from "./main.ts";
import { replay, type StrictOptions } from "./replay.ts";
import type { TraceSource } from "./trace.ts";

/**
 * Replays `source` and answers how the run went.
 *
 * @throws DivergenceError at the first event that differs, with the report as its message
 */
export async function assertReplays<R>(
  source: TraceSource,
  main: Main<R>,
  options: StrictOptions = {},
): Promise<RunResult<Result<R>>> {
  const replayed = await replay(source, main, options);
  if (!replayed.same) throw new DivergenceError(replayed.divergence);
  return replayed.result;
}
