import { integerDelays } from "../lcg.ts";
import { type Program, type Size, Tally } from "../program.ts";
import { type Handle, MarkedHeap } from "./marked-heap.ts";

/** W6 on the least that can forget a timer. */
export const armAndCancel: Program = ({ tasks, events }: Size) => {
  const timers = new MarkedHeap();
  const draw = integerDelays();
  const tally = new Tally();
  const pending: (Handle | undefined)[] = Array.from({ length: tasks });
  const never = (): void => {
    throw new Error("A cancelled timer has fired");
  };
  for (let i = 0; i < events; i++) {
    const place = i % tasks;
    const oldest = pending[place];
    if (oldest !== undefined) timers.cancel(oldest);
    const delay = draw();
    pending[place] = timers.arm(delay, never);
    tally.add(delay);
  }
  for (const handle of pending) if (handle !== undefined) timers.cancel(handle);
  if (timers.size > 0) throw new Error(`${timers.size} timers were not cancelled`);
  return tally.at(0);
};
