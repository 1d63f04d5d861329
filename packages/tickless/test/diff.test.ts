import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, programs, tickless } from "./command.ts";

let scratch: string;
const inScratch = (...args: string[]): ReturnType<typeof tickless> =>
  tickless(args, { cwd: scratch });

beforeAll(async () => {
  build();
  scratch = mkdtempSync(join(tmpdir(), "tickless-diff-"));
  for (const name of [
    "pipeline.ts",
    "fails.ts",
    "counts.ts",
    "clock.ts",
    "deadlock.ts",
    "dead-worker.ts",
  ]) {
    copyFileSync(join(programs, name), join(scratch, name));
  }
  const record = (out: string, seed: string, ...args: string[]): ReturnType<typeof tickless> =>
    inScratch("run", "pipeline.ts", "--seed", seed, "--record", out, "--", ...args);
  await Promise.all([record("a.trace", "7", "x", "yy"), record("same.trace", "7", "x", "yy")]);
  await record("more.trace", "7", "x", "yy", "zzz");
});

afterAll(() => rmSync(scratch, { recursive: true }));

describe.concurrent("tickless diff", () => {
  test("of equal recordings says so, with exit code 0", async () => {
    const { code, stdout, stderr } = await inScratch("diff", "a.trace", "same.trace");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^A {2}a\.trace: pipeline\.ts x yy, seed 7, \d+ events/);
    expect(stdout).toMatch(/\nThe same: all \d+ events are equal\.\n$/);
  });

  test("shows the first difference in context, and what one has that the other lacks; exit code 1", async ({
    expect: expectHere,
  }) => {
    const { code, stdout } = await inScratch("diff", "a.trace", "more.trace", "-c", "3");
    expect(code).toBe(1);
    expectHere(stdout).toMatchSnapshot();
  });

  test("a recording that is missing is a mistake", async () => {
    expect(await inScratch("diff", "a.trace", "none.trace")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("ERR_TRACE_NOT_FOUND") as string,
    });
  });
});

describe.concurrent("tickless check", () => {
  test("of a program that takes the same course says so", async () => {
    expect(await inScratch("check", "pipeline.ts", "--runs", "3", "--", "x", "yy")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^same: 3 runs, fingerprint \S+\n$/) as string,
      stderr: "",
    });
  });

  test("names what a program reads that no seed controls, and the line", async () => {
    const program = `import { sleep } from "tickless";
      export default async function main() {
        await sleep(1);
        await sleep(Math.random() * 1000);
      }\n`;
    writeFileSync(join(scratch, "dice.ts"), program);
    const { code, stdout } = await inScratch("check", "dice.ts", "--seed", "7");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Run 2 diverged at event 8, t=1 ms, in task main\.\n/);
    expect(stdout).toMatch(
      /\n {2}Math\.random\(\) in main, after event 7, at main \(.*dice\.ts:4:\d+\)\n/,
    );
    expect(stdout).toMatch(
      /\n {2}Run it once: npx tickless replay tk1:v[\w.]+:s7:x[0-9a-f]{8} dice\.ts\n$/,
    );
  });

  test("a seed that makes the line too long for a terminal leaves the line out", async () => {
    const { code, stdout } = await inScratch("check", "counts.ts", "--seed", "7".repeat(2000));
    expect(code).toBe(1);
    expect(stdout).not.toMatch(/Run it once|null/);
  });

  test("finds a module's counter that survives between runs", async () => {
    const { code, stdout } = await inScratch("check", "counts.ts");
    expect(code).toBe(1);
    expect(stdout).toContain("`job-1` then, `job-2` now.");
    expect(stdout).toContain(
      "a variable of a module that the run before has changed, such as a counter",
    );
  });

  test("of a program that fails each time in the same way says both, and exit code is 1", async () => {
    const thrown = await inScratch("check", "fails.ts");
    expect(thrown.stdout).toMatch(/^same: 2 runs, fingerprint \S+\n$/);
    expect(thrown.stderr).toMatch(
      /^BrokenPart \[Error\]: the gear is broken\n[^]*\nThe program is deterministic, and fails in each run: error at t=3 ms\.\nagain: npx tickless replay tk1:\S+ fails\.ts\n$/,
    );
    expect(thrown.code).toBe(1);
    const stuck = await inScratch("check", "deadlock.ts");
    expect(stuck.stderr).toContain("fails in each run: deadlock at t=0 ms.\n");
    expect(stuck.code).toBe(1);
  });

  test("tells once of exceptions that nobody has caught, which are failures too", async () => {
    const { code, stdout, stderr } = await inScratch("check", "dead-worker.ts", "--runs", "3");
    expect(stdout).toMatch(/^same: 3 runs/);
    expect(stderr.match(/Error: the worker has died/g)).toHaveLength(1);
    expect(stderr).toContain("fails in each run: 2 exceptions that nobody has caught.\n");
    expect(code).toBe(1);
  });

  test("one run is none to compare", async () => {
    expect(await inScratch("check", "pipeline.ts", "--runs", "1")).toMatchObject({ code: 2 });
  });
});

