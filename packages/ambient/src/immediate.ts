/// <reference lib="esnext.disposable" preserve="true" />
import { Alarm } from "@tickless/core/kit";
import type { AnyFunction } from "./host.ts";
import { callBack } from "./timeout.ts";
import { inspectTimer, TimerName } from "./timer-name.ts";
import type { World } from "./world.ts";

/**
 * What `setImmediate` answers (Node's `Immediate`, lib/internal/timers.js). It runs behind all that is
 * ready at this instant, before time moves.
 */
export class Immediate {
  /** @internal For the host's own `clearImmediate`: that of Node 20 and 22 takes apart whatever does not say so. */
  readonly _destroyed = true;
  readonly #world: World;
  readonly #name: TimerName;
  readonly #callback: AnyFunction;
  readonly #args: readonly unknown[];
  #alarm: Alarm | null;
  #keepsAlive = true;

  static {
    inspectTimer(this, "Immediate", (timer) => ({
      name: timer.#name.path,
      pending: timer.#alarm !== null,
      ref: timer.#keepsAlive,
      callback: timer.#callback,
    }));
  }

  constructor(world: World, callback: AnyFunction, args: readonly unknown[]) {
    this.#world = world;
    this.#name = new TimerName("setImmediate", () => this.#ring());
    this.#callback = callback;
    this.#args = args;
    this.#alarm = new Alarm(world.loop, this.#name, world.loop.now);
  }

  /** Whether it was not told by `unref` that it need not run. */
  hasRef(): boolean {
    return this.#keepsAlive;
  }

  /** It runs whatever else is left. */
  ref(): this {
    this.#keepsAlive = true;
    return this;
  }

  /** It need not run; here it does, since nothing ends a run within an instant. */
  unref(): this {
    this.#keepsAlive = false;
    return this;
  }

  /** Clears it. */
  [Symbol.dispose](): void {
    this.clear();
  }

  /** @internal */
  clear(): void {
    this.#keepsAlive = false;
    if (this.#alarm === null) return;
    this.#name.tell("clear", 0);
    this.#alarm.disarm();
    this.#alarm = null;
  }

  /** @internal Rings in the next pass, as it does anyway where its loop makes no timer late. */
  hasten(): void {
    this.#alarm?.hasten();
  }

  #ring(): void {
    this.#alarm = null;
    this.#name.tell("fire", 0);
    callBack(this.#world, this.#name, this.#callback, this, this.#args);
  }
}
