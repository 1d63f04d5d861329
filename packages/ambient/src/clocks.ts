import { Exchange, exchanged, type Real } from "./exchange.ts";
import { type AnyFunction, type Holder, home, hostProcess } from "./host.ts";
import { here, type World } from "./world.ts";

/** A clock that takes no arguments. */
function clock(what: string, read: (world: World) => unknown): (real: Real) => AnyFunction {
  return (real) =>
    function (this: unknown, ...values: unknown[]): unknown {
      const world = here(what);
      return world === null ? real(this, values) : read(world);
    };
}

/** As `process.hrtime` has it: seconds and nanoseconds. */
function secondsAndNanos(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1e3);
  return [seconds, Math.round((ms - seconds * 1e3) * 1e6)];
}

function isTime(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2;
}

function hrtime(real: Real): AnyFunction {
  return function (this: unknown, ...values: unknown[]): unknown {
    const [since] = values;
    const world = here("process.hrtime()");
    // The host itself tells what is wrong with what is no time.
    if (world === null || (since !== undefined && !isTime(since))) return real(this, values);
    const [seconds, nanos] = secondsAndNanos(world.processMs);
    if (since === undefined) return [seconds, nanos];
    const apart = nanos - since[1];
    return apart < 0 ? [seconds - since[0] - 1, apart + 1e9] : [seconds - since[0], apart];
  };
}

const bigint = clock("process.hrtime.bigint()", (world) => {
  const [seconds, nanos] = secondsAndNanos(world.processMs);
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
});

function timeOrigin(performance: Holder | undefined): Exchange[] {
  if (typeof performance?.["timeOrigin"] !== "number") return [];
  const get = (real: () => unknown) => (): unknown =>
    here("performance.timeOrigin")?.originMs ?? real();
  return [new Exchange(performance, "timeOrigin", (real) => ({ get: get(real) }))];
}

/** Clocks that count from the start of the process. `performance` of `node:perf_hooks` is the global one. */
export function clocks(): Exchange[] {
  const performance = home["performance"] as Holder | undefined;
  const highResolution = hostProcess?.["hrtime"] as Holder | undefined;
  const ownHrtime = exchanged(hostProcess, "hrtime", hrtime);
  return [
    ...exchanged(
      performance,
      "now",
      clock("performance.now()", (world) => world.processMs),
    ),
    ...timeOrigin(performance),
    ...ownHrtime,
    // Of the real function, which a program may have kept, and of that in its place.
    ...exchanged(highResolution, "bigint", bigint),
    ...exchanged(ownHrtime[0]?.ours as Holder | undefined, "bigint", bigint),
    ...exchanged(
      hostProcess,
      "uptime",
      clock("process.uptime()", (world) => world.processMs / 1e3),
    ),
  ];
}
