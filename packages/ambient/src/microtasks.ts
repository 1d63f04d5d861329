import { loopOfCode, uncaughtIn } from "@tickless/core/kit";
import { type Exchange, exchanged, type Real } from "./exchange.ts";
import { type AnyFunction, home, hostProcess } from "./host.ts";
import { worldOf } from "./world.ts";

/**
 * The queue is the host's, and so is the order. But what a callback of a run throws would go out of the step
 * into the process, which would end, or go on without the rest of that step.
 */
function queuer(name: string): (real: Real) => AnyFunction {
  return (real) =>
    function (this: unknown, ...values: unknown[]): unknown {
      const [callback, ...args] = values;
      // Never refused: the host itself calls `nextTick`, on account of whoever has written to a stream.
      const world = worldOf(loopOfCode(null));
      // The host itself tells what is wrong with what is no function.
      if (world?.virtual !== true || typeof callback !== "function") return real(this, values);
      const called = (): void => {
        try {
          Reflect.apply(callback, undefined, args);
        } catch (error) {
          // Under `runSync` the run is over by now.
          if (!uncaughtIn(world.loop, `a callback of ${name}`, error)) throw error;
        }
      };
      return real(this, [called]);
    };
}

/** `queueMicrotask` and `process.nextTick`, by which Node also tells of what listeners of an EventTarget throw. */
export function microtasks(): Exchange[] {
  return [
    ...exchanged(home, "queueMicrotask", queuer("queueMicrotask")),
    ...exchanged(hostProcess, "nextTick", queuer("process.nextTick")),
  ];
}
