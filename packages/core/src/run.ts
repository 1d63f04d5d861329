import type { NoPlainYield, Result } from "./coroutine.ts";
import type { StopReason } from "./kernel.ts";
import { Loop } from "./loop.ts";
import type { RunOptions, SimulateOptions } from "./options.ts";
import { type Main, outcomeOf, type Program, reasonOf } from "./program.ts";
import { shutDown, shutDownSync } from "./shutdown.ts";
import type { Coroutine } from "./suspension.ts";
import type { Task } from "./task.ts";

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
 * A simulation that goes so many steps at a time, for whoever wants to look at the loop in between.
 * `simulate(main, options)` is `new Simulation(main, options).finish()`.
 *
 * @category For extenders
 */
export class Simulation<T> {
  /** Its loop. While the simulation stands still it may be looked at. */
  readonly loop: Loop;
  /** The task of `main`. */
  readonly main: Task<T>;
  readonly #options: SimulateOptions;

  constructor(main: Main<T>, options: SimulateOptions = {}) {
    ({ loop: this.loop, main: this.main } = prepare(main, options, false));
    this.#options = options;
  }

  /**
   * Runs so many steps more, or fewer where the run fails before. It must not go on past the step in
   * which main ends, unless `until` was given: who has seen the run before knows where that is.
   */
  async advance(steps: number): Promise<void> {
    if (steps > 0) await this.loop.drive({ steps });
  }

  /** Runs to its end. */
  async finish(): Promise<RunResult<T>> {
    const { until } = this.#options;
    const end = until === undefined ? { main: this.main } : { until };
    return resultOf(this, await this.loop.drive(end), this.#options);
  }
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
  return new Simulation(main as Main<Result<R>>, options).finish();
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
