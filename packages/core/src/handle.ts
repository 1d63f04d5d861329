import { type Activation, TIMER, type ReadyQueue } from "./activation.ts";
import { currentScope, driver as theDriver, type Scope } from "./context.ts";
import { type Context, inheritedContext } from "./context-var.ts";
import type { Loop } from "./loop.ts";

// V8 compiles a constant of the module's own in, and loads and checks an imported one at each use.
const driver = theDriver;
const { UNARMED } = TIMER;

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
  /** Null once it was cancelled. */
  #args: readonly unknown[] | null;
  readonly #origin: Scope | null;
  readonly #context: Context | null;
  readonly #when: number;

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
    this.#args = null;
    this.#loop.disarm(this);
  }

  cancelled(): boolean {
    return this.#args === null;
  }

  when(): number {
    return this.#when;
  }

  get dropped(): boolean {
    return this.#args === null;
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
    const args = this.#args;
    if (args === null) return false;
    this.#loop.runCallback(this, this.#origin, this.#callback, args, this.#context, this);
    return true;
  }
}
