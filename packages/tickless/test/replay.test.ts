import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatRepro, parseRepro } from "@tickless/trace";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, programs, tickless } from "./command.ts";

/** A folder that holds a copy of the programs, and recordings of them. */
let scratch: string;

const inScratch = (...args: string[]): ReturnType<typeof tickless> =>
  tickless(args, { cwd: scratch });
const text = (file: string): string => readFileSync(join(scratch, file), "utf8");

beforeAll(async () => {
  build();
  scratch = mkdtempSync(join(tmpdir(), "tickless-replay-"));
  for (const name of ["pipeline.ts", "fails.ts", "hello.ts"]) {
    copyFileSync(join(programs, name), join(scratch, name));
  }
  await inScratch(
    "run",
    "pipeline.ts",
    "--seed",
    "7",
    "--record",
    "pipeline.trace",
    "--",
    "a",
    "bb",
    "--c",
  );
});

afterAll(() => rmSync(scratch, { recursive: true }));

describe.concurrent("tickless run --record", () => {
  test("prints the same as without, and the fingerprint (S8)", async () => {
    const args = ["run", "pipeline.ts", "--seed", "7"];
    const rest = ["--", "a", "bb", "--c"];
    const plain = await inScratch(...args, ...rest);
    const recorded = await inScratch(...args, "--record", "again.trace", ...rest);
    expect(recorded.stdout).toBe(plain.stdout);
    expect(recorded.stderr).toMatch(
      /^done at t=\d+ ms, \d+ steps, wall time N ms, seed 7, fingerprint [0-9a-f]{4}(-[0-9a-f]{4}){3}\/[a-z]+, recorded in again\.trace\n$/,
    );
    expect(plain.stderr).toBe(recorded.stderr.replace(/, fingerprint .*(?=\n)/, ""));
    expect(text("again.trace")).toBe(text("pipeline.trace"));
  });

  test("keeps the recording of a program that fails: it is the one that is wanted", async () => {
    const { code } = await inScratch("run", "fails.ts", "--record", "fails.trace");
    expect(code).toBe(1);
    expect(await inScratch("replay", "fails.trace")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^same: fingerprint /) as string,
      stderr: "error at t=3 ms, 2 steps, wall time N ms\n",
    });
  });

  test("overwrites a recording of another program, or any other file, when forced alone", async () => {
    const before = "precious\n";
    writeFileSync(join(scratch, "notes.md"), before);
    writeFileSync(join(scratch, "empty.trace"), "");
    await inScratch("run", "hello.ts", "--record", "hello.trace");
    const recorded = text("hello.trace");
    const record = ["run", "pipeline.ts", "--record"];
    const refused = await Promise.all(
      ["notes.md", "hello.trace"].map((out) => inScratch(...record, out, "--", "a")),
    );
    expect(refused.map(({ code, stdout }) => [code, stdout])).toEqual([
      [2, ""],
      [2, ""],
    ]);
    expect(refused.map(({ stderr }) => stderr)).toEqual([
      "error [ERR_RECORD_FILE]: `--record notes.md` would overwrite a file that is no recording. " +
        "Name another file, or add `--force`.\n",
      "error [ERR_RECORD_FILE]: `--record hello.trace` would overwrite a recording of `hello.ts`. " +
        "Name another file, or add `--force`.\n",
    ]);
    expect([text("notes.md"), text("hello.trace")]).toEqual([before, recorded]);
    const taken = await Promise.all([
      inScratch("run", "hello.ts", "--record", "hello.trace", "--seed", "2"),
      inScratch(...record, "empty.trace", "--", "a"),
      inScratch(...record, "notes.md", "--force", "--", "a"),
    ]);
    expect(taken.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(text("hello.trace")).not.toBe(recorded);
    expect(await inScratch("replay", "notes.md")).toMatchObject({ code: 0 });
  });

  test.skipIf(process.platform === "win32")(
    "writes to no device, pipe or socket, forced or not: a file would take its place",
    async ({ onTestFinished }) => {
      const server = createServer();
      onTestFinished(() => void server.close());
      await new Promise<void>((resolve) => server.listen(join(scratch, "socket"), resolve));
      const { code, stderr } = await inScratch("run", "hello.ts", "--record", "socket", "--force");
      expect(code).toBe(2);
      expect(stderr).toContain("it is a device, a pipe or a socket. Name a file, or leave");
    },
  );

  test("writes nothing when the command line is wrong", async () => {
    const { code } = await inScratch("run", "nowhere.ts", "--record", "nowhere.trace");
    expect(code).toBe(2);
    expect(existsSync(join(scratch, "nowhere.trace"))).toBe(false);
  });
});

