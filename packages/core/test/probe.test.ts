import { describe, expect, test } from "vitest";

import {
  asCompleted,
  createTask,
  type FlowOf,
  gather,
  getRunningLoop,
  now,
  random,
  run,
  runSync,
  simulate,
  sleep,
  timeout,
} from "../src/index.ts";
import type { Probe } from "../src/probe.ts";
import { journal } from "./journal.ts";
import { kinds, wait } from "./kinds.ts";

/** A program of most things that a probe is told of. Answers what it saw. */
async function program(log: string[]): Promise<void> {
  const loop = getRunningLoop();
  const future = loop.createFuture<number>({ name: "answer" });
  const worker = (name: string) => async () => {
    for (let i = 0; i < 4; i++) {
      await sleep(random(name).int(0, 3));
      log.push(`${now()} ${name}`);
    }
    return future;
  };
  const tasks = ["a", "b"].map((name) => createTask(worker(name), { name }));
  loop.callLater(4, () => future.setResult(1));
  const idle = createTask(() => sleep(1000));
  loop.callLater(6, () => idle.cancel());
  await timeout(3, () => sleep(50))
    .toPromise()
    .catch(() => log.push(`${now()} timeout`));
  await gather(tasks);
}

describe("S8: observing", () => {
  const empty: Probe = {};
  const counting = (): Probe => {
    let count = 0;
    return { step: () => void count++, time: () => void count++ };
  };

  test.each<[string, readonly Probe[]]>([
    ["an empty probe", [empty]],
    ["a counting probe", [counting()]],
    ["a journal", [journal().probe]],
    ["three probes", [journal().probe, empty, counting()]],
  ])("with %s a program takes the same course and ends at the same time", async (_, probes) => {
    const watched: string[] = [];
    const alone: string[] = [];
    const end = await simulate(() => program(watched), { probes });
    expect(end).toEqual(await simulate(() => program(alone)));
    expect(watched).toEqual(alone);
    expect(alone.length).toBeGreaterThan(8);
  });

  test("each probe is told the same", async () => {
    const [one, other] = [journal(), journal()];
    await simulate(() => program([]), { probes: [one.probe, other.probe] });
    expect(one.lines).toEqual(other.lines);
    expect(one.lines[0]).toBe("begin 1 0 0 ms simulate");
    expect(one.lines.at(-1)).toMatch(/^end \d+ done$/);
  });

  test("events are numbered from 1 without a gap, and a cause is an earlier event", async () => {
    const { probe, lines } = journal();
    await simulate(() => program([]), { probes: [probe] });
    const words = lines.map((line) => line.split(" "));
    expect(words.map(([, event]) => Number(event))).toEqual(lines.map((_, i) => i + 1));
    const caused = words.filter(([kind]) => !["begin", "time", "end"].includes(kind ?? ""));
    expect(caused.length).toBeGreaterThan(50);
    for (const [, event, cause] of caused) expect(Number(cause)).toBeLessThan(Number(event));
  });

  test("a step is caused by the wake-up, this by the timer, this by the wait that armed it", async () => {
    const { probe, lines } = journal();
    await simulate(
      async () => {
        const future = getRunningLoop().createFuture<void>();
        createTask(async () => {
          await sleep(5);
          future.setResult();
        }).addDoneCallback(() => undefined);
        await future;
        getRunningLoop().createFuture({ name: "last" }).cancel();
      },
      { probes: [probe] },
    );
    const byNumber = new Map(lines.map((line) => [line.split(" ")[1], line.split(" ")]));
    const chain: (string | undefined)[] = [];
    const last = lines.find((line) => line.endsWith(" last"))?.split(" ");
    for (let words = last; words !== undefined; words = byNumber.get(words[2])) {
      chain.push(words[0]);
      if (words[0] === "begin" || chain.length > 10) break;
    }
    expect(chain.slice(0, 6)).toEqual(["name", "step", "settle", "step", "timer", "wait"]);
  });
});

// Each took 23 seconds where the probe was told by way of what reports say of a wait.
test.each<[string, () => FlowOf<unknown>]>([
  [
    "the next of 8,000",
    function* () {
      const sleeps = Array.from({ length: 8000 }, (_, i) => () => sleep(i));
      for (const next of asCompleted(sleeps)) yield* next;
    },
  ],
  [
    "one gather of 8,000, by as many",
    function* () {
      const all = gather(Array.from({ length: 8000 }, () => () => sleep(1)));
      const waiters = Array.from({ length: 8000 }, () => () => all);
      yield* gather(waiters);
    },
  ],
])("to tell a probe of a wait costs the same however large what it is for: %s", (_, main) => {
  let waits = 0;
  const probe: Probe = { wait: () => void waits++ };
  runSync(main, { probes: [probe] });
  expect(waits).toBeGreaterThanOrEqual(16_000);
});

describe.each(kinds)("S8: a probe that throws, with $kind bodies", ({ of }) => {
  const broken = new Error("the disk is full");

  function throwsAt(event: number): Probe {
    const look = (number: number): void => {
      if (number >= event) throw broken;
    };
    return Object.fromEntries(
      ["name", "time", "timer", "step", "wait", "settle", "callback", "arm", "cancel", "end"].map(
        (kind) => [kind, look],
      ),
    ) as Probe;
  }

  test("fails the run with its error, wherever it throws, and nothing of the program runs after it", async () => {
    for (let event = 2; event < 40; event++) {
      const log: string[] = [];
      let failed = false;
      const probe = throwsAt(event);
      const guard: Probe = {
        ...probe,
        ...Object.fromEntries(
          Object.entries(probe).map(([kind, look]) => [
            kind,
            (...values: [number]) => {
              failed ||= values[0] >= event;
              (look as (event: number) => void)(...values);
            },
          ]),
        ),
      };
      const note = (text: string): void =>
        void log.push(failed ? `after the failure: ${text}` : text);
      const worker = of(function* () {
        for (let i = 0; i < 5; i++) {
          note(`begins ${i}`);
          try {
            yield* wait(sleep(1));
          } finally {
            note(`ends ${i}`);
          }
        }
      });
      const end = run(
        of(function* () {
          const tasks = [createTask(worker), createTask(worker)];
          getRunningLoop().callLater(2, () => note("callback"));
          for (const task of tasks) yield* wait(task);
          note("main ends");
        }),
        { probes: [guard] },
      );
      await expect(end, `event ${event}`).rejects.toBe(broken);
      expect(
        log.filter((line) => line.startsWith("after")),
        `event ${event}`,
      ).toEqual([]);
    }
  });
});
