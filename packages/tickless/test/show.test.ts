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
