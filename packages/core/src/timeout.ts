import { Activation } from "./activation.ts";
import { Block, leaveStep } from "./block.ts";
import { driver } from "./context.ts";
import type { FlowOf, NoPlainYield, Result } from "./coroutine.ts";
import {
  badType,
  checkTime,
  isCancelled,
  TimeoutError,
  UsageError,
  withoutFrames,
} from "./errors.ts";
import { isGenerator } from "./flow.ts";
import { type Coroutine, isCoroutine } from "./suspension.ts";

/**
 * What the body of a `timeout` is given.
 *
 * @category Time
 */
export interface Timeout {
  /** The deadline; null while there is none. */
  when(): number | null;
  /** Whether the deadline has passed while the body ran. */
  expired(): boolean;
  /** Moves the deadline to time `when`, or takes it away. */
  reschedule(when: number | null): void;
}

/**
 * A body under a deadline: an async function or a generator function.
 *
 * @category Time
 */
export type TimedBody<R> = ((timeout: Timeout) => R) & NoPlainYield<R>;

const CREATED = "created";
const ENTERED = "entered";
const EXPIRING = "expiring";
const EXPIRED = "expired";
const EXITED = "exited";

/** The deadline of a timeout, in the agenda. */
class Deadline extends Activation {
  readonly #block: TimeoutBlock<unknown>;
  #dropped = false;

  constructor(block: TimeoutBlock<unknown>) {
    super();
    this.#block = block;
  }

  activate(): boolean {
    if (this.#dropped) return false;
    this.#block.expire(this.cause);
    return true;
  }

  cancel(): void {
    this.#block.task.loop.disarm(this);
    this.#dropped = true;
  }

  override get dropped(): boolean {
    return this.#dropped;
  }
}

/** What the body is given: not the block itself, which is a coroutine and would be awaited if it were returned. */
class Control implements Timeout {
  readonly #block: Timeout;

  constructor(block: Timeout) {
    this.#block = block;
  }

  when(): number | null {
    return this.#block.when();
  }

  expired(): boolean {
    return this.#block.expired();
  }

  reschedule(when: number | null): void {
    this.#block.reschedule(when);
  }
}

/** A block with a deadline (asyncio.Timeout, Lib/asyncio/timeouts.py). It is the scope of its body. */
class TimeoutBlock<T> extends Block<T> implements Timeout {
  readonly #body: (timeout: Timeout) => unknown;
  readonly #delay: number | null;
  #when: number | null;
  #state: string = CREATED;
  #deadline: Deadline | null = null;
  /** Cancellations that were asked for when the block was entered. */
  #cancelling = 0;

  constructor(delay: number | null, when: number | null, body: (timeout: Timeout) => unknown) {
    super();
    this.#delay = delay;
    this.#when = when;
    this.#body = body;
  }

  get label(): string {
    return "timeout(…)";
  }

  when(): number | null {
    return this.#when;
  }

  expired(): boolean {
    return this.#state === EXPIRING || this.#state === EXPIRED;
  }