describe.concurrent("tickless replay", () => {
  test("runs the recorded program with the recorded seed and arguments, and says that it is the same", async () => {
    const fingerprint = /fingerprint (\S+),/.exec(
      (
        await inScratch(
          "run",
          "pipeline.ts",
          "--seed",
          "7",
          "-r",
          "x.trace",
          "--",
          "a",
          "bb",
          "--c",
        )
      ).stderr,
    )?.[1];
    const { code, stdout, stderr } = await inScratch("replay", "pipeline.trace");
    expect({ code, stdout }).toEqual({ code: 0, stdout: `same: fingerprint ${fingerprint}\n` });
    expect(stderr).toMatch(/^done at t=\d+ ms, \d+ steps, wall time N ms\n$/);
  });

  test("takes a copy of the recorded program for the program", async () => {
    copyFileSync(join(scratch, "pipeline.ts"), join(scratch, "copy.ts"));
    const { code, stdout, stderr } = await inScratch("replay", "pipeline.trace", "copy.ts");
    expect(stdout).toMatch(/^same: /);
    expect(stderr).not.toContain("notice");
    expect(code).toBe(0);
  });

  test("refuses another program, unless forced", async () => {
    const refused = await inScratch("replay", "pipeline.trace", "hello.ts");
    expect(refused).toEqual({
      code: 2,
      signal: null,
      stdout: "",
      stderr:
        "error [ERR_TRACE_PROGRAM]: The trace `pipeline.trace` is of `pipeline.ts`, not of `hello.ts`. Replay that " +
        "program: `tickless replay pipeline.trace`. To compare the two all the same, add `--force`.\n",
    });
    const forced = await inScratch("replay", "pipeline.trace", "hello.ts", "--force");
    expect(forced.code).toBe(1);
    expect(forced.stdout).toMatch(/^Replay diverged at event \d+/);
    // what is to be recorded is the program of this run, not that of the recording
    expect(forced.stdout).toContain("run hello.ts --seed 7 --record pipeline.now.trace -- a bb");
    expect(forced.stdout).toContain(
      "run hello.ts --seed 7 --record pipeline.trace --force -- a bb",
    );
    expect(forced.stdout).not.toContain("npx tickless run pipeline.ts");
  });

  test("of a trace that was cut before its first event is refused", async () => {
    const whole = readFileSync(join(scratch, "pipeline.trace"));
    writeFileSync(join(scratch, "header.trace"), whole.subarray(0, whole.indexOf(10) + 1));
    const { code, stdout, stderr } = await inScratch("replay", "header.trace");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /\nerror \[ERR_TRACE_OVER\]: The trace `header\.trace` has no events to compare\..*\n$/,
    );
  });

  test("of a changed program prints the report of the first difference, and exit code is 1", async () => {
    const folder = mkdtempSync(join(scratch, "changed-"));
    const changed = text("pipeline.ts").replace("pause.int(1, 10)", "pause.int(1, 10) + 1");
    writeFileSync(join(folder, "pipeline.ts"), changed);
    copyFileSync(join(scratch, "pipeline.trace"), join(folder, "pipeline.trace"));
    const { code, stdout, stderr } = await tickless(["replay", "pipeline.trace"], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^Replay diverged at event \d+, t=0 ms, in task main\/producer\.\n/);
    expect(stdout).toContain("pipeline.ts has changed since it was recorded");
  });
});

test("tickless replay of an unchanged program that differs says what that means", async () => {
  const program = `import { sleep } from "tickless";
    export default () => sleep(process.pid);\n`;
  writeFileSync(join(scratch, "outside.ts"), program);
  await inScratch("run", "outside.ts", "--record", "outside.trace");
  const { code, stdout } = await inScratch("replay", "outside.trace");
  expect(code).toBe(1);
  expect(stdout).toContain(
    "\n\nThe program is the very one that was recorded, and has read neither a clock nor Math.random() nor crypto.\n" +
      "So it takes something else from outside the run: a variable of a module, the environment, ",
  );
  expect(stdout).not.toContain("record it anew");
});

