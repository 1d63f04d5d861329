import { type Exchange, exchanged, type Real } from "./exchange.ts";
import { type AnyFunction, type Holder, home } from "./host.ts";
import { Timeout } from "./timeout.ts";
import { here, type World } from "./world.ts";

interface Controller {
  readonly signal: unknown;
  abort(reason: unknown): void;
}

type Exception = new (message: string, name: string) => object;

/** An `unsigned long`. */
const LARGEST = 2 ** 32 - 1;

function isDelay(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LARGEST;
}

function abortAfter(world: World, delay: number, controller: Controller): Timeout {
  const abort = (): void => {
    const message = "The operation was aborted due to timeout";
    controller.abort(new (home["DOMException"] as Exception)(message, "TimeoutError"));
  };
  return new Timeout(world, "AbortSignal.timeout", abort, delay);
}

/**
 * The signal is a real one. Its timer keeps the run going, unlike Node's: what it is to end is a call that
 * keeps a real process alive, and in virtual time that is a promise, which keeps nothing alive.
 */
function timeout(real: Real): AnyFunction {
  return function (this: unknown, ...values: unknown[]): unknown {
    const [delay] = values;
    const world = here("AbortSignal.timeout()");
    // The host itself tells what is wrong with what is no delay.
    if (world === null || !isDelay(delay)) return real(this, values);
    const controller = new (home["AbortController"] as new () => Controller)();
    abortAfter(world, delay, controller);
    return controller.signal;
  };
}

/** `AbortSignal.timeout`. */
export function abortSignals(): Exchange[] {
  return exchanged(home["AbortSignal"] as Holder | undefined, "timeout", timeout);
}
