import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, tickless } from "./command.ts";

let scratch: string;

beforeAll(() => {
  build();
  scratch = mkdtempSync(join(tmpdir(), "tickless-ambience-"));
});

afterAll(() => rmSync(scratch, { recursive: true }));

const headerOf = (file: string): { program: object } =>
  JSON.parse(readFileSync(file, "utf8").split("\n", 1)[0] ?? "") as { program: object };

describe.concurrent("--virtualize", () => {
  test("A2.7: runs what a program has saved when it was loaded in virtual time", async () => {
    const { code, stdout, stderr } = await tickless(["run", "unaware.ts", "--virtualize"]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "7200000 true 2000-01-01T02:00:00.000Z\n",
      stderr: "done at t=7200000 ms, 3 steps, wall time N ms, seed 0\n",
    });
  });

  test("is in the recording, and its replay does as that did", async () => {
    const out = join(scratch, "virtual.trace");
    await tickless(["run", "unaware.ts", "--virtualize", "--guard", "--record", out]);
    expect(headerOf(out).program).toMatchObject({ ambient: ["virtualize", "guard"] });
    const { code, stdout } = await tickless(["replay", out]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^same: fingerprint /),
    });
    expect((await tickless(["show", out])).stdout).toMatch(
      /^unaware.ts --virtualize --guard, seed 0/,
    );
    // What the recording says already may be said once more.
    expect((await tickless(["replay", out, "--virtualize"])).code).toBe(0);
  });

  test("is not for the replay of a recording without it; a recording without it says nothing", async () => {
    const out = join(scratch, "plain.trace");
    await tickless(["run", "hello.ts", "--record", out]);
    expect(headerOf(out).program).not.toHaveProperty("ambient");
    const { code, stderr } = await tickless(["replay", out, "--virtualize"]);
    expect(code).toBe(2);
    expect(stderr).toContain("recorded without `--virtualize`");
    expect((await tickless(["replay", out])).code).toBe(0);
  });

  test("is in the command that takes the course of a failure again, which does so", async () => {
    const { code, stderr } = await tickless(["run", "unaware.ts", "--virtualize", "--", "--fails"]);
    expect(code).toBe(1);
    const again = /^again: npx tickless (replay \S+ unaware\.ts --virtualize -- --fails)$/m.exec(
      stderr,
    )?.[1];
    const replayed = await tickless((again ?? "").split(" "));
    expect(replayed.code).toBe(1);
    expect(replayed.stderr).toContain("failed after 7200000 ms");
  });

  test("of check finds such a program to be the same each time", async () => {
    const { code, stdout } = await tickless(["check", "unaware.ts", "--virtualize", "--guard"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^same: 2 runs, /),
    });
  });
});

describe.concurrent("--start-date", () => {
  const late = "2026-01-01T02:00:00.000Z";
  const date = ["--virtualize", "--start-date", "2026-01-01"];

  test("is the date at which the run begins; its recording says so to the replay, and to show", async () => {
    const out = join(scratch, "dated.trace");
    const { code, stdout } = await tickless(["run", "unaware.ts", ...date, "--record", out]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `7200000 true ${late}\n` });
    const ambient = ["virtualize", "start-date=2026-01-01T00:00:00.000Z"];
    expect(headerOf(out).program).toMatchObject({ ambient });
    const replayed = await tickless(["replay", out]);
    expect([replayed.code, replayed.stdout]).toEqual([
      0,
      expect.stringMatching(/^same: fingerprint /),
    ]);
    expect((await tickless(["show", out])).stdout).toMatch(
      /^unaware.ts --virtualize --start-date=2026-01-01T00:00:00.000Z, seed 0/,
    );
    const other = await tickless(["replay", out, "--virtualize", "--start-date", "2027-01-01"]);
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining("recorded without `--start-date=2027-01-01T00:00:00.000Z`"),
    ]);
  });

  test("is in the command that takes a failure again", async () => {
    const { stderr } = await tickless(["run", "unaware.ts", ...date, "--", "--fails-late"]);
    const again = /^again: npx tickless (replay .*)$/m.exec(stderr)?.[1] ?? "";
    expect(again).toContain(" --virtualize --start-date=2026-01-01T00:00:00.000Z -- ");
    const replayed = await tickless(again.split(" "));
    expect([replayed.code, replayed.stderr]).toEqual([1, expect.stringContaining(`at ${late}`)]);
  });

  test("is for check and explore, too", async () => {
    const checked = await tickless(["check", "unaware.ts", ...date, "--", "--fails-late"]);
    expect(checked.stdout).toMatch(/^same: 2 runs/);
    expect(checked.stderr).toContain(late);
    const explored = await tickless(["explore", "unaware.ts", ...date, "--", "--fails-late"]);
    expect(explored.stdout + explored.stderr).toContain(`failed at ${late}`);
  });

  test("is refused where it is no date, and without --virtualize", async () => {
    const bad = await tickless(["run", "unaware.ts", "--virtualize", "--start-date", "soon"]);
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining("got `soon`")]);
    const alone = await tickless(["run", "unaware.ts", "--start-date", "2026-01-01"]);
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining("add `--virtualize`")]);
  });
});

describe.concurrent("--guard", () => {
  test("refuses real I/O, and says where", async () => {
    const { code, stderr } = await tickless(["run", "reads-file.js", "--guard"]);
    expect(code).toBe(1);
    expect(stderr).toContain("fs.readFileSync() was called in task `main`");
    expect(stderr).toContain("reads-file.js:7");
    expect(stderr).toMatch(/^again: npx tickless replay \S+ reads-file.js --guard$/m);
  });

  test("A2.7: sees what was saved; with --virtualize that is no call of the host", async () => {
    const refused = await tickless(["run", "reads-file.js", "--guard", "--", "--date"]);
    expect(refused.stderr).toContain("Date.now() was called in task `main`");
    const both = ["run", "reads-file.js", "--guard", "--virtualize", "--", "--date"];
    expect((await tickless(both)).stdout).toBe("number\n");
  });

  test("without it the program reads", async () => {
    expect((await tickless(["run", "reads-file.js"])).code).toBe(0);
  });
});