describe.concurrent("a mistake is told in words, with a code and what to write, and exit code 2", () => {
  const damaged = (name: string, change: (trace: Buffer) => Buffer): string => {
    writeFileSync(join(scratch, name), change(readFileSync(join(scratch, "pipeline.trace"))));
    return name;
  };

  test("a trace that does not exist", async () => {
    expect(await inScratch("replay", "nothing.trace")).toEqual({
      code: 2,
      signal: null,
      stdout: "",
      stderr:
        "error [ERR_TRACE_NOT_FOUND]: The trace `nothing.trace` does not exist. Record one: " +
        "`tickless run program.ts --record nothing.trace`.\n",
    });
  });

  test("a trace whose first line has a letter changed", async () => {
    const name = damaged("flipped.trace", (trace) => {
      trace[trace.indexOf("pipeline")] = 80;
      return trace;
    });
    const { code, stdout, stderr } = await inScratch("replay", name);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error \[ERR_TRACE_DAMAGED\]: .*flipped\.trace.*\n$/s);
  });

  test("a trace that is damaged further on, or cut off, is read up to there, and that is told", async () => {
    const flipped = damaged("letter.trace", (trace) => {
      trace[trace.length - 100] = (trace[trace.length - 100] ?? 0) ^ 1;
      return trace;
    });
    const one = await inScratch("show", flipped);
    expect(one.stdout.match(/The trace is damaged at byte \d+: /g)).toHaveLength(1);
    expect(one.stderr).toBe("");
    // a replay's output is that of the program, so there it goes to stderr
    const replayed = await inScratch("replay", flipped);
    expect(replayed.stderr).toMatch(/^notice: letter\.trace: The trace is damaged at byte \d+: /);
    const compared = await inScratch("diff", "pipeline.trace", flipped);
    expect(compared.stdout.match(/The trace is damaged at byte \d+: /g)).toHaveLength(1);
    expect(compared.stderr).toBe("");
    const cut = damaged("cut.trace", (trace) => trace.subarray(0, -1));
    const other = await inScratch("show", cut);
    expect(other.stdout).toMatch(/\nThe trace ends after event \d+, before /);
    expect(other.stderr).toBe("");
    expect(other.stdout).toContain("goes on");
  });

  test("a repro line with --force, which has nothing to overrule", async () => {
    const line = "tk1:v0.1.0:s7:x6d94ac26";
    const { code, stdout, stderr } = await inScratch("replay", line, "hello.ts", "--force");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error \[ERR_OPTION_VALUE\]: .* Leave `--force` out\.\n$/);
  });

  test("a file that is no trace", async () => {
    const { code, stderr } = await inScratch("replay", "pipeline.ts");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error \[ERR_TRACE_FORMAT\]: .*pipeline\.ts.*\n$/s);
  });

  test("a trace whose program is gone", async () => {
    const folder = mkdtempSync(join(scratch, "gone-"));
    copyFileSync(join(scratch, "pipeline.trace"), join(folder, "pipeline.trace"));
    expect(await tickless(["replay", "pipeline.trace"], { cwd: folder })).toMatchObject({
      code: 2,
      stderr:
        "error [ERR_PROGRAM_NOT_FOUND]: The program `pipeline.ts` does not exist. The trace `pipeline.trace` is of " +
        "that one, as seen from the folder in which it was recorded. Go there, or name the program: " +
        "`tickless replay pipeline.trace path/to/program.ts`.\n",
    });
  });
});

test("S10.7: a repro line of another program fails, and says so last", async () => {
  const repro = parseRepro("tk1:v0.1.0:s7:x6d94ac26");
  const options = { ...repro.options, policy: true };
  const line = formatRepro({ ...repro, options, choices: "_____w" });
  const { code, stdout, stderr } = await inScratch("replay", line, "hello.ts");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "hello world at 10.5\n" });
  expect(stderr).toMatch(
    /^done at .*\nerror \[ERR_REPRO_PROGRAM\]: The repro line is of another program, or of another version of this one: it holds more choices .* Replay it with the very program that printed it: .*\n$/,
  );
});

describe("replay --record", () => {
  test("writes the recording again, byte for byte, and leaves the replayed one alone", async () => {
    const again = await inScratch("replay", "pipeline.trace", "--record", "again.trace");
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/, fingerprint \S+, recorded in again\.trace\n$/);
    expect(text("again.trace")).toBe(text("pipeline.trace"));
    const { code, stderr } = await inScratch(
      "replay",
      "pipeline.trace",
      "--record",
      "./pipeline.trace",
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error \[ERR_RECORD_FILE\]: .* would overwrite the recording that is/);
    expect(text("again.trace")).toBe(text("pipeline.trace"));
  });

  test("is the way from the line of a failure to a recording that replays", async () => {
    const failed = await inScratch("run", "fails.ts", "--seed", "7");
    const line = /replay (tk1:\S+)/.exec(failed.stderr)?.[1] ?? "";
    const recorded = await inScratch("replay", line, "fails.ts", "--record", "fails.trace");
    expect(recorded.code).toBe(1);
    expect(recorded.stderr).toContain("recorded in fails.trace");
    const replayed = await inScratch("replay", "fails.trace");
    expect(replayed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^same: /) });
    const first = await inScratch("run", "fails.ts", "--seed", "7", "--record", "first.trace");
    expect(first.code).toBe(1);
    expect(text("first.trace")).toBe(text("fails.trace"));
  });

  test("overwrites no other file without --force, with a line too", async () => {
    const line = "tk1:v0.1.0:s7:x6d94ac26";
    writeFileSync(join(scratch, "letter.txt"), "dear");
    const refused = await inScratch("replay", line, "hello.ts", "--record", "letter.txt");
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("would overwrite a file that is no recording");
    const forced = await inScratch("replay", line, "hello.ts", "--record", "letter.txt", "--force");
    expect(forced.code).toBe(0);
    expect(text("letter.txt")).toMatch(/^\{"format":"tickless-trace"/);
  });
});
