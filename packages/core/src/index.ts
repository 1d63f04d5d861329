/**
 * Ordinary asynchronous TypeScript in virtual time: loop, tasks, futures, cancellation, random
 * streams.
 *
 * @packageDocumentation
 */
// Rewritten code looks for it wherever core is loaded.
// oxlint-disable-next-line import/no-unassigned-import -- it is loaded for what it does
import "./awaits.ts";

export {
  type AsCompleted,
  asCompleted,
  type AsCompletedOptions,
  type Completed,
} from "./as-completed.ts";
export { Context, ContextVar, copyContext, Token } from "./context-var.ts";
export { type Body, coroutine, type FlowOf, type NoPlainYield, type Result } from "./coroutine.ts";
export {
  allTasks,
  createTask,
  currentTask,
  ensureFuture,
  getEventLoop,
  getRunningLoop,
  newEventLoop,
  now,
  random,
  setEventLoop,
} from "./current.ts";
export { type BlockedTask, type BlockedWait, DeadlockError } from "./deadlock.ts";
export {
  CancelledError,
  type ErrorContext,
  InvalidStateError,
  isCancelled,
  isTicklessError,
  LimitError,
  ProbeError,
  TicklessError,
  TimeoutError,
  UnhandledRejectionError,
  UsageError,
} from "./errors.ts";
export { external, type ExternalOptions } from "./external.ts";
export { Future } from "./future.ts";
export type { FutureOf, Gatherable, Gathered } from "./elements.ts";
export { gather, type GatherOptions } from "./gather.ts";
export type { Handle } from "./handle.ts";
export type { AbortSignalLike, Signal } from "./host.ts";
export type { Jitter } from "./jitter.ts";
export type { Codec } from "./json-codec.ts";
export type { StopReason } from "./kernel.ts";
export { Loop } from "./loop.ts";
export type {
  ExceptionContext,
  LoopOptions,
  RunOptions,
  SimulateOptions,
  TimeUnit,
} from "./options.ts";
export { counter, log, mark } from "./notes.ts";
export { race } from "./race.ts";
export type { RandomStream } from "./random.ts";
export { run, type RunResult, runSync, simulate, simulateSync } from "./run.ts";
export { shield } from "./shield.ts";
export { Runner, type RunnerRunOptions } from "./runner.ts";
export { sleep } from "./sleep.ts";
export { Task, type TaskOptions } from "./task.ts";
export { type TaskGroup, taskGroup, type TaskGroupOptions } from "./task-group.ts";
export { type TimedBody, type Timeout, timeout, timeoutAt } from "./timeout.ts";
export type { Coroutine, Suspension } from "./suspension.ts";
export { waitFor } from "./wait-for.ts";
export { type ReturnWhen, wait, type WaitOptions, type WaitResult } from "./wait-set.ts";
