import type { Result, RunResult } from "@tickless/core";
import { checkInteger, checkNames, optionNames } from "@tickless/core/kit";
import type { Divergence } from "./divergence.ts";
import { DivergenceError } from "./errors.ts";
import type { Main } from "./main.ts";
import { record, type RecordOptions } from "./record.ts";
import { replayed } from "./replay.ts";
import type { ReplayOptions } from "./replay-options.ts";

/** Options of `checkDeterminism`: those of `record`, and how often the program is run. */
export interface CheckOptions extends RecordOptions {
  /** How often it is run, at least twice. Default: 2. */
  readonly runs?: number | undefined;
  /**
   * Notes what the program reads of the host's clock and chance, so that the report can name it; see
   * `ReplayOptions`. Default: true.
   */
  readonly watch?: boolean | undefined;
}

/** What a check has found. */
export type CheckResult<T> =
  | {
      /** All runs took the same course. */
      readonly same: true;
      /** How often it was run. */
      readonly runs: number;
      /** That of each of them. */
      readonly fingerprint: string;
      /** How the first run went. */
      readonly result: RunResult<T>;
    }
  | {
      /** A run differed from the first. */
      readonly same: false;
      /** Which one it was. */
      readonly run: number;
      /** Where, how and why. */
      readonly divergence: Divergence;
    };

function replayOptions(
  { probes, signal, ...options }: RecordOptions,
  watch: boolean,
): ReplayOptions {
  const { drain, debug, slowStepMs, log, exceptionHandler } = options;
  return { probes, signal, drain, debug, slowStepMs, log, exceptionHandler, watch };
}

/**
 * Runs `main` again and again in this process, and reports the first event in which a run differs from
 * the first one: a clock or `Math.random()` that was read, an order that comes from ids which go on
 * counting, a variable of a module that a run has changed. Such a program has no replay either.
 *
 * A later run gets the choices of the first and its results of `external`, and makes no real calls.
 *
 * @throws RangeError for fewer than two runs; and whatever `record` throws
 */
export async function checkDeterminism<R>(
  main: Main<R>,
  options: CheckOptions = {},
): Promise<CheckResult<Result<R>>> {
  checkNames(options, ["runs", "watch", "program", ...optionNames]);
  const { runs = 2, watch = true, ...rest } = options;
  checkInteger("runs", runs, 2);
  const { trace, fingerprint, ...result } = await record(main, rest);
  const again = replayOptions(rest, watch);
  for (let run = 2; run <= runs; run++) {
    const one = await replayed({ trace, repro: null }, main, again, run);
    if (one.same === false) return { same: false, run, divergence: one.divergence };
  }
  return { same: true, runs, fingerprint, result };
}

/**
 * As `checkDeterminism`, for tests: answers how the first run went.
 *
 * @throws DivergenceError at the first event that differs, with the report as its message
 */
export async function assertDeterministic<R>(
  main: Main<R>,
  options: CheckOptions = {},
): Promise<RunResult<Result<R>>> {
  const checked = await checkDeterminism(main, options);
  if (!checked.same) throw new DivergenceError(checked.divergence);
  return checked.result;
}
