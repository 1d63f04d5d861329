import { Bookkeeping } from "./activation.ts";
import { LimitError } from "./errors.ts";
import type { Future } from "./future.ts";
import type { StopReason } from "./kernel.ts";
import type { Loop } from "./loop.ts";
import type { Task } from "./task.ts";

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
 * The same with surroundings: a task that awaits timers of the host alone cannot be told that it is
 * cancelled, so it is not worth waiting for long.
 */
const MOST_STEPS_WITH_SURROUNDINGS = 10_000;

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
    this.#lastStep =
      loop.steps +
      (loop.surroundings === null ? MOST_SHUTDOWN_STEPS : MOST_STEPS_WITH_SURROUNDINGS);
    this.#tasks = loop.halted ? [] : loop.tasks;
    loop.failure = loop.halted ? loop.failure : null;
    this.#end = this.#cancelAll();
  }

  /** Answers a future of the end of all tasks; null if there is nothing to wait for. */
  #cancelAll(): Future<void> | null {
    const loop = this.#loop;
    let left = this.#tasks.length;
    if (left === 0) return null;
    try {
      for (const task of this.#tasks) task.cancel();
      const end = loop.createFuture<void>({ name: "shutdown" });
      const ended = (): void => {
        if (--left === 0) end.setResult();
      };
      for (const task of this.#tasks) task.addWaiter(new TaskEnded(ended));
      return end;
    } catch (error) {
      // What threw is a probe: nothing goes on, but the run has still to be concluded.
      if (!loop.halted) throw error;
      return null;
    }
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
    const told = (task: Task<unknown>): boolean =>
      loop.surroundings === null || task.waits.length > 0;
    const left = this.#tasks.filter((task) => !task.done() && told(task));
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

/**
 * What is ready when all tasks have ended still runs, for as many passes as asyncio takes to close
 * async generators and the executor, two each (`Runner.close`). Time does not move any more.
 */
class LastPasses extends Bookkeeping {
  readonly #loop: Loop;
  #left = 4;

  constructor(loop: Loop) {
    super();
    this.#loop = loop;
  }

  settle(): void {
    if (--this.#left === 0) this.#loop.stop();
    else this.#loop.schedule(this);
  }

  /** Answers whether there is anything to run. */
  static begin(loop: Loop): boolean {
    if (loop.failure !== null || loop.peek() > loop.now) return false;
    loop.schedule(new LastPasses(loop));
    return true;
  }
}

/** Cancels the tasks that are left, lets them end and tells of what they threw. */
export async function shutDown(loop: Loop): Promise<void> {
  const shutdown = new Shutdown(loop);
  for (let next = shutdown.next(); next !== null; next = shutdown.next()) {
    shutdown.driven(await loop.drive(next));
  }
  shutdown.report();
  if (LastPasses.begin(loop)) await loop.drive({});
}

/** As `shutDown`, on the caller's stack. */
export function shutDownSync(loop: Loop): void {
  const shutdown = new Shutdown(loop);
  for (let next = shutdown.next(); next !== null; next = shutdown.next()) {
    shutdown.driven(loop.driveSync(next));
  }
  shutdown.report();
  if (LastPasses.begin(loop)) loop.driveSync({});
}
