import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, type Ended, ended, start, tickless } from "./command.ts";

let scratch: string;

beforeAll(() => {
  build();
  scratch = mkdtempSync(join(tmpdir(), "tickless-interrupt-"));
});

afterAll(() => rmSync(scratch, { recursive: true }));

/** Starts the command, and sends SIGINT every `everyMs` from when the program has printed something. */
async function interrupted(args: readonly string[], everyMs: number): Promise<Ended> {
  const child = start(args);
  const end = ended(child);
  let timer: ReturnType<typeof setInterval> | undefined;
  child.stdout?.once("data", () => {
    child.kill("SIGINT");
    timer = setInterval(() => child.kill("SIGINT"), everyMs);
  });
  // in case it is not ended by that
  const last = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const how = await end;
  clearInterval(timer);
  clearTimeout(last);
  return how;
}

describe.concurrent("SIGINT during tickless run --record", () => {
  test.each([
    ["that goes on for ever", []],
    ["that waits for an external call", ["outside"]],
  ])(
    "ends a program %s between two steps, and its recording can be replayed so far",
    async (_, args) => {
      const trace = join(scratch, `${args.join()}.trace`);
      const { code, signal, stderr } = await interrupted(
        ["run", "clock.ts", "--record", trace, ...args],
        60_000,
      );
      expect({ code, signal }).toEqual({ code: 130, signal: null });
      const summary =
        /^interrupted at (t=\d+ ms, \d+ steps), wall time N ms, seed 0, fingerprint (\S+), recorded in .*\n$/m.exec(
          stderr,
        );
      expect(stderr).toMatch(
        /^Interrupted between two steps:\n {2}`main` waits for (?:sleep|external), .*since t=\d+ ms.*\ninterrupted at /,
      );
      const shown = await tickless(["show", trace]);
      expect(shown.stdout).toContain("\nthe run was interrupted: the recording has no end\n");
      const replayed = await tickless(["replay", trace]);
      expect(replayed).toMatchObject({
        code: 0,
        stdout: `begun\nsame: fingerprint ${summary?.[2]}\n`,
      });
      expect(replayed.stderr).toMatch(
        /^notice: The recording ends after event \d+, before its run/,
      );
      expect(replayed.stderr).toContain(`\nstopped at ${summary?.[1]}, 1 task not done, `);
    },
  );

  test("ends a replay that is recorded, and leaves its recording and no other file", async () => {
    const trace = join(scratch, "replayed.trace");
    const { code, signal, stderr } = await interrupted(
      ["replay", "tk1:v0.1.0:s7:x6d94ac26", "clock.ts", "--record", trace],
      60_000,
    );
    expect({ code, signal }).toEqual({ code: 130, signal: null });
    expect(stderr).toBe(`Interrupted between two steps; the recording so far is in ${trace}.\n`);
    expect(readdirSync(scratch).filter((name) => name.startsWith("replayed"))).toEqual([
      "replayed.trace",
    ]);
    const shown = await tickless(["show", trace]);
    expect(shown.stdout).toContain("\nthe run was interrupted: the recording has no end\n");
  });

  test("gets through to a step that never ends, though not at once; what has happened is kept beside", async () => {
    const trace = join(scratch, "endless.trace");
    const { code, signal, stdout } = await interrupted(["run", "endless.ts", "-r", trace], 100);
    expect({ code, signal, stdout }).toEqual({ code: null, signal: "SIGINT", stdout: "begun\n" });
    expect(existsSync(trace)).toBe(false);
    const { code: mistaken, stderr } = await tickless(["show", trace]);
    expect(mistaken).toBe(2);
    const [, left = ""] = /`(\S+\.tmp)`\. Name that one\.\n$/.exec(stderr) ?? [];
    expect((await tickless(["show", left])).stdout).toMatch(/\n +3 +0 +starts\n/);
  });
});

describe.concurrent("a process that dies", () => {
  const names = (prefix: string): string[] =>
    readdirSync(scratch).filter((name) => name.startsWith(prefix));

  test("of SIGINT, without --record, has said where the program was", async () => {
    // Ctrl-C is answered from when the program has run for a while.
    const { code, stderr } = await interrupted(["run", "clock.ts", "--", "late"], 300);
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /^Interrupted between two steps:\n {2}`main` waits for external, call 0, since t=100 ms\ninterrupted at t=100 ms, 101 steps, wall time N ms, seed 0\n$/,
    );
  });

  test("of SIGKILL, in a slow program, leaves what had happened until shortly before", async () => {
    const trace = join(scratch, "killed.trace");
    const child = start(["run", "clock.ts", "-r", trace, "outside"]);
    const end = ended(child);
    child.stdout?.once("data", () => setTimeout(() => child.kill("SIGKILL"), 1000));
    expect((await end).signal).toBe("SIGKILL");
    const [left = ""] = names("killed");
    expect(left).toMatch(/^killed\.trace\.\d+\.tmp$/);
    const { stdout } = await tickless(["show", join(scratch, left)]);
    expect(stdout).toContain("\nThe trace ends after event 404, before its recording was finished");
    expect(stdout).toMatch(/waits for an external call\n$/);
  });

  test.each([
    ["an exception of real code", [], 1],
    ["process.exit", ["exit"], 3],
  ])("of %s finishes its recording", async (_, args, exitCode) => {
    const trace = join(scratch, `dies-${args.join()}.trace`);
    const { code, stderr } = await tickless(["run", "dies.ts", "-r", trace, ...args]);
    expect(code).toBe(exitCode);
    expect(stderr).toMatch(
      /^The process ended before the run did, at t=5 ms: fingerprint \S+, recorded in .*\.trace$/m,
    );
    // The line to repeat it stands there, with a recording and without.
    const again = /^again: npx tickless replay tk1:\S+ dies\.ts( -- exit)?$/m;
    expect(stderr).toMatch(again);
    expect((await tickless(["show", trace])).stdout).toContain("the run was interrupted");
    const bare = await tickless(["run", "dies.ts", ...args]);
    expect(bare.stderr).toMatch(/^The process ended before the run did, at t=5 ms$/m);
    expect(bare.stderr).toMatch(again);
  });
});

test("a run whose recording cannot be finished still says how it went, and how to repeat it", async () => {
  const folder = join(scratch, "gone");
  mkdirSync(folder);
  writeFileSync(
    join(scratch, "loses.ts"),
    `import { rmSync } from "node:fs";
    import { sleep } from "tickless";
    export default async () => {
      await sleep(7);
      rmSync(${JSON.stringify(folder)}, { recursive: true });
      throw new Error("boom");
    };\n`,
  );
  const { code, stderr } = await tickless([
    "run",
    join(scratch, "loses.ts"),
    "--record",
    join(folder, "run.trace"),
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /Error: boom[^]*\nerror at t=7 ms, .*\nagain: npx tickless replay tk1:.*\nerror \[ERR_RECORD_FILE\]: /,
  );
});
