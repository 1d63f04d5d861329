import type { NoPlainYield, Result } from "./coroutine.ts";
import type { StopReason } from "./kernel.ts";
import { Loop } from "./loop.ts";
import type { RunOptions, SimulateOptions } from "./options.ts";
import { type Main, outcomeOf, type Program, reasonOf } from "./program.ts";
import { shutDown, shutDownSync } from "./shutdown.ts";
import type { Coroutine } from "./suspension.ts";

/**
 * How a simulation went.
 *
 * @category Running
 */
export interface RunResult<T> {
  /**
   * `done`: main has ended. `error`: main, a probe or an unhandled rejection failed the run.
   * `until`: that time is over. `exhausted`: nothing was left to do. `deadlock`: nothing was left to
   * do and main waits. `stopped`: by `stop`. `limit`: a limit was reached.
   */
  readonly reason: StopReason;
  /** What `run` would have settled with; undefined if main has not ended. */
  readonly outcome: PromiseSettledResult<T> | undefined;
  /** Virtual time at the end. */
  readonly now: number;
  /** Steps run: activations with all that they caused. */
  readonly steps: number;
  /** Paths of the tasks that are not done. */
  readonly pending: readonly string[];
}

function prepare<T>(main: Main<T>, options: RunOptions, sync: boolean): Program<T> {
  const loop = new Loop(options);
  loop.sync = sync;
  loop.checkStart();
  return { loop, main: loop.makeTask("run", main, { name: "main", signal: options.signal }) };
}

function resultOf<T>(
  program: Program<T>,
  drive: StopReason,
  options: SimulateOptions,
): RunResult<T> {
  const { loop } = program;
  const reason = reasonOf(program, drive, options.until !== undefined);
  const outcome = outcomeOf(program, reason);
  const failed = loop.failure;
  const { now, steps } = loop;
  const pending = loop.tasks.map((task) => task.path);
  loop.conclude(reason);
  // A probe may fail at the very end.
  if (loop.failure === failed || outcome?.status === "rejected") {
    return { reason, outcome, now, steps, pending };
  }
  return { reason: "error", outcome: outcomeOf(program, "error"), now, steps, pending };
}

function conclude<T>(
  loop: Loop,
  outcome: PromiseSettledResult<T> | undefined,
  reason: StopReason,
): T {
  loop.conclude(reason);
  if (outcome?.status === "rejected") throw outcome.reason;
  // What failed in the shutdown fails a run that was fine until then.
  loop.throwFailure();
  return outcome === undefined ? loop.stoppedEarly() : outcome.value;
}

/**
 * Runs `main` in virtual time to its end, as asyncio.run: tasks that are left are cancelled, and
 * their `finally` blocks run.
 *
 * @returns what `main` returns
 * @throws what `main` throws; DeadlockError if nothing can go on; LimitError;
 *   UnhandledRejectionError if a plain promise failed and nobody looked
 * @category Running
 */
export async function run<R>(
  main: ((() => R) & NoPlainYield<R>) | Coroutine<R>,
  options: RunOptions = {},
): Promise<Result<R>> {
  const program = prepare(main as Main<Result<R>>, options, false);
  const { loop } = program;
  const reason = reasonOf(program, await loop.drive({ main: program.main }), false);
  const outcome = outcomeOf(program, reason);
  await shutDown(loop);
  return conclude(loop, outcome, reason);
}

/**
 * As `run`, for generator functions, on the caller's stack: it returns the value itself. Async
 * functions and `external` are refused.
 *
 * @category Running
 */
export function runSync<R>(
  main: ((() => R) & NoPlainYield<R>) | Coroutine<R>,
  options: RunOptions = {},
): Result<R> {
  const program = prepare(main as Main<Result<R>>, options, true);
  const { loop } = program;
  const reason = reasonOf(program, loop.driveSync({ main: program.main }), false);
  const outcome = outcomeOf(program, reason);
  shutDownSync(loop);
  return conclude(loop, outcome, reason);
}

/**
 * Runs `main` and tells how it went; never rejects for a failure of the program. It ends with main,
 * or, with `until`, at the end of that time. Nothing is resumed after the end: no cancellation.
 *
 * @category Running
 */
export async function simulate<R>(
  main: ((() => R) & NoPlainYield<R>) | Coroutine<R>,
  options: SimulateOptions = {},
): Promise<RunResult<Result<R>>> {
  const program = prepare(main as Main<Result<R>>, options, false);
  const { until } = options;
  const end = until === undefined ? { main: program.main } : { until };
  return resultOf(program, await program.loop.drive(end), options);
}

/**
 * As `simulate`, for generator functions, on the caller's stack.
 *
 * @category Running
 */
export function simulateSync<R>(
  main: ((() => R) & NoPlainYield<R>) | Coroutine<R>,
  options: SimulateOptions = {},
): RunResult<Result<R>> {
  const program = prepare(main as Main<Result<R>>, options, true);
  const { until } = options;
  const end = until === undefined ? { main: program.main } : { until };
  return resultOf(program, program.loop.driveSync(end), options);
}
