import { createTask, sleep } from "@tickless/core";
import type { Policy } from "@tickless/core/kit";
import { describe, expect, test } from "vitest";
import { formatRepro, parseRepro, record, replay, reproLine } from "../src/index.ts";

/** So many tasks, each of which sleeps so often. */
const sleepers = (tasks: number, times: number) => async (): Promise<void> => {
  const sleeper = async (): Promise<void> => {
    for (let i = 0; i < times; i++) await sleep(1);
  };
  const all = Array.from({ length: tasks }, () => createTask(sleeper));
  for (const task of all) await task;
};

const last: Policy = { choose: (_kind, count) => count - 1 };

async function lineOf(main: () => Promise<void>, policy?: Policy): Promise<string> {
  const { trace } = await record(main, { policy });
  return reproLine(trace) ?? "";
}

async function misfitOf(line: string, main: () => Promise<void>): Promise<string | null> {
  const replayed = await replay(line, main);
  expect(replayed.same).toBe(null);
  return replayed.same === null ? replayed.misfit : null;
}

describe("S10.7: a repro line", () => {
  test("fits the program that it is of", async () => {
    for (const [tasks, times] of [
      [2, 1],
      [3, 4],
      [5, 7],
    ] as const) {
      const main = sleepers(tasks, times);
      expect(await misfitOf(await lineOf(main, last), main)).toBe(null);
    }
  });

  test("of which choices are left over is of another program", async () => {
    const misfit = await misfitOf(await lineOf(sleepers(3, 9), last), sleepers(3, 2));
    expect(misfit).toMatch(
      /^The repro line is of another program, or of another version of this one: it holds more choices than there were to take\. In this run \d+ choices were to be taken, and then it ended, with \d+ bits of the line left over\. Replay it with the very program/,
    );
    expect(
      await misfitOf(await lineOf(sleepers(2, 1), last), () => sleep(1).toPromise()),
    ).toContain("In this run 0 choices were to be taken");
  });

  test("that says what is no option is of another program", async () => {
    const misfit = await misfitOf(await lineOf(sleepers(4, 9), last), sleepers(3, 9));
    expect(misfit).toMatch(
      /version of this one: at choice \d+ there were 3 options here, and what the line says is none of them\. From there on option 0 was taken\. Replay/,
    );
  });

  test("that ends early takes option 0 from there on: a last part of such choices may be left out", async () => {
    const first: Policy = { choose: () => 0 };
    const main = sleepers(3, 4);
    const repro = parseRepro(await lineOf(main, first));
    expect(await misfitOf(formatRepro({ ...repro, choices: "g" }), main)).toBe(null);
  });

  test("with `h` counts on rewritten awaits, which is said where it does not fit", async () => {
    const repro = parseRepro(await lineOf(sleepers(3, 9), last));
    const line = formatRepro({ ...repro, handOvers: true });
    expect(line).toContain(":h:");
    expect(await misfitOf(line, sleepers(3, 2))).toContain(
      "The line counts on awaits that hand over (its field `h`)",
    );
    expect(await misfitOf(line, sleepers(3, 9))).toBe(null);
  });

  test("is refused where a replay is to stop in it", async () => {
    const line = await lineOf(sleepers(3, 9), last);
    await expect(replay(line, sleepers(3, 2), { until: { event: 5 } })).rejects.toMatchObject({
      code: "ERR_REPRO_PROGRAM",
    });
    await expect(replay(line, sleepers(3, 9), { until: { event: 5 } })).resolves.toMatchObject({
      same: true,
    });
  });
});