  reschedule(when: number | null): void {
    if (this.#state !== ENTERED) {
      throw new UsageError(
        "ERR_TIMEOUT_STATE",
        this.#state === CREATED
          ? "Timeout has not been entered."
          : `Cannot reschedule a timeout that is ${this.#state}. Do it while its body runs.`,
      );
    }
    this.task.loop.checkInside("reschedule()");
    this.#when = when === null ? null : checkTime("when", when);
    this.#deadline?.cancel();
    this.#deadline = null;
    if (when === null) return;
    const { loop } = this.task;
    loop.observer?.arm(this.task.id, when);
    this.#deadline = new Deadline(this);
    if (when <= loop.now) {
      loop.schedule(this.#deadline);
    } else {
      loop.arm(when, this.#deadline);
    }
  }

  /** The deadline has come. */
  expire(cause: number): void {
    const { loop } = this.task;
    leaveStep();
    loop.observer?.timer(cause, this.#when ?? loop.now);
    this.#state = EXPIRING;
    this.#deadline = null;
    this.interrupt();
  }

  protected entered(): void {
    this.#state = ENTERED;
    this.#cancelling = this.task.cancellingIn(this);
    if (this.#delay !== null) this.#when = this.task.loop.now + Math.max(0, this.#delay);
    this.reschedule(this.#when);
  }

  protected call(): unknown {
    return this.#body(new Control(this));
  }

  protected close(failed: boolean, outcome: unknown): T {
    this.#deadline?.cancel();
    this.#deadline = null;
    if (this.#state === EXPIRING) {
      this.#state = EXPIRED;
      const left = this.takeBack();
      // No other request to cancel than ours: the cancellation was the deadline's.
      if (left <= this.#cancelling && failed && isCancelled(outcome)) throw this.#error(outcome);
    } else {
      this.#state = EXITED;
    }
    if (failed) throw outcome;
    return outcome as T;
  }

  #error(cause: unknown): TimeoutError {
    const { loop, path } = this.task;
    const limit =
      this.#delay === null
        ? `by ${loop.at(this.#when ?? loop.now)}`
        : `within ${this.#delay}${loop.unit}`;
    const make = (): TimeoutError =>
      new TimeoutError(`The block did not end ${limit} (now ${loop.at()}).`, {
        time: loop.now,
        task: path,
        cause,
      });
    // Below a generator stands the program's own code; what an async function awaited has only ours.
    const error = driver.flow === null ? withoutFrames(make) : make();
    loop.debugMode?.located(error, this);
    return error;
  }
}

/** As a message calls it that the user has begun by another name. */
class NamedTimeoutBlock<T> extends TimeoutBlock<T> {
  readonly #label: string;

  constructor(label: string, ...rest: ConstructorParameters<typeof TimeoutBlock>) {
    super(...rest);
    this.#label = label;
  }

  override get label(): string {
    return this.#label;
  }
}

/** What runs under the deadline. */
function bodyFrom(body: unknown): (timeout: Timeout) => unknown {
  if (isCoroutine(body) || isGenerator(body)) return () => body;
  if (typeof body !== "function") {
    throw badType(
      "body",
      "an async or generator function",
      body,
      "`timeout(5, async () => { … })`.",
    );
  }
  return body as (timeout: Timeout) => unknown;
}

/**
 * Runs `body` and cancels what it waits for when `delay` time units have passed; then it throws a
 * TimeoutError. null: no deadline, until `reschedule` sets one. Only waits begun in the body are
 * cancelled. A future, coroutine or generator may stand for the body: `timeout(5, queue.get())`.
 *
 * ```ts
 * import { now, run, sleep, timeout, TimeoutError } from "@tickless/core";
 *
 * await run(async () => {
 *   try {
 *     await timeout(100, () => sleep(1000));
 *   } catch (error) {
 *     console.log(error instanceof TimeoutError, now()); // => true 100
 *   }
 * });
 * ```
 *
 * @category Time
 */
export function timeout<R>(
  delay: number | null,
  body: TimedBody<R> | Coroutine<R> | FlowOf<R>,
): Coroutine<Result<R>> {
  return new TimeoutBlock<Result<R>>(
    delay === null ? null : checkTime("delay", delay),
    null,
    bodyFrom(body),
  );
}

/** @internal `timeout` of `waitFor`. */
export function limited(
  delay: number | null,
  body: (() => unknown) | Coroutine<unknown> | FlowOf<unknown>,
): Coroutine<unknown> {
  return new NamedTimeoutBlock<unknown>("waitFor(…)", delay, null, bodyFrom(body));
}

/**
 * As `timeout`, with a deadline at time `when`.
 *
 * @category Time
 */
export function timeoutAt<R>(
  when: number | null,
  body: TimedBody<R> | Coroutine<R> | FlowOf<R>,
): Coroutine<Result<R>> {
  return new NamedTimeoutBlock<Result<R>>(
    "timeoutAt(…)",
    null,
    when === null ? null : checkTime("when", when),
    bodyFrom(body),
  );
}
