import { describe, expect, test } from "vitest";
import {
  createTask,
  type FlowOf,
  getRunningLoop,
  type Loop,
  now,
  simulate,
  sleep,
} from "../src/index.ts";
import { handOver, notePlaces, readyTasks, Simulation, whereIs, whereNow } from "../src/kit.ts";
import { journal } from "./journal.ts";
import { placeIn } from "./host.ts";

describe("a simulation by hand", () => {
  const program = (log: string[]) => async () => {
    const worker = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        await sleep(2);
        log.push(`worker ${now()}`);
      }
    };
    const task = createTask(worker, { name: "worker" });
    await sleep(3);
    log.push(`main ${now()}`);
    await task;
    return "over";
  };

  test("S8: takes the same course as simulate, wherever it was stopped in between", async () => {
    const whole = journal();
    const result = await simulate(program([]), { probes: [whole.probe] });
    for (let stop = 0; stop <= result.steps - 1; stop++) {
      const events = journal();
      const simulation = new Simulation(program([]), { probes: [events.probe] });
      await simulation.advance(stop);
      expect(simulation.loop.steps).toBe(stop);
      expect(await simulation.finish()).toEqual(result);
      expect(events.lines).toEqual(whole.lines);
    }
  });
});

describe("where the program is", () => {
  test("places are known in silence: no report, and the program's errors stay as they are", async () => {
    const log: string[] = [];
    const simulation = new Simulation(
      async () => {
        void createTask(() => sleep(9), { name: "left" });
        void sleep(1);
        await sleep(5);
      },
      { log: (message) => void log.push(message) },
    );
    notePlaces(simulation.loop);
    await simulation.advance(2);
    const [place = ""] = whereIs(simulation.loop, "main/left");
    expect(place).toMatch(placeIn("simulation.test.ts"));
    expect(whereIs(simulation.loop, "main/nobody")).toEqual([]);
    expect(await simulation.finish()).toMatchObject({ reason: "done" });
    expect(log).toEqual([]);
  });

  test("code on the stack tells itself, without any notes", async () => {
    let where: readonly string[] = [];
    await simulate(async () => {
      await sleep(1);
      where = whereNow()();
    });
    expect(where[0]).toMatch(placeIn("simulation.test.ts"));
  });

  test("S2: who is ready stands in the order of the queue", async () => {
    let ready: readonly number[] = [];
    let ids: number[] = [];
    await simulate(async () => {
      const loop: Loop = getRunningLoop();
      const tasks = ["a", "b", "c"].map((name) => createTask(() => sleep(1), { name }));
      ids = tasks.map(({ id }) => id);
      ready = readyTasks(loop);
      await sleep(0);
    });
    expect(ready).toEqual(ids);
  });
});

async function asyncGiver(): Promise<void> {
  await handOver();
  await sleep(5);
}

function* generatorGiver(): FlowOf<void> {
  yield* handOver();
  yield* sleep(5);
}

test.each([asyncGiver, generatorGiver])(
  "whereIs tells where a task hands over: %o",
  async (main) => {
    const simulation = new Simulation<void>(main, { policy: { choose: () => 0 } });
    notePlaces(simulation.loop);
    const lines: number[] = [];
    for (let step = 0; step < 2; step++) {
      await simulation.advance(1);
      const [place = ""] = whereIs(simulation.loop, "main");
      expect(place).toMatch(/Giver \(.*simulation\.test\.ts/);
      lines.push(Number(/:(\d+):\d+\)$/.exec(place)?.[1]));
    }
    expect(lines[1]).toBe((lines[0] ?? 0) + 1);
    await simulation.finish();
  },
);
