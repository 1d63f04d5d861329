import type { NoPlainYield, Result } from "./coroutine.ts";
import { isCancelled } from "./errors.ts";
import type { StopReason } from "./kernel.ts";
import { Loop } from "./loop.ts";
import type { RunOptions, SimulateOptions } from "./options.ts";
import { conclude, type Main, outcomeOf, type Program, reasonOf, tellOfSecond } from "./program.ts";
import type { Drive } from "./probe.ts";
import { reproducible, tellRepro } from "./repro.ts";
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

/** Who drives a loop that is made for one main. */
type MainDrive = Exclude<Drive, "loop" | "runner">;

function prepare<T>(main: Main<T>, options: RunOptions, drive: MainDrive): Program<T> {
  const loop = new Loop(options, drive);
  loop.sync = drive === "runSync" || drive === "simulateSync";
  loop.checkStart();
  return { loop, main: loop.makeTask("run", main, { name: "main", signal: options.signal }) };
}

/** How a program has ended, before what is left is cancelled and the loop closed. */
interface Ended<T> {
  readonly reason: StopReason;
  readonly outcome: PromiseSettledResult<T> | undefined;
}

/**
 * A run that goes so many steps at a time, for whoever wants to look at the loop in between, and tells
 * how it went. `simulate(main, options)` is `new Simulation(main, options).finish()`; a probe that fails
 * when main has failed already is told of by `simulate` alone: here `loop.failure` has it.
 *
 * @category For extenders
 */
export class Simulation<T> implements Program<T> {
  /** Its loop. While the simulation stands still it may be looked at. */
  readonly loop: Loop;
  /** The task of `main`. */
  readonly main: Task<T>;
  readonly #end: { readonly main: Task<T> } | { readonly until: number };
  readonly #drive: MainDrive;

  /** `drive` is how it goes: `run` and `runSync` cancel what is left when main has ended. */
  constructor(main: Main<T>, options: SimulateOptions = {}, drive: MainDrive = "simulate") {
    ({ loop: this.loop, main: this.main } = prepare(main, options, drive));
    const { until } = options;
    this.#drive = drive;
    this.#end = until === undefined || this.#cancels ? { main: this.main } : { until };
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
    const end = this.#ended(await this.loop.drive(this.#end));
    if (this.#cancels) await shutDown(this.loop);
    return this.#concluded(end);
  }

  /** As `finish`, on the caller's stack. */
  finishSync(): RunResult<T> {
    const end = this.#ended(this.loop.driveSync(this.#end));
    if (this.#cancels) shutDownSync(this.loop);
    return this.#concluded(end);
  }

  get #cancels(): boolean {
    return this.#drive === "run" || this.#drive === "runSync";
  }

  /** Taken before what is left is cancelled. */
  #ended(drive: StopReason): Ended<T> {
    const reason = reasonOf(this, drive, "until" in this.#end);
    return { reason, outcome: outcomeOf(this, reason) };
  }

  #concluded({ reason, outcome }: Ended<T>): RunResult<T> {
    const { now, steps, tasks } = this.loop;
    const pending = tasks.map((task) => task.path);
    const last = conclude(this, outcome, reason);
    const failed = last?.status === "rejected" && outcome?.status !== "rejected";
    return { reason: failed ? "error" : reason, outcome: last, now, steps, pending };
  }
}

function told<T>({ loop }: Simulation<T>, result: RunResult<T>): RunResult<T> {
  tellOfSecond(loop, result.outcome);
  return result;
}

function hasThrown(main: Task<unknown>, error: unknown): boolean {
  // A main that still waits when the run fails is cancelled then.
  if (main.cancelled()) return isCancelled(error);
  return main.done() && main.exception() === error;
}

/** What `run` settles with. */
function valueOf<T>(simulation: Simulation<T>, result: RunResult<T>, options: RunOptions): T {
  const { loop, main } = simulation;
  const { outcome } = told(simulation, result);
  if (outcome === undefined) return loop.stoppedEarly();
  if (outcome.status === "fulfilled") return outcome.value;
  const { reason } = outcome;
  tellRepro(loop, reason, options, hasThrown(main, reason));
  throw outcome.reason;
}

/**
 * Runs `main` in virtual time to its end, as asyncio.run: tasks that are left are cancelled, and
 * their `finally` blocks run.
 *
 * @returns what `main` returns
 * @throws what `main` throws; DeadlockError if nothing can go on; LimitError;
 *   UnhandledRejectionError if a plain promise failed and nobody looked. With Tickless's recorder in the
 *   program (`tickless` brings it), these three end with a repro line (rule S10.17)
 * @category Running
 */
export async function run<R>(
  main: ((() => R) & NoPlainYield<R>) | Coroutine<R>,
  options: RunOptions = {},
): Promise<Result<R>> {
  const kept = reproducible(options);
  const simulation = new Simulation(main as Main<Result<R>>, kept, "run");
  return valueOf(simulation, await simulation.finish(), kept);
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
  const kept = reproducible(options);
  const simulation = new Simulation(main as Main<Result<R>>, kept, "runSync");
  return valueOf(simulation, simulation.finishSync(), kept);
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
  const simulation = new Simulation(main as Main<Result<R>>, options);
  return told(simulation, await simulation.finish());
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
  const simulation = new Simulation(main as Main<Result<R>>, options, "simulateSync");
  return told(simulation, simulation.finishSync());
}
