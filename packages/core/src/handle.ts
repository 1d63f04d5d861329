import { Activation } from "./activation.ts";
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

/** What `callSoon` answers. */
export class CallbackHandle extends Activation implements Handle {
  protected readonly loop: Loop;
  readonly #callback: Callback;
  readonly #args: readonly unknown[];
  readonly #origin: Scope | null;
  readonly #context: Context | null = inheritedContext();
  #cancelled = false;

  constructor(loop: Loop, callback: Callback, args: readonly unknown[]) {
    super();
    this.loop = loop;
    this.#callback = callback;
    this.#args = args;
    this.#origin = driver.loop === loop ? (currentScope() ?? driver.origin) : null;
  }

  cancel(): void {
    this.loop.checkInside("handle.cancel()");
    this.#cancelled = true;
  }

  override get dropped(): boolean {
    return this.#cancelled;
  }

  cancelled(): boolean {
    return this.#cancelled;
  }

  when(): number {
    return NaN;
  }

  activate(): boolean {
    if (this.#cancelled) return false;
    this.loop.runCallback(this, this.#origin, this.#callback, this.#args, this.#context, this);
    return true;
  }
}

/** What `callLater` and `callAt` answer. */
export class TimerHandle extends CallbackHandle {
  readonly #when: number;

  constructor(loop: Loop, callback: Callback, args: readonly unknown[], when: number) {
    super(loop, callback, args);
    this.#when = when;
  }

  override cancel(): void {
    super.cancel();
    this.loop.disarm(this);
  }

  override when(): number {
    return this.#when;
  }
}
