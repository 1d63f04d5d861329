// SimScript: entities whose script is an async function. It asks a browser for a frame now and then.
import simscript from "simscript";

import { integerDelays } from "../dist/lcg.js";
import { Tally } from "../dist/program.js";

globalThis.requestAnimationFrame = (callback) => setImmediate(callback);
const { Entity, Simulation } = simscript;

async function W1({ tasks, events }) {
  const [draw, tally] = [integerDelays(), new Tally()];
  class Sleeper extends Entity {
    async script() {
      for (let i = 0; i < events / tasks; i++) {
        const delay = draw();
        await this.delay(delay);
        tally.add(delay);
      }
    }
  }
  class Timers extends Simulation {
    onStarting(...args) {
      super.onStarting(...args);
      for (let i = 0; i < tasks; i++) void this.activate(new Sleeper());
    }
  }
  const simulation = new Timers();
  const finished = new Promise((resolve) => simulation.finished.addEventListener(resolve));
  void simulation.start(true);
  await finished;
  return tally.at(simulation.timeNow);
}

export const programs = { W1 };
