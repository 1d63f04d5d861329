// @sinonjs/fake-timers: promises that its setTimeout resolves, driven by nextAsync.
import { createClock } from "@sinonjs/fake-timers";

import { integerDelays } from "../dist/lcg.js";
import { Tally } from "../dist/program.js";

const sleepOn = (clock) => (delay) => new Promise((resolve) => clock.setTimeout(resolve, delay));

/** Runs timers one by one, with its wait for promises after each, until none is left. */
async function drive(clock, work) {
  // the first timers are armed before the clock is asked for them
  await Promise.resolve();
  while (clock.countTimers() > 0) await clock.nextAsync();
  await work;
}

async function W1({ tasks, events }) {
  const clock = createClock();
  const [sleep, draw, tally] = [sleepOn(clock), integerDelays(), new Tally()];
  const sleeper = async () => {
    for (let i = 0; i < events / tasks; i++) {
      const delay = draw();
      await sleep(delay);
      tally.add(delay);
    }
  };
  await drive(clock, Promise.all(Array.from({ length: tasks }, sleeper)));
  return tally.at(clock.now);
}

async function W3({ tasks }) {
  const clock = createClock();
  const [sleep, draw, tally] = [sleepOn(clock), integerDelays(), new Tally()];
  const worker = async (value) => {
    await sleep(draw());
    return value;
  };
  const work = Promise.all(Array.from({ length: tasks }, (_, i) => worker(i)));
  await drive(clock, work);
  for (const value of await work) tally.add(value);
  return tally.at(clock.now);
}

function W5({ tasks, events }) {
  const clock = createClock();
  const [draw, tally] = [integerDelays(), new Tally()];
  const fire = () => {
    tally.add(clock.now);
    clock.setTimeout(fire, draw());
  };
  for (let i = 0; i < tasks; i++) clock.setTimeout(fire, draw());
  while (tally.events < events) clock.next();
  return tally.at(clock.now);
}

function W6({ tasks, events }) {
  const clock = createClock();
  const [draw, tally] = [integerDelays(), new Tally()];
  const pending = Array.from({ length: tasks });
  const never = () => {
    throw new Error("A cancelled timer has fired");
  };
  for (let i = 0; i < events; i++) {
    const place = i % tasks;
    if (pending[place] !== undefined) clock.clearTimeout(pending[place]);
    const delay = draw();
    pending[place] = clock.setTimeout(never, delay);
    tally.add(delay);
  }
  for (const timer of pending) clock.clearTimeout(timer);
  return tally.at(clock.now);
}

export const programs = { W1, W3, W5, W6 };
