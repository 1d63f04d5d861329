import { currentScope, driver, runningLoop } from "./context.ts";
import type { Body, FlowOf, NoPlainYield, Result } from "./coroutine.ts";
import { badType } from "./errors.ts";
import { type Future, isFuture } from "./future.ts";
import { Loop } from "./loop.ts";
import type { LoopOptions } from "./options.ts";
import type { RandomStream } from "./random.ts";
import type { Task, TaskOptions } from "./task.ts";
import type { Coroutine } from "./suspension.ts";

/** Made once: most tasks have none. */
const NO_OPTIONS: TaskOptions = Object.freeze({});

/**
 * Virtual time of the running loop.
 *
 * @category Time
 */
export function now(): number {
  return runningLoop("now()").now;
}

/**
 * The stream of the running loop called `name`; the same name continues the same stream.
 *
 * @category Randomness
 */
export function random(name: string): RandomStream {
  return runningLoop("random()").random(name);
}

/**
 * The task whose code is running; null in a callback and outside a run.
 *
 * @category Tasks
 */
export function currentTask(): Task<unknown> | null {
  return driver.loop === null ? null : (currentScope()?.task ?? null);
}

/**
 * The tasks of `loop`, the running one by default, that are not done, in the order of creation
 * (asyncio.all_tasks). With a loop it can be asked outside a run.
 *
 * @category Tasks
 */
export function allTasks(loop: Loop = runningLoop("allTasks()")): Task<unknown>[] {
  if (!(loop instanceof Loop)) throw badType("loop", "a Loop", loop);
  return loop.tasks;
}

/**
 * Makes a task on the running loop. It begins in the next pass, beside the code that goes on.
 *
 * ```ts
 * import { createTask, now, run, sleep } from "@tickless/core";
 *
 * await run(async () => {
 *   const task = createTask(() => sleep(5, "slept"), { name: "sleeper" });
 *   console.log(task.path); // => main/sleeper
 *   console.log(await task, now()); // => slept 5
 * });
 * ```
 *
 * @throws UsageError outside a run (`ERR_NO_RUNNING_LOOP`)
 * @throws TypeError if `body` is a promise, which has begun already (`ERR_PROMISE_AS_BODY`), or no body
 * @category Tasks
 */
export function createTask<R>(
  body: (() => R) & NoPlainYield<R>,
  options?: TaskOptions,
): Task<Result<R>>;
export function createTask<T>(body: Coroutine<T> | FlowOf<T>, options?: TaskOptions): Task<T>;
export function createTask(
  body: Body<unknown> | Coroutine<unknown> | FlowOf<unknown>,
  options?: TaskOptions,
): Task<unknown> {
  return runningLoop("createTask()").createTask(body, options ?? NO_OPTIONS);
}

/**
 * A future of `awaitable`: itself if it is one, else a task of it. Outside a run: on the default loop.
 *
 * @category Tasks
 */
export function ensureFuture<R>(
  awaitable: (() => R) & NoPlainYield<R>,
  options?: TaskOptions,
): Task<Result<R>>;
export function ensureFuture<T>(awaitable: Future<T>, options?: TaskOptions): Future<T>;
export function ensureFuture<T>(
  awaitable: Coroutine<T> | FlowOf<T>,
  options?: TaskOptions,
): Task<T>;
export function ensureFuture(
  awaitable: Body<unknown> | Coroutine<unknown> | FlowOf<unknown>,
  options?: TaskOptions,
): Future<unknown>;
export function ensureFuture(
  awaitable: Body<unknown> | Coroutine<unknown> | FlowOf<unknown>,
  options?: TaskOptions,
): Future<unknown> {
  return isFuture(awaitable) ? awaitable : usableLoop().createTask(awaitable, options);
}

/** The running loop, or outside a run the default loop. */
export function usableLoop(): Loop {
  return driver.loop === null ? getEventLoop() : runningLoop("this");
}

/**
 * The running loop. Throws outside a run.
 *
 * @category Running
 */
export function getRunningLoop(): Loop {
  return runningLoop("getRunningLoop()");
}

/**
 * The running loop; outside a run the default loop, which is made when it is first asked for.
 *
 * @category Running
 */
export function getEventLoop(): Loop {
  if (driver.loop !== null) return driver.loop;
  if (driver.defaultLoop === null || driver.defaultLoop.isClosed()) driver.defaultLoop = new Loop();
  return driver.defaultLoop;
}

/**
 * A new loop.
 *
 * @category Running
 */
export function newEventLoop(options?: LoopOptions): Loop {
  return new Loop(options);
}

/**
 * Makes `loop` the default loop; null: a new one is made when it is next asked for.
 *
 * @category Running
 */
export function setEventLoop(loop: Loop | null): void {
  if (loop !== null && !(loop instanceof Loop)) throw badType("loop", "a Loop or null", loop);
  driver.defaultLoop = loop;
}
