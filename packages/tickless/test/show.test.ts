import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, tickless } from "./command.ts";

let scratch: string;
let trace: string;

beforeAll(async () => {
  build();
  scratch = mkdtempSync(join(tmpdir(), "tickless-show-"));
  trace = join(scratch, "pipeline.trace");
  await tickless(["run", "pipeline.ts", "--record", trace, "--", "a", "bb"]);
});

afterAll(() => rmSync(scratch, { recursive: true }));

async function shown(columns: number, ...options: string[]): Promise<string> {
  const env = { COLUMNS: String(columns) };
  const { code, stdout, stderr } = await tickless(["show", trace, ...options], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.replace(/fingerprint \S+/, "fingerprint …");
}

describe("tickless show", () => {
  test("gives each task a column where they fit", async () => {
    const text = await shown(120);
    expect(text).toMatchSnapshot();
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });

  test("gives each event a line where they do not", async () => {
    expect(await shown(60)).toMatchSnapshot();
  });

  test("counts in its heading what it shows and what it leaves out", async () => {
    for (const options of [[], ["--limit", "3"], ["--task", "main/producer"]]) {
      const [, heading, , , ...rows] = (await shown(20, ...options)).trimEnd().split("\n");
      const count = rows.filter((row) => /^ *\d+ /.test(row)).length;
      expect(heading).toBe(`34 events: ${count} shown, ${34 - count} left out; fingerprint …`);
    }
  });

  test("--task shows one task and those that it started", async () => {
    const text = await shown(120, "--task", "main/producer");
    expect(text).toContain("main/producer");
    expect(text).not.toContain("main/consumer");
  });

  test("--limit cuts off, and says how much", async () => {
    const all = (await shown(20)).trimEnd().split("\n");
    const few = (await shown(20, "--limit", "3")).trimEnd().split("\n");
    // two lines of title, an empty one, and the head
    expect(few.slice(4, -1).map((line) => line.split(/\s+/))).toEqual(
      all.slice(4, 7).map((line) => line.split(/\s+/)),
    );
    expect(few.at(-1)).toBe(`… and ${all.length - 7} more (--limit)`);
  });

  test("--help says what is left out", async () => {
    const { stdout } = await tickless(["show", "--help"]);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "Left out, so that their numbers are skipped, are the begin of the run, moves of the time and timers that fire",
    );
  });

  test("--at shows the events around one and marks it, by number or by time", async () => {
    const byNumber = await shown(100, "--at", "20");
    expect(byNumber).toMatchSnapshot();
    expect(byNumber.match(/^> +20 /gm)).toHaveLength(1);
    expect(await shown(100, "--at", "t=13.5")).toMatch(/^> +22 /m);
    // a move of the time is left out, save where it is what is looked at
    expect(await shown(100, "--at", "14")).toMatch(/^> +14 .* time moves to t=7 ms$/m);
  });

  test("--at with --limit keeps the marked event", async () => {
    const events = async (limit: string): Promise<string[]> =>
      Array.from(
        (await shown(30, "--at", "20", "--limit", limit)).matchAll(/^[> ] +(\d+) +\d+ /gm),
        ([, event = ""]) => event,
      );
    expect(await events("1")).toEqual(["20"]);
    expect(await events("3")).toEqual(["19", "20", "21"]);
    expect(await shown(30, "--at", "20", "--limit", "1000")).toBe(await shown(30, "--at", "20"));
  });

  test("refuses a window that ends before it begins", async () => {
    for (const [from, to] of [
      ["20", "10"],
      ["t=7", "t=3"],
    ] as const) {
      const { code, stderr } = await tickless(["show", trace, "--from", from, "--to", to]);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `error [ERR_OPTION_VALUE]: Expected \`--from\` to be no later than the end, \`${to}\`, got \`${from}\`. Exchange the two.\n`,
      });
    }
    // nothing happens between the two, which is an answer
    expect(await shown(100, "--from", "t=1", "--to", "t=1.5")).toContain("34 events: 0 shown");
  });

  test("--from and --to show what happens between two events or times, both included", async () => {
    const numbers = async (...options: string[]): Promise<number[]> =>
      Array.from((await shown(30, ...options)).matchAll(/^ +(\d+) +\d+ /gm), ([, event]) =>
        Number(event),
      );
    expect(await numbers("--from", "10", "--to", "13")).toEqual([10, 11, 12, 13]);
    expect(await numbers("--from", "t=7", "--to", "t=7")).toEqual([16, 17, 18, 19, 20, 21, 22]);
    expect(await numbers("--to", "3")).toEqual([2, 3]);
  });

  test("--state shows tasks, timers and queues as they were", async () => {
    expect(await shown(100, "--at", "t=7", "--state")).toMatchSnapshot();
    expect(await shown(100, "--to", "13", "--state")).toContain("after event 13, t=0 ms");
    expect(await shown(100, "--state")).toContain("after event 34, t=14 ms: the run ends (done)");
  });

  test("--why tells what led to an event, and what followed from it", async () => {
    expect(await shown(100, "--why", "17")).toMatchSnapshot();
    expect(await shown(100, "--why", "34")).toContain("Nothing followed from it directly.");
  });

  test.each([
    [
      ["--at", "1", "--from", "2"],
      "`--at` and `--from` do not go together. Leave one of them out.",
    ],
    [
      ["--state", "--task", "main"],
      "`--state` and `--task` do not go together. Leave one of them out.",
    ],
    [["--why", "3", "--state"], "`--why` and `--state` do not go together. Leave one of them out."],
  ])("refuses %j together", async (options, message) => {
    const { code, stderr } = await tickless(["show", trace, ...options]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `error [ERR_CONFLICTING_OPTION]: ${message}\n`,
    });
  });

  test.each(["--why", "--at"])("%s refuses an event that there is not", async (option) => {
    const { code, stderr } = await tickless(["show", trace, option, "35"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error \[ERR_NO_SUCH_EVENT\]: The trace .* has no event 35; it has events 1 to 34\.\n$/,
    );
  });

  test.each([
    [
      "--limit",
      "0",
      "Expected `--limit` to be a whole number ≥ 1, got `0`. Write for example `--limit 100`.",
    ],
    [
      "--limit",
      "ten",
      "Expected `--limit` to be a whole number ≥ 1, got `ten`. Write for example `--limit 100`.",
    ],
    [
      "--at",
      "t=x",
      "Expected `--at` to be the number of an event, or a time such as `t=50`, got `t=x`. Write for example `--at 120`.",
    ],
    [
      "--why",
      "0",
      "Expected `--why` to be the number of an event, got `0`. Write for example `--why 120`.",
    ],
  ])("refuses %s %s", async (option, value, message) => {
    const { code, stderr } = await tickless(["show", trace, option, value]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `error [ERR_OPTION_VALUE]: ${message}\n` });
  });

  test("names the tasks there are when --task names none of them", async () => {
    const { code, stderr } = await tickless(["show", trace, "--task", "main/prod"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error \[ERR_NO_SUCH_TASK\]: The trace .* has no task `main\/prod`\. Its tasks: main, main\/producer, main\/consumer\.\n$/,
    );
  });
});
