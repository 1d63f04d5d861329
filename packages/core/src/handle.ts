import { type Activation, type ReadyQueue, UNARMED } from "./activation.ts";
import { currentScope, driver, type Scope } from "./context.ts";
import { type Context, inheritedContext } from "./context-var.ts";
import type { Loop } from "./loop.ts";

/** A callback, whatever its arguments are. */
export type Callback = (...args: readonly unknown[]) => void;

/**
 * A scheduled callback.
 *
 * @category Running
 */
export interface Handle {
  /** It will not run. A second call, or one after it ran, does nothing. */
  cancel(): void;
  /** Whether it was cancelled. */
  cancelled(): boolean;
  /** The time for which it was armed; NaN for `callSoon`. */
  when(): number;
}

const NO_ARGUMENTS: readonly unknown[] = [];

/**
 * What `callSoon`, `callLater` and `callAt` answer. An activation in all but inheritance, as `Wait` is:
 * V8 does not inline the constructor of a derived class.
 */
export class CallbackHandle implements Activation, Handle {
  cause = 0;
  timer: number = UNARMED;
  readonly #loop: Loop;
  readonly #callback: Callback;
  readonly #args: readonly unknown[];
  readonly #origin: Scope | null;
  readonly #context: Context | null;
  readonly #when: number;
  #cancelled = false;

  /** `when`: NaN if it is for the next pass. */
  constructor(loop: Loop, callback: Callback, args: readonly unknown[], when: number) {
    this.#loop = loop;
    this.#callback = callback;
    this.#args = args.length === 0 ? NO_ARGUMENTS : args;
    this.#origin = driver.loop === loop ? (currentScope() ?? driver.origin) : null;
    this.#context = inheritedContext();
    this.#when = when;
  }

  cancel(): void {
    this.#loop.checkInside("handle.cancel()");
    this.#cancelled = true;
    this.#loop.disarm(this);
  }

  cancelled(): boolean {
    return this.#cancelled;
  }

  when(): number {
    return this.#when;
  }

  get dropped(): boolean {
    return this.#cancelled;
  }

  get quiet(): boolean {
    return false;
  }

  get taskId(): number {
    return -1;
  }

  ripen(ready: ReadyQueue): void {
    ready.enqueue(this);
  }

  activate(): boolean {
    if (this.#cancelled) return false;
    this.#loop.runCallback(this, this.#origin, this.#callback, this.#args, this.#context, this);
    return true;
  }
}
