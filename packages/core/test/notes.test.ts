import { describe, expect, test } from "vitest";
import {
  counter,
  createTask,
  gather,
  log,
  mark,
  shield,
  simulate,
  sleep,
  wait,
} from "../src/index.ts";
import type { Probe } from "../src/probe.ts";
import { journal } from "./journal.ts";

async function noisy(): Promise<void> {
  mark("begun");
  await sleep(2);
  mark("rate", 0.5);
  log("halfway");
  counter("load", 3);
}

describe("S8: notes", () => {
  test("a probe hears of them with the event and the task that they belong to", async () => {
    const heard: unknown[] = [];
    const probe: Probe = {
      mark: (...values) => void heard.push(["mark", ...values]),
      log: (...values) => void heard.push(["log", ...values]),
      counter: (...values) => void heard.push(["counter", ...values]),
    };
    await simulate(noisy, { probes: [probe] });
    expect(heard).toEqual([
      ["mark", 3, 0, "begun", null],
      ["mark", 7, 0, "rate", 0.5],
      ["log", 7, 0, "halfway"],
      ["counter", 7, 0, "load", 3],
    ]);
  });

  test("they are no events: the rest of what a probe hears is as without them", async () => {
    const [one, other] = [journal(), journal()];
    await simulate(noisy, { probes: [one.probe] });
    await simulate(() => sleep(2), { probes: [other.probe] });
    expect(one.lines).toEqual(other.lines);
  });

  test("without a probe, and outside a run, they do nothing", async () => {
    expect(mark("nothing")).toBeUndefined();
    expect(await simulate(noisy)).toMatchObject({ reason: "done", now: 2 });
  });

  test("a probe that throws at a note fails the run", async () => {
    const probe: Probe = {
      log: () => {
        throw new Error("the disk is full");
      },
    };
    const { outcome } = await simulate(noisy, { probes: [probe] });
    expect(outcome).toMatchObject({ reason: { message: "the disk is full" } });
  });

  test.each([
    [() => mark(7 as never), "Expected `name` to be a string, got 7 (number)"],
    [() => mark("a", {} as never), "Expected `value` to be a number or a string"],
    [() => log(undefined as never), "Expected `text` to be a string"],
    [() => counter("a", "b" as never), "Expected `value` to be a number"],
  ])("what is no note is refused, recorded or not", (call, message) => {
    expect(call).toThrow(message);
  });
});

/** The cause of each event, and the number of the event in which `path`'s task settles. */
async function causes(
  main: () => Promise<unknown>,
): Promise<{ lines: string[]; of: (line: RegExp) => string }> {
  const { probe, lines } = journal();
  await simulate(main, { probes: [probe] });
  const of = (pattern: RegExp): string => {
    const line = lines.find((one) => pattern.test(one));
    expect(line, `${String(pattern)} in\n${lines.join("\n")}`).toBeDefined();
    const cause = Number((line as string).split(" ")[2]);
    return lines[cause - 1] ?? "";
  };
  return { lines, of };
}

describe("what happens because a future has settled has that as its cause", () => {
  // In the pass in which the first child's end is noticed another task takes a step before it.
  const busy = async (): Promise<void> => {
    for (let i = 0; i < 9; i++) await sleep(0);
  };
  const pair = (): [() => Promise<void>, () => Promise<void>] => [
    () => sleep(0).toPromise(),
    () => sleep(0).toPromise(),
  ];

  test("gather", async () => {
    const { of } = await causes(async () => {
      const all = gather(pair());
      void createTask(busy);
      await all;
    });
    expect(of(/^settle \d+ \d+ 3 returned/)).toMatch(/^settle \d+ \d+ 2 returned/);
  });

  test("wait", async () => {
    const { of } = await causes(async () => {
      const tasks = pair().map((body) => createTask(body));
      void createTask(busy);
      await wait(tasks);
      await sleep(77);
    });
    const [, step] = of(/^wait \d+ \d+ 0 sleep -1 77/).split(" ");
    expect(of(new RegExp(`^step ${step} `))).toMatch(/^settle \d+ \d+ 2 returned/);
  });

  test("shield", async () => {
    const { of } = await causes(async () => {
      const shielded = shield(createTask(pair()[0]));
      void createTask(busy);
      await shielded;
    });
    expect(of(/^settle \d+ \d+ 2 returned/)).toMatch(/^settle \d+ \d+ 1 returned/);
  });
});
