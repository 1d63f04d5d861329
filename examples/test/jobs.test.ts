import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run } from "tickless";
import { describe, expect, test } from "vitest";
import { parseJobs, readJobs } from "../src/demo/jobs.ts";
import main from "../src/demo/pipeline.ts";

const data = new URL("../data/", import.meta.url);

test("make-jobs.mjs makes the committed file again, byte for byte", () => {
  const made = execFileSync(process.execPath, [fileURLToPath(new URL("make-jobs.mjs", data))]);
  expect(made.equals(readFileSync(new URL("jobs.csv", data)))).toBe(true);
});

test("the committed file has 10,000 jobs of three sources, within one day", async () => {
  const jobs = await readJobs(fileURLToPath(new URL("jobs.csv", data)));
  expect(jobs).toHaveLength(10_000);
  expect(new Set(jobs.map(({ source }) => source))).toEqual(new Set(["web", "api", "batch"]));
  expect(jobs.every(({ arrivesS }) => arrivesS < 24 * 3600)).toBe(true);
});

describe("a file of jobs", () => {
  const header = "id,source,arrives_s,work_s";

  test("may have a byte order mark, Windows line ends, empty lines, spaces, and any order", () => {
    const text = `\uFEFF${header}\r\n b , api , 20 , 1.5 \r\n\r\na,web,10,30\r\n`;
    expect(parseJobs(text, "jobs.csv")).toEqual([
      { id: "a", source: "web", arrivesS: 10, workS: 30 },
      { id: "b", source: "api", arrivesS: 20, workS: 1.5 },
    ]);
  });

  test.each([
    ["", "jobs.csv:1: expected the header `id,source,arrives_s,work_s`, got ``"],
    ["id,when\n", "jobs.csv:1: expected the header `id,source,arrives_s,work_s`, got `id,when`"],
    [header, "jobs.csv: there is no job after the header. A line is `job-1,web,28800,25`"],
    [
      `${header}\na,web,10,30\nb,web,20\n`,
      "jobs.csv:3: expected 4 fields like `job-1,web,28800,25`, got 3: `b,web,20`",
    ],
    [
      `${header}\n\na,web,8:00,30\n`,
      "jobs.csv:3: expected `arrives_s` to be a number of seconds ≥ 0, got `8:00`",
    ],
    [
      `${header}\na,web,10,-30\n`,
      "jobs.csv:2: expected `work_s` to be a number of seconds ≥ 0, got `-30`",
    ],
    [`${header}\n,web,10,30\n`, "jobs.csv:2: `id` is empty"],
    [
      `${header}\na,7,10,30\n`,
      "jobs.csv:2: expected `source` to be a name without / and #, not of digits alone, got `7`",
    ],
  ])("that is wrong is refused, with its line: %j", (text, message) => {
    expect(() => parseJobs(text, "jobs.csv")).toThrow(
      expect.objectContaining({ code: "ERR_JOBS_FILE", message }) as Error,
    );
  });

  test("that does not exist fails the run that asks for it, by its name (S7: external)", async () => {
    await expect(run(() => main({ args: ["no/such.csv"] }))).rejects.toMatchObject({
      code: "ERR_JOBS_FILE",
      message: "no/such.csv: there is no such file",
    });
  });
});

test("S9: a day has the same numbers each time", async () => {
  const args = [fileURLToPath(new URL("jobs.csv", data))];
  const day = await run(() => main({ args }), { timeUnit: "s" });
  expect(day).toMatchObject({ jobs: 10_000, done: 10_000, timeouts: 214, endS: 86_412 });
  expect(await run(() => main({ args }), { timeUnit: "s" })).toEqual(day);
});
