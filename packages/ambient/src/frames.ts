import { Alarm } from "@tickless/core/kit";
import { type Exchange, exchanged, type Real } from "./exchange.ts";
import { type AnyFunction, home } from "./host.ts";
import { callBack } from "./timeout.ts";
import { TimerName } from "./timer-name.ts";
import { here, type World } from "./world.ts";

/** Frames in a second. */
const RATE = 60;

/** How long an idle period lasts that nothing ends, in ms (W3C: Cooperative Scheduling of Background Tasks). */
const IDLE_MS = 50;

/** A callback that is called once and that a number stands for. */
function request(
  world: World,
  kind: string,
  when: number,
  callback: AnyFunction,
  argument: () => unknown,
): number {
  const name = new TimerName(kind, () => {
    world.requests.delete(number);
    name.tell("fire", 0);
    callBack(world, name, callback, undefined, [argument()]);
  });
  const alarm = new Alarm(world.loop, name, when);
  const number = world.nextNumber();
  world.requests.set(number, {
    clear: () => {
      name.tell("clear", 0);
      alarm.disarm();
      world.requests.delete(number);
    },
  });
  return number;
}

/** The next frame. All that is requested before it is called in it, in one step each. */
function animationFrame(real: Real): AnyFunction {
  return function (this: unknown, ...values: unknown[]): unknown {
    const [callback] = values;
    const world = here("requestAnimationFrame()");
    if (world === null || typeof callback !== "function") return real(this, values);
    const frame = Math.floor((world.elapsedMs * RATE) / 1e3 + 1e-6) + 1;
    const when = world.after((frame * 1e3) / RATE - world.elapsedMs);
    const kind = "requestAnimationFrame";
    return request(world, kind, when, callback as AnyFunction, () => world.processMs);
  };
}

/** Behind all that is ready at this instant. Nothing takes time, so there is always time left. */
function idleCallback(real: Real): AnyFunction {
  return function (this: unknown, ...values: unknown[]): unknown {
    const [callback] = values;
    const world = here("requestIdleCallback()");
    if (world === null || typeof callback !== "function") return real(this, values);
    const deadline = { didTimeout: false, timeRemaining: () => IDLE_MS };
    const { now } = world.loop;
    return request(world, "requestIdleCallback", now, callback as AnyFunction, () => deadline);
  };
}

function canceller(what: string): (real: Real) => AnyFunction {
  return (real) =>
    function (this: unknown, ...values: unknown[]): unknown {
      const requested = here(what)?.requests.get(Number(values[0]));
      return requested === undefined ? real(this, values) : requested.clear();
    };
}

/** What browsers have: frames and idle periods. */
export function frames(): Exchange[] {
  return [
    ...exchanged(home, "requestAnimationFrame", animationFrame),
    ...exchanged(home, "cancelAnimationFrame", canceller("cancelAnimationFrame()")),
    ...exchanged(home, "requestIdleCallback", idleCallback),
    ...exchanged(home, "cancelIdleCallback", canceller("cancelIdleCallback()")),
  ];
}