describe.concurrent("repro lines", () => {
  test("stand in the failure of a run, recorded or not, and take the same course again", async () => {
    const failed = await inScratch(
      "run",
      "fails.ts",
      "--seed",
      "a b",
      "--until",
      "90",
      "--",
      "it's",
    );
    const line = /^again: npx tickless (replay .*)$/m.exec(failed.stderr)?.[1] ?? "";
    expect(line).toMatch(/^replay tk1:v[\w.]+:sa_20_b:u90:x[0-9a-f]{8} fails\.ts -- 'it'\\''s'$/);
    const options = ["--seed", "a b", "--until", "90", "-r", "f.trace"];
    const recorded = await inScratch("run", "fails.ts", ...options, "--", "it's");
    expect(/^again: npx tickless (.*)$/m.exec(recorded.stderr)?.[1]).toBe(line);
    const [, token = ""] = line.split(" ");
    const again = await inScratch("replay", token, "fails.ts", "--", "it's");
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("the gear is broken");
    expect(again.stderr).toMatch(/error at t=3 ms, 2 steps/);
  });

  test("are no part of the summary of a run that ends well", async () => {
    expect((await inScratch("run", "pipeline.ts", "--", "x")).stderr).not.toContain("tk1:");
  });

  test("print what the program prints", async () => {
    const { stdout } = await inScratch("run", "pipeline.ts", "--seed", "7", "--", "x", "yy");
    const report = (await inScratch("diff", "a.trace", "more.trace")).stdout;
    expect(report).not.toBe("");
    const { reproLineOf } = await import("tickless");
    const again = await inScratch(
      "replay",
      reproLineOf({ seed: 7 }),
      "pipeline.ts",
      "--",
      "x",
      "yy",
    );
    expect(again).toMatchObject({ code: 0, stdout });
  });

  test.each([
    [["tk1:v0.1.0:s7"], "ERR_MISSING_ARGUMENT", "A repro line does not say which program"],
    [["tk1:v0.1.0:s7", "pipeline.ts"], "ERR_REPRO_LINE", "something of it is missing or mistyped"],
    [
      ["tk1:v0.1.0:s7", "pipeline.ts", "--mode", "strict"],
      "ERR_OPTION_VALUE",
      "no events to compare",
    ],
    [["a.trace", "pipeline.ts", "x"], "ERR_EXCESS_ARGUMENTS", "Leave these out: x."],
    [["a.trace", "--follow", "3"], "ERR_OPTION_VALUE", "belongs to `--mode prefix`"],
    [["a.trace", "--mode", "loose"], "ERR_OPTION_VALUE", "strict, prefix, decisions"],
  ])("replay %j is a mistake", async (args, code, message) => {
    const ended = await inScratch("replay", ...args);
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toContain(`error [${code}]`);
    expect(ended.stderr).toContain(message);
  });
});

describe.concurrent("modes of replay", () => {
  test("prefix goes on after the difference and says where that was", async () => {
    const folder = mkdtempSync(join(scratch, "changed-"));
    const text = readFileSync(join(scratch, "pipeline.ts"), "utf8");
    writeFileSync(
      join(folder, "pipeline.ts"),
      text.replace("pause.int(1, 10)", "pause.int(1, 10) + 1"),
    );
    copyFileSync(join(scratch, "a.trace"), join(folder, "a.trace"));
    const { code, stdout, stderr } = await tickless(["replay", "a.trace", "--mode", "prefix"], {
      cwd: folder,
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "3\n" });
    expect(stderr).toContain("notice: pipeline.ts has changed");
    expect(stderr).toMatch(
      /followed \d+ of \d+ events; at event \d+ the recording has `main\/producer sleeps/,
    );
  });

  test("decisions compares nothing", async () => {
    expect(await inScratch("replay", "a.trace", "--mode", "decisions")).toMatchObject({
      code: 0,
      stdout: "3\n",
    });
  });
});
