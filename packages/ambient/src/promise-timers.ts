import type { AbortSignalLike } from "@tickless/core";
import { alarmOrigin } from "@tickless/core/kit";
import { AbortError } from "./abort-error.ts";
import type { TimerWait } from "./cancellations.ts";
import { type Exchange, exchanged, type Real } from "./exchange.ts";
import { type AnyFunction, builtin, type Holder } from "./host.ts";
import { Immediate } from "./immediate.ts";
import { asyncInSync, Timeout } from "./timeout.ts";
import { here, type World } from "./world.ts";

interface Options {
  readonly signal?: AbortSignalLike;
  readonly ref?: boolean;
}

/** Whether the host takes these options; if not, it tells itself what is wrong with them. */
function takes(options: unknown): options is Options | undefined {
  if (options === undefined) return true;
  if (typeof options !== "object" || options === null || Array.isArray(options)) return false;
  const { signal, ref } = options as Options;
  const isSignal = typeof signal === "object" && signal !== null && "aborted" in signal;
  return (signal === undefined || isSignal) && (ref === undefined || typeof ref === "boolean");
}

function isDelay(delay: unknown): boolean {
  return delay === undefined || typeof delay === "number";
}

type Armer = (ring: () => void) => { clear(): void; hasten(): void };

/** The promise of a timer that `arm` makes, which `signal` clears, and a cancellation of its task rejects. */
function promised(
  world: World,
  signal: AbortSignalLike | undefined,
  value: unknown,
  arm: Armer,
): Promise<unknown> {
  if (signal?.aborted === true) return Promise.reject(new AbortError(signal.reason));
  const { cancellations } = world;
  const scope = alarmOrigin();
  const due = cancellations.due(scope);
  if (due !== null) return Promise.reject(due);
  let abort = (): void => undefined;
  const result = new Promise<unknown>((resolve, reject) => {
    const timer = arm(() => {
      cancellations.end(wait);
      if (wait.cancelled === null) resolve(value);
      else reject(wait.cancelled);
    });
    const wait = cancellations.begin(scope, timer);
    abort = () => {
      cancellations.end(wait);
      timer.clear();
      reject(new AbortError(signal?.reason));
    };
  });
  if (signal === undefined) return result;
  signal.addEventListener("abort", abort, { once: true });
  return result.finally(() => signal.removeEventListener("abort", abort));
}

/** The world that makes a promise; it must be one in which something can go on after an `await`. */
function hereForPromises(what: string): World | null {
  const world = here(what);
  if (world?.loop.sync === true) throw asyncInSync(world, what);
  return world;
}

function timeout(
  world: World,
  delay: unknown,
  value: unknown,
  { signal, ref = true }: Options = {},
): Promise<unknown> {
  return promised(
    world,
    signal,
    value,
    (ring) => new Timeout(world, "setTimeout", ring, delay, [], { ref }),
  );
}

function immediate(world: World, value: unknown, { signal }: Options = {}): Promise<unknown> {
  return promised(world, signal, value, (ring) => new Immediate(world, ring, []));
}

function setTimeout(real: Real): AnyFunction {
  return function (this: unknown, ...values: unknown[]): unknown {
    const [delay, value, options] = values;
    const world = hereForPromises("setTimeout() of node:timers/promises");
    if (world === null || !isDelay(delay) || !takes(options)) return real(this, values);
    return timeout(world, delay, value, options);
  };
}

function setImmediate(real: Real): AnyFunction {
  return function (this: unknown, ...values: unknown[]): unknown {
    const [value, options] = values;
    const world = hereForPromises("setImmediate() of node:timers/promises");
    return world === null || !takes(options)
      ? real(this, values)
      : immediate(world, value, options);
  };
}

/** Yields `value` once for each firing of an interval, also for those that came while nobody asked. */
async function* ticks(
  world: World,
  delay: unknown,
  value: unknown,
  { signal, ref = true }: Options,
): AsyncGenerator<unknown, never> {
  const isAborted = (): boolean => signal?.aborted === true;
  if (isAborted()) throw new AbortError(signal?.reason);
  const { cancellations } = world;
  let fired = 0;
  let goOn = (): void => undefined;
  let wait: TimerWait | null = null;
  const count = (): void => {
    if (wait === null || wait.cancelled === null) fired++;
    goOn();
  };
  const interval = new Timeout(world, "setInterval", count, delay, [], { repeats: true, ref });
  const abort = (): void => {
    interval.clear();
    goOn();
  };
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for (;;) {
      if (fired === 0 && !isAborted()) {
        const scope = alarmOrigin();
        const due = cancellations.due(scope);
        if (due !== null) throw due;
        wait = cancellations.begin(scope, interval);
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        cancellations.end(wait);
        if (wait.cancelled !== null) throw wait.cancelled;
        wait = null;
      }
      // What had fired before the abort is still handed out, as Node does.
      for (; fired > 0; fired--) yield value;
      if (isAborted()) throw new AbortError(signal?.reason);
    }
  } finally {
    interval.clear();
    signal?.removeEventListener("abort", abort);
  }
}

function setInterval(real: Real): AnyFunction {
  return function (this: unknown, ...values: unknown[]): unknown {
    const [delay, value, options] = values;
    const world = hereForPromises("setInterval() of node:timers/promises");
    if (world === null || !isDelay(delay) || !takes(options)) return real(this, values);
    return ticks(world, delay, value, options ?? {});
  };
}

// The host refuses another `this` than its scheduler.
function schedulerWait(scheduler: unknown): (real: Real) => AnyFunction {
  return (real) =>
    function (this: unknown, ...values: unknown[]): unknown {
      const [delay, options] = values;
      const world = this === scheduler ? hereForPromises("scheduler.wait()") : null;
      if (world === null || !isDelay(delay) || !takes(options)) return real(this, values);
      return timeout(world, delay, undefined, options);
    };
}

function schedulerYield(scheduler: unknown): (real: Real) => AnyFunction {
  return (real) =>
    function (this: unknown, ...values: unknown[]): unknown {
      const world = this === scheduler ? hereForPromises("scheduler.yield()") : null;
      return world === null ? real(this, values) : immediate(world, undefined);
    };
}

/** Node's module `timers/promises`, which is what `util.promisify(setTimeout)` answers, too. */
export function promiseTimers(): Exchange[] {
  const promises = builtin("node:timers/promises");
  const scheduler = promises?.["scheduler"];
  const methods =
    scheduler === undefined ? undefined : (Object.getPrototypeOf(scheduler) as Holder);
  return [
    ...exchanged(promises, "setTimeout", setTimeout),
    ...exchanged(promises, "setImmediate", setImmediate),
    ...exchanged(promises, "setInterval", setInterval),
    ...exchanged(methods, "wait", schedulerWait(scheduler)),
    ...exchanged(methods, "yield", schedulerYield(scheduler)),
  ];
}
