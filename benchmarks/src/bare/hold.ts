import { type Draw, exponentialDelays, integerDelays } from "../lcg.ts";
import { type Program, type Size, Tally } from "../program.ts";
import { CallbackLoop } from "./callback-loop.ts";

/** W5 on a loop around fastpriorityqueue. */
function hold(draws: () => Draw): Program {
  return ({ tasks, events }: Size) => {
    const loop = new CallbackLoop();
    const draw = draws();
    const tally = new Tally();
    const fire = (): void => {
      tally.add(loop.now);
      loop.callLater(draw(), fire);
    };
    for (let i = 0; i < tasks; i++) loop.callLater(draw(), fire);
    loop.run(() => tally.events === events);
    return tally.at(loop.now);
  };
}

export const integers: Program = hold(integerDelays);
export const exponentials: Program = hold(exponentialDelays);
