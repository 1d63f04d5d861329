import type { CancelledError } from "./errors.ts";
import type { Task } from "./task.ts";
import type { Wait } from "./wait.ts";

/**
 * What a wait is for, as reports show it.
 *
 * @category For extenders
 */
export interface WaitSubject {
  /** `sleep`, `task`, `future`, `lock`, `queue` … */
  readonly kind: string;
  /** Id of the object, as probes know it; -1 where there is none. */
  readonly id: number;
  /** Path of the object; absent where there is none. */
  readonly path?: string;
  /** What the task does in words. Default: `waits for`. */
  readonly verb?: string;
  /** State worth telling, for example `held by main/1` or `which is empty`. */
  readonly detail?: string;
  /** What to do if this never ends: a sentence or two, shown once in a deadlock report. */
  readonly advice?: string;
  /** Time at which it ends by itself; NaN where it does not. */
  readonly until?: number;
  /** Tasks without which it cannot end: the holder of a lock, the task awaited. */
  readonly blockers?: readonly Task<unknown>[];
  /** Whether any one of `blockers` could end it, as each holder of a permit can; else all are needed. */
  readonly anyBlocker?: boolean;
}

/**
 * How to get what a wait is for. One source serves many waits: a queue has one for its getters and
 * one for its putters, all sleeps share one. Waits of every kind are thereby objects of one class,
 * and the engine's code for them stays monomorphic: a program that uses six kinds of waits ran at
 * 0.4 to 0.6 of the speed of one that uses two, when each kind was a class of its own.
 *
 * @category For extenders
 */
export interface WaitSource<T> {
  /** Name in error messages, for example `queue.get()`. */
  label(wait: Pick<Wait<T>, "target">): string;
  /**
   * Gets what the wait is for. Called when the wait begins, and after each wake-up when the task goes
   * on, never inside the waker: asyncio's `while self.empty(): await getter` (Lib/asyncio/queues.py).
   * Answers true when finished, with `wait.value` set; false when `wait` has been queued somewhere.
   * May throw.
   */
  attempt(wait: Wait<T>, woken: boolean): boolean;
  /**
   * The wait was cancelled or given up: it leaves its queue. `granted`: passes a wake-up on.
   * `abandoned`: its task does not go on after it, not even with an error; what the task would have
   * put right is put right here.
   */
  withdraw(wait: Wait<T>, granted: boolean, abandoned: boolean): void;
  /** Which of several ways of waiting for its object this is: `get`, `put`; absent where there is one. */
  readonly operation?: string;
  /**
   * The object that the wait is for, if that is all there is to tell a probe, and nothing ends it by itself.
   * It saves `subject`, which is made to be read by people. Absent: probes are told what `subject` says.
   */
  object?(wait: Wait<T>): Pick<WaitSubject, "kind" | "id">;
  /** What the wait is for, as reports show it. */
  subject(wait: Wait<T>): WaitSubject;
  /** Where cancelling the wait means to cancel something else: undefined: cancel the wait itself. */
  cancel?(wait: Wait<T>, message: string): boolean | undefined;
  /** What a cancelled wait throws. Default: a new CancelledError. */
  cancelledError?(wait: Wait<T>, message: string): CancelledError;
}

/**
 * A source with these methods. They stand on its prototype: V8 calls what it finds there directly, and may
 * compile it in, and what it finds in a field it calls as if it could be any function.
 *
 * @category For extenders
 */
export function waitSource<T>(methods: WaitSource<T>): WaitSource<T> {
  return Object.create(methods) as WaitSource<T>;
}
