import { Bookkeeping } from "./activation.ts";
import type { Body, FlowOf, NoPlainYield, Result } from "./coroutine.ts";
import { deadlockError } from "./deadlock.ts";
import { LimitError } from "./errors.ts";
import type { Future } from "./future.ts";
import type { StopReason } from "./kernel.ts";
import { Loop } from "./loop.ts";
import type { RunOptions, SimulateOptions } from "./options.ts";
import type { Task } from "./task.ts";
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

type Main<T> = Body<T> | Coroutine<T> | FlowOf<T>;

/** A loop with its main task. */
interface Program<T> {
  readonly loop: Loop;
  readonly main: Task<T>;
}

function prepare<T>(main: Main<T>, options: RunOptions, sync: boolean): Program<T> {
  const loop = new Loop(options);
  loop.sync = sync;
  loop.checkStart();
  return { loop, main: loop.makeTask("run", main, { name: "main", signal: options.signal }) };
}

function settled<T>(outcome: () => T): PromiseSettledResult<T> {
  try {
    return { status: "fulfilled", value: outcome() };
  } catch (error) {
    return { status: "rejected", reason: error };
  }
}

/** Why the program ended: what the kernel cannot know, since it does not know main. */
function reasonOf(
  { loop, main }: Program<unknown>,
  reason: StopReason,
  until: boolean,
): StopReason {
  if (reason === "error" || reason === "limit") return reason;
  if (loop.failure !== null) return "error";
  if (main.done() && (main.raised || main.cancelled())) return "error";
  if (reason === "until") return reason;
  if (!main.done()) return reason === "exhausted" ? "deadlock" : reason;
  return until ? reason : "done";
}

/** What `run` settles with; undefined if main has not ended and nothing is wrong. */
function outcomeOf<T>(
  { loop, main }: Program<T>,
  reason: StopReason,
): PromiseSettledResult<T> | undefined {
  if (loop.failure !== null) return { status: "rejected", reason: loop.failure.error };
  if (main.done()) return settled(() => main.result());
  if (reason === "deadlock") return { status: "rejected", reason: deadlockError(loop) };
  return undefined;
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

/** A task that was cancelled at the end of a run has ended. */
class TaskEnded extends Bookkeeping {
  readonly settle: () => void;

  constructor(ended: () => void) {
    super();
    this.settle = ended;
  }
}

/** Most steps that tasks may take after they were cancelled at the end of a run. */
const MOST_SHUTDOWN_STEPS = 1_000_000;

/**
 * The end of `run`: as asyncio.run it cancels what is left and lets it finish, so that `finally`
 * blocks run. A program that has failed is concluded the same way.
 */
class Shutdown {
  readonly #loop: Loop;
  readonly #tasks: readonly Task<unknown>[];
  readonly #end: Future<void> | null;
  readonly #lastStep: number;
  #reason: StopReason | null = null;

  constructor(loop: Loop) {
    this.#loop = loop;
    this.#lastStep = loop.steps + MOST_SHUTDOWN_STEPS;
    this.#tasks = loop.halted ? [] : loop.tasks;
    loop.failure = loop.halted ? loop.failure : null;
    for (const task of this.#tasks) task.cancel();
    let left = this.#tasks.length;
    const end = left === 0 ? null : loop.createFuture<void>({ name: "shutdown" });
    this.#end = end;
    const ended = (): void => {
      if (--left === 0) end?.setResult();
    };
    for (const task of this.#tasks) task.addWaiter(new TaskEnded(ended));
  }

  /** How far the next drive goes; null if there is none. A `stop` in a `finally` block ends no cleanup. */
  next(): { readonly main: Future<void>; readonly steps: number } | null {
    const steps = this.#lastStep - this.#loop.steps;
    const goesOn = this.#reason === null || this.#reason === "stopped";
    if (this.#end === null || this.#end.done() || !goesOn || steps <= 0) return null;
    return { main: this.#end, steps };
  }

  driven(reason: StopReason): void {
    this.#reason = reason;
  }

  /** Tells of tasks that failed, and of tasks that would not end. */
  report(): void {
    const loop = this.#loop;
    for (const task of this.#tasks) {
      if (!task.raised) continue;
      loop.callExceptionHandler({
        message: `unhandled exception during run() shutdown: ${task.path}`,
        exception: task.error,
        task,
      });
      task.retrieve();
    }
    const left = this.#tasks.filter((task) => !task.done());
    if (left.length === 0 || loop.failure !== null) return;
    const paths = left.map((task) => `\`${task.path}\``).join(", ");
    const message =
      `The run has ended and its tasks were cancelled, but ${paths} did not end. Probably a ` +
      "`catch` stops the cancellation: begin it with `if (isCancelled(error)) throw error;`.";
    // Those that went on would go on for ever. Those that wait do no harm; debug mode lists them when
    // the loop is closed.
    if (this.#reason === "stopped") loop.fail(new LimitError(message, { time: loop.now }));
  }
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
  const shutdown = new Shutdown(loop);
  for (let next = shutdown.next(); next !== null; next = shutdown.next()) {
    shutdown.driven(await loop.drive(next));
  }
  shutdown.report();
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
  const shutdown = new Shutdown(loop);
  for (let next = shutdown.next(); next !== null; next = shutdown.next()) {
    shutdown.driven(loop.driveSync(next));
  }
  shutdown.report();
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
