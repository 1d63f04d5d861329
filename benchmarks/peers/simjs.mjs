// sim.js: entities with callbacks, not tasks.
import { integerDelays } from "../dist/lcg.js";
import { Tally } from "../dist/program.js";

// it is made for a page, and exports nothing but to the window
globalThis.window = {};
await import("simjs");
const { Entity, Sim } = globalThis.window.Sim;

/** Runs `start` as the one entity of a simulation, until nothing is left. */
function simulate(start) {
  const sim = new Sim();
  class Main extends Entity {
    start() {
      start(this);
    }
  }
  sim.addEntity(Main);
  sim.simulate(Infinity);
  return sim;
}

function W1({ tasks, events }) {
  const [draw, tally] = [integerDelays(), new Tally()];
  const sim = simulate((entity) => {
    const sleep = (left) => {
      const delay = draw();
      entity.setTimer(delay).done(() => {
        tally.add(delay);
        if (left > 1) sleep(left - 1);
      });
    };
    for (let i = 0; i < tasks; i++) sleep(events / tasks);
  });
  return tally.at(sim.time());
}

function W5({ tasks, events }) {
  const [draw, tally] = [integerDelays(), new Tally()];
  const sim = simulate((entity) => {
    const fire = () => {
      if (tally.events === events) return;
      tally.add(entity.time());
      if (tally.events < events) entity.setTimer(draw()).done(fire);
    };
    for (let i = 0; i < tasks; i++) entity.setTimer(draw()).done(fire);
  });
  return tally.at(sim.time());
}

function W6({ tasks, events }) {
  const [draw, tally] = [integerDelays(), new Tally()];
  const never = () => {
    throw new Error("A cancelled timer has fired");
  };
  simulate((entity) => {
    const pending = Array.from({ length: tasks });
    for (let i = 0; i < events; i++) {
      const place = i % tasks;
      pending[place]?.cancel();
      const delay = draw();
      pending[place] = entity.setTimer(delay).done(never);
      tally.add(delay);
    }
    for (const request of pending) request.cancel();
  });
  return tally.at(0);
}

function W3({ tasks }) {
  const [draw, tally] = [integerDelays(), new Tally()];
  const values = [];
  const sim = simulate((entity) => {
    for (let i = 0; i < tasks; i++) {
      entity.setTimer(draw()).done(() => {
        values[i] = i;
      });
    }
  });
  for (const value of values) tally.add(value);
  return tally.at(sim.time());
}

export const programs = { W1, W3, W5, W6 };
