import { type Exchange, exchanged, type Real } from "./exchange.ts";
import { type AnyFunction, builtin, type Holder, home, onNode } from "./host.ts";
import { Immediate } from "./immediate.ts";
import { Timeout } from "./timeout.ts";
import { here } from "./world.ts";

/** `setTimeout` or `setInterval`. */
function setter(kind: string, repeats: boolean): (real: Real) => AnyFunction {
  return (real) =>
    function (this: unknown, ...values: unknown[]): unknown {
      const [callback, delay, ...args] = values;
      const world = here(`${kind}()`);
      // The host itself tells what is wrong with what is no function.
      if (world === null || typeof callback !== "function") return real(this, values);
      const timeout = new Timeout(world, kind, callback as AnyFunction, delay, args, { repeats });
      return onNode ? timeout : timeout[Symbol.toPrimitive]();
    };
}

/** `clearTimeout` and `clearInterval`, which hosts do not tell apart. */
function clearer(real: Real): AnyFunction {
  return function (this: unknown, ...values: unknown[]): unknown {
    const [timer] = values;
    if (timer instanceof Timeout) {
      timer.clear();
      return undefined;
    }
    if (typeof timer === "number" || typeof timer === "string") {
      const known = here("clearTimeout()")?.timers.get(Number(timer));
      if (known !== undefined) {
        known.clear();
        return undefined;
      }
    }
    return real(this, values);
  };
}

function immediateSetter(real: Real): AnyFunction {
  return function (this: unknown, ...values: unknown[]): unknown {
    const [callback, ...args] = values;
    const world = here("setImmediate()");
    if (world === null || typeof callback !== "function") return real(this, values);
    return new Immediate(world, callback as AnyFunction, args);
  };
}

function immediateClearer(real: Real): AnyFunction {
  return function (this: unknown, ...values: unknown[]): unknown {
    const [timer] = values;
    if (timer instanceof Immediate) {
      timer.clear();
      return undefined;
    }
    // That of Node 20 and 22 loses count of its immediates over what is none.
    const isHosts = typeof timer === "object" && timer !== null && "_onImmediate" in timer;
    return isHosts || here("clearImmediate()") === null ? real(this, values) : undefined;
  };
}

function timersOf(holder: Holder | undefined): Exchange[] {
  return [
    ...exchanged(holder, "setTimeout", setter("setTimeout", false)),
    ...exchanged(holder, "setInterval", setter("setInterval", true)),
    ...exchanged(holder, "setImmediate", immediateSetter),
    ...exchanged(holder, "clearTimeout", clearer),
    ...exchanged(holder, "clearInterval", clearer),
    ...exchanged(holder, "clearImmediate", immediateClearer),
  ];
}

/** The timers of the global object and those of Node's module. */
export function timers(): Exchange[] {
  return [...timersOf(home), ...timersOf(builtin("node:timers"))];
}
