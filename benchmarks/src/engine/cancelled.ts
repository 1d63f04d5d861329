import { type FlowOf, getRunningLoop, type Handle, now, runSync, sleep } from "@tickless/core";
import { integerDelays } from "../lcg.ts";
import { type Check, type Program, type Size, Tally } from "../program.ts";

/** How often `asleep` is called while timers are cancelled: what is kept swings between its limits. */
const LOOKS = 16;

/**
 * W6: timers armed and cancelled before they fire, as those of time-outs are. `tasks` of them are
 * live at any time. No time passes.
 */
function* armAndCancelFlow({ tasks, events }: Size): FlowOf<Check> {
  const loop = getRunningLoop();
  const draw = integerDelays();
  const tally = new Tally();
  const pending: (Handle | undefined)[] = Array.from({ length: tasks });
  const never = (): void => {
    throw new Error("A cancelled timer has fired");
  };
  for (let i = 0; i < events; i++) {
    const place = i % tasks;
    pending[place]?.cancel();
    const delay = draw();
    pending[place] = loop.callLater(delay, never);
    tally.add(delay);
  }
  for (const handle of pending) handle?.cancel();
  // what was cancelled lets the run end without a delay
  yield* sleep(0);
  return tally.at(now());
}

/**
 * What is kept of timers when `rounds` times as many have been cancelled as are live. With 0 rounds:
 * what the live ones alone take.
 */
function* keptFlow({ tasks }: Size, rounds: number, asleep: () => void): FlowOf<Check> {
  const loop = getRunningLoop();
  const draw = integerDelays();
  const tally = new Tally();
  const nothing = (): void => undefined;
  const pending: Handle[] = Array.from({ length: tasks }, () => loop.callLater(draw(), nothing));
  if (rounds === 0) asleep();
  const arms = rounds * tasks;
  for (let i = 0; i < arms; i++) {
    pending[i % tasks]?.cancel();
    pending[i % tasks] = loop.callLater(draw(), nothing);
    // the last round is looked at again and again, wherever the collecting stands in it
    if (i >= arms - tasks && i % Math.ceil(tasks / LOOKS) === 0) asleep();
  }
  for (const handle of pending) tally.add(handle.when() > 0 ? 1 : 0);
  for (const handle of pending) handle.cancel();
  yield* sleep(0);
  return tally.at(now());
}

const ROUNDS = 20;

export const armAndCancel: Program = (size) => runSync(() => armAndCancelFlow(size));
export const keptAfterCancelling: Program = (size, asleep) =>
  runSync(() => keptFlow(size, ROUNDS, asleep));
export const keptByLiveOnes: Program = (size, asleep) => runSync(() => keptFlow(size, 0, asleep));
