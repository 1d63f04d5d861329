import { type FlowOf, getRunningLoop, now, runSync } from "@tickless/core";
import { type Draw, exponentialDelays, integerDelays } from "../lcg.ts";
import { type Check, type Program, type Size, Tally } from "../program.ts";

/** W5, the hold model: so many callbacks are pending, and each that is called arms itself again. */
function* main({ tasks, events }: Size, draw: Draw): FlowOf<Check> {
  const loop = getRunningLoop();
  const over = loop.createFuture<Check>();
  const tally = new Tally();
  const fire = (): void => {
    // what is due at the same time as the last event is called too
    if (over.done()) return;
    tally.add(loop.time());
    if (tally.events === events) over.setResult(tally.at(now()));
    else loop.callLater(draw(), fire);
  };
  for (let i = 0; i < tasks; i++) loop.callLater(draw(), fire);
  return yield* over;
}

export const integers: Program = (size) => runSync(() => main(size, integerDelays()));
export const exponentials: Program = (size) => runSync(() => main(size, exponentialDelays()));
