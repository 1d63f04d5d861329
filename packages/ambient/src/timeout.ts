/// <reference lib="esnext.disposable" preserve="true" />
import { UsageError } from "@tickless/core";
import { Alarm, alarmOrigin } from "@tickless/core/kit";
import { delayMs } from "./delay.ts";
import { type AnyFunction, home, onNode } from "./host.ts";
import { inspectTimer, TimerName } from "./timer-name.ts";
import type { World } from "./world.ts";

/** Calls a timer's callback. Under `runSync` nothing could go on after an await. */
export function callBack(
  world: World,
  name: TimerName,
  callback: AnyFunction,
  self: unknown,
  args: readonly unknown[],
): void {
  const result = Reflect.apply(callback, self, args as never[]);
  if (world.loop.sync && result instanceof Promise) throw asyncInSync(world, name.label);
}

/** What waits for promises was called under `runSync`. */
export function asyncInSync(world: World, label: string): UsageError {
  return new UsageError(
    "ERR_ASYNC_IN_SYNC",
    `${label} makes a promise, and under \`runSync\` and \`simulateSync\` nothing goes on after an await. ` +
      "Use `run` or `simulate`.",
    { time: world.loop.now },
  );
}

/** What `setTimeout` and `setInterval` answer (Node's `Timeout`, lib/internal/timers.js). */
export class Timeout {
  readonly #world: World;
  readonly #name: TimerName;
  /** Null once it is cleared. */
  #callback: AnyFunction | null;
  readonly #args: readonly unknown[];
  readonly #delayMs: number;
  readonly #repeats: boolean;
  /** Whose code it calls back as: that of who made it, also where another refreshes it. */
  readonly #scope: Alarm["scope"] = alarmOrigin();
  #alarm: Alarm | null = null;
  #keepsAlive: boolean;
  #number = 0;

  static {
    inspectTimer(this, "Timeout", (timer) => ({
      name: timer.#name.path,
      delayMs: timer.#delayMs,
      repeats: timer.#repeats,
      pending: timer.#alarm !== null,
      ref: timer.#keepsAlive,
      callback: timer.#callback,
    }));
  }

  constructor(
    world: World,
    kind: string,
    callback: AnyFunction,
    delay: unknown,
    args: readonly unknown[] = [],
    { repeats = false, ref = true }: { readonly repeats?: boolean; readonly ref?: boolean } = {},
  ) {
    this.#world = world;
    this.#delayMs = delayMs(delay);
    this.#name = new TimerName(kind, () => this.#ring());
    this.#callback = callback;
    this.#args = args;
    this.#repeats = repeats;
    this.#keepsAlive = ref;
    this.#arm();
  }

  /** Clears it. */
  close(): this {
    this.clear();
    return this;
  }

  /** Whether it alone keeps the run going. */
  hasRef(): boolean {
    return this.#keepsAlive;
  }

  /** It keeps the run going, as it does from the start. */
  ref(): this {
    return this.#keep(true);
  }

  /** Where nothing else is left, the run ends without it. */
  unref(): this {
    return this.#keep(false);
  }

  /** Begins its delay anew; also where it has fired, not where it was cleared. */
  refresh(): this {
    if (this.#callback !== null) this.#arm();
    return this;
  }

  /** A number that the clear functions take. */
  [Symbol.toPrimitive](): number {
    if (this.#number === 0) {
      this.#number = this.#world.nextNumber();
      if (this.#alarm !== null) this.#world.timers.set(this.#number, this);
    }
    return this.#number;
  }

  /** Clears it. */
  [Symbol.dispose](): void {
    this.clear();
  }

  /** @internal */
  clear(): void {
    if (this.#alarm !== null) this.#name.tell("clear", 0);
    this.#disarm();
    this.#callback = null;
    this.#world.timers.delete(this.#number);
  }

  /** @internal Rings in the next pass. */
  hasten(): void {
    this.#alarm?.hasten();
  }

  #keep(keepsAlive: boolean): this {
    this.#keepsAlive = keepsAlive;
    if (this.#alarm === null) return this;
    this.#alarm.background = !keepsAlive;
    if (keepsAlive) this.#world.unrefd.delete(this.#name);
    else this.#world.unrefd.add(this.#name);
    return this;
  }

  #arm(): void {
    this.#disarm();
    const { loop } = this.#world;
    const when = this.#world.after(this.#delayMs);
    this.#alarm = new Alarm(loop, this.#name, when, this.#scope, !this.#keepsAlive);
    if (!this.#keepsAlive) this.#world.unrefd.add(this.#name);
    if (this.#number !== 0) this.#world.timers.set(this.#number, this);
  }

  #disarm(): void {
    if (this.#alarm === null) return;
    this.#alarm.disarm();
    this.#alarm = null;
    if (!this.#keepsAlive) this.#world.unrefd.delete(this.#name);
  }

  #ring(): void {
    this.#alarm = null;
    if (!this.#keepsAlive) this.#world.unrefd.delete(this.#name);
    this.#name.tell("fire", this.#repeats ? 1 : 0);
    this.#world.cancellations.tell(this.#world.loop.now);
    const self = onNode ? this : home;
    try {
      callBack(this.#world, this.#name, this.#callback as AnyFunction, self, this.#args);
    } finally {
      // As Node: from the time at which the callback was called, and behind what it has armed.
      if (this.#repeats && this.#callback !== null) this.#arm();
      else if (this.#alarm === null) this.#world.timers.delete(this.#number);
    }
  }
}
