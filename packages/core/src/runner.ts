/// <reference lib="esnext.disposable" preserve="true" />
import { type Context, copyContext } from "./context-var.ts";
import type { NoPlainYield, Result } from "./coroutine.ts";
import { UsageError } from "./errors.ts";
import { isFuture } from "./future.ts";
import type { AbortSignalLike } from "./host.ts";
import type { StopReason } from "./kernel.ts";
import { Loop } from "./loop.ts";
import type { LoopOptions } from "./options.ts";
import { type Main, outcomeOf, reasonOf } from "./program.ts";
import { shutDown } from "./shutdown.ts";
import type { Coroutine } from "./suspension.ts";

/**
 * Options of `runner.run`.
 *
 * @category Running
 */
export interface RunnerRunOptions {
  /** Cancels main when it aborts. */
  readonly signal?: AbortSignalLike | undefined;
  /** The context that main runs in. Default: that of the runner, which all its runs share. */
  readonly context?: Context | undefined;
}

/**
 * Several runs on one loop (asyncio.Runner, Lib/asyncio/runners.py): tasks that a main leaves stay
 * where they are and go on in the next run, virtual time goes on too, and context variables that one
 * main has set are there for the next. `close` ends it as `run` ends; so does `await using`.
 *
 * ```ts
 * import { now, Runner, sleep } from "@tickless/core";
 *
 * const runner = new Runner({ seed: "1" });
 * await runner.run(() => sleep(5));
 * console.log(await runner.run(async () => now())); // => 5
 * await runner.close();
 * ```
 *
 * @category Running
 */
export class Runner {
  readonly #loop: Loop;
  /** The context of all mains that are given none; copied when the runner is first used. */
  #context: Context | null = null;
  #reason: StopReason = "done";
  #closed = false;

  constructor(options: LoopOptions = {}) {
    this.#loop = new Loop(options, "runner");
  }

  /**
   * The loop.
   *
   * @throws UsageError if the runner is closed (`ERR_RUNNER_CLOSED`)
   */
  getLoop(): Loop {
    this.#use();
    return this.#loop;
  }

  /**
   * Runs `main` to its end and leaves other tasks where they are.
   *
   * @returns what `main` returns
   * @throws what `main` throws, and what fails a run (see `run`); UsageError if the runner is closed
   *   (`ERR_RUNNER_CLOSED`), runs already (`ERR_LOOP_RUNNING`), or inside a run (`ERR_RUN_IN_STEP`)
   */
  async run<R>(
    main: ((() => R) & NoPlainYield<R>) | Coroutine<R>,
    options: RunnerRunOptions = {},
  ): Promise<Result<R>> {
    const context = this.#use();
    const loop = this.#loop;
    loop.checkStart();
    const body = (isFuture(main) ? (): unknown => main : main) as Main<Result<R>>;
    const task = loop.makeTask("runner.run", body, {
      name: "main",
      signal: options.signal,
      context: options.context ?? context,
    });
    const program = { loop, main: task };
    this.#reason = reasonOf(program, await loop.drive({ main: task }), false);
    const outcome = outcomeOf(program, this.#reason);
    loop.throwFailure();
    if (outcome === undefined) return loop.stoppedEarly();
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  }

  /**
   * Cancels the tasks that are left, in the order of creation, lets them end, and closes the loop.
   * What they throw goes to the exception handler. A second call does nothing.
   *
   * @throws what fails the run meanwhile (see `run`); UsageError while the runner runs
   *   (`ERR_LOOP_RUNNING`), or inside a run (`ERR_RUN_IN_STEP`)
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    const loop = this.#loop;
    if (!loop.isClosed()) {
      loop.checkStart();
      this.#closed = true;
      const { failure } = loop;
      await shutDown(loop);
      loop.conclude(this.#reason);
      // What a probe has failed, `run` has thrown already.
      if (loop.failure !== failure) loop.throwFailure();
    }
    this.#closed = true;
  }

  /** Closes it at the end of its block: `await using runner = new Runner()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #use(): Context {
    if (this.#closed) throw new UsageError("ERR_RUNNER_CLOSED", "Runner is closed.");
    return (this.#context ??= copyContext());
  }
}
