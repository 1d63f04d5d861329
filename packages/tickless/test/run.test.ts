import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, ended, start, tickless } from "./command.ts";

let scratch: string;

beforeAll(() => {
  build();
  scratch = mkdtempSync(join(tmpdir(), "tickless-run-"));
});

afterAll(() => rmSync(scratch, { recursive: true }));

describe.concurrent("a program", () => {
  test("in TypeScript runs in virtual time, with the arguments after --", async () => {
    expect(await tickless(["run", "hello.ts", "--", "--Ann", "Bob"])).toEqual({
      code: 0,
      signal: null,
      stdout: "hello --Ann at 2.5\n",
      stderr: "done at t=2.5 ms, 2 steps, wall time N ms, seed 0\n",
    });
  });

  test("in JavaScript, with a generator as main, runs too; its value is printed", async () => {
    const { code, stdout, stderr } = await tickless(["run", "generator.js", "a", "b"]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "{ at: 2, args: [ 'a', 'b' ] }\n",
      stderr: "done at t=2 ms, 2 steps, wall time N ms, seed 0\n",
    });
  });

  test("draws the numbers of its --seed (S9)", async () => {
    const [one, again, other] = await Promise.all([
      tickless(["run", "hello.ts", "--seed", "1"]),
      tickless(["run", "hello.ts", "-s", "1"]),
      tickless(["run", "hello.ts", "--seed", "2"]),
    ]);
    expect(one.stdout).toBe(again.stdout);
    expect(one.stdout).not.toBe(other.stdout);
    expect(other.stderr).toMatch(/, seed 2\n$/);
  });

  test("calls its time unit what --time-unit says, and so does the recording", async () => {
    const out = join(scratch, "seconds.trace");
    const { stderr } = await tickless(["run", "hello.ts", "-t", "s", "--record", out]);
    expect(stderr).toContain("done at t=2.5 s, ");
    expect((await tickless(["replay", out])).stderr).toContain("done at t=2.5 s, ");
  });

  test("goes on to --until after main has ended", async () => {
    const { code, stdout, stderr } = await tickless(["run", "ticks.ts", "--until", "25"]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "",
      stderr: "until at t=25 ms, 4 steps, 1 task not done, wall time N ms, seed 0\n",
    });
  });

  test("has what it forgot to await reported under --debug alone, and runs the same (S8)", async () => {
    const line = ["run", "forgets.ts", "--record", join(scratch, "forgets.trace")];
    const [plain, debugged] = [await tickless(line), await tickless([...line, "--debug"])];
    expect(plain.stderr).toMatch(/^done at /);
    expect(debugged.stderr).toContain("was never awaited, so it has not run. Write `await`");
    expect(debugged.stderr).toContain("`main/stubborn` was cancelled and returned a result");
    expect(debugged.stderr.endsWith(plain.stderr)).toBe(true);
    expect([plain.code, debugged.code]).toEqual([0, 0]);
  });

  test("that throws has its own error shown with the stack, and exit code 1", async () => {
    const { code, stdout, stderr } = await tickless(["run", "fails.ts"]);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("the gear is broken\n    at ");
    expect(stderr).toContain("fails.ts:9:");
    expect(stderr).toContain("part: 'gear'");
    expect(stderr).toMatch(
      /\nerror at t=3 ms, 2 steps, wall time N ms, seed 0\nagain: npx tickless replay tk1:\S+ fails\.ts\n$/,
    );
  });

  test("whose worker dies unseen, and whose callback throws, is told of both and ends with exit code 1", async () => {
    const { code, stdout, stderr } = await tickless(["run", "dead-worker.ts"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "the value\n" });
    expect(stderr).toMatch(
      /^Exception in callback alarm at t=2.*\nError: the alarm is broken\n {4}at /,
    );
    expect(stderr).toContain(
      "Task exception was never retrieved: main/worker\nError: the worker has died\n    at ",
    );
    expect(stderr).toMatch(
      /\ndone at t=3 ms, 5 steps, wall time N ms, 2 exceptions that nobody has caught, seed 0\nagain: npx tickless replay tk1:\S+ dead-worker\.ts\n$/,
    );
  });

  test("that has an exception handler of its own decides itself what such exceptions mean", async () => {
    expect(await tickless(["run", "dead-worker.ts", "quiet"])).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^done at [^\n]* ms, seed 0\n$/) as string,
    });
  });

  test("that deadlocks has the report shown without a stack of the engine (S7)", async () => {
    const { code, stderr } = await tickless(["run", "deadlock.ts"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^DeadlockError \[ERR_DEADLOCK\]: /);
    expect(stderr).toContain("jobs");
    expect(stderr).not.toContain("\n    at ");
    expect(stderr).toMatch(
      /\ndeadlock at t=0 ms, 1 step, 1 task not done, wall time N ms, seed 0\nagain: npx tickless replay tk1:\S+ deadlock\.ts\n$/,
    );
  });

  test("that waits for what can never come is reported, not left to end as if all were well", async () => {
    const { code, stderr } = await tickless(["run", "stalls.ts"]);
    expect(code).toBe(1);
    expect(stderr).toContain("error [ERR_STALLED]: The program waits for an `external` call");
  });

  test("whose step never ends is ended by SIGINT", async ({ onTestFinished }) => {
    const child = start(["run", "endless.ts"]);
    onTestFinished(() => void child.kill("SIGKILL"));
    const end = ended(child);
    child.stdout?.once("data", () => child.kill("SIGINT"));
    expect(await end).toMatchObject({ code: null, signal: "SIGINT", stdout: "begun\n" });
  });
});

test("what main returns is not lost when the recording cannot be written after all", async () => {
  const file = join(scratch, "vanishes.ts");
  const folder = join(scratch, "vanishing");
  mkdirSync(folder);
  writeFileSync(
    file,
    `import { rmSync } from "node:fs";
    export default () => (rmSync(${JSON.stringify(folder)}, { recursive: true }), "the value");\n`,
  );
  const { code, stdout, stderr } = await tickless(["run", file, "--record", join(folder, "x")]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "the value\n" });
  expect(stderr).toMatch(/^done at t=0 ms, .*\nerror \[ERR_RECORD_FILE\]: Cannot write .*ENOENT/);
});

describe.concurrent("colours", () => {
  test("are for terminals, unless FORCE_COLOR insists", async () => {
    const [piped, forced] = await Promise.all([
      tickless(["run", "generator.js"]),
      tickless(["run", "generator.js"], { env: { FORCE_COLOR: "1" } }),
    ]);
    expect(piped.stderr + piped.stdout).not.toContain("\u001b[");
    expect(forced.stderr).toContain("\u001b[32mdone\u001b[39m");
    expect(forced.stdout).toContain("\u001b[33m0\u001b[39m");
  });

  test("never come under NO_COLOR", async () => {
    const { stdout, stderr } = await tickless(["run", "generator.js"], {
      env: { FORCE_COLOR: "1", NO_COLOR: "1" },
    });
    expect(stderr + stdout).not.toContain("\u001b[");
  });
});

describe.concurrent("a mistake is told in words, with a code and what to write, and exit code 2", () => {
  const missing = "Write the path of a file: `tickless run path/to/program.ts`.";
  const mainHint =
    "Write `export default async function main({ args }) { … }`. A script that calls `run` itself " +
    "is started by node.";
  const more = "\nSee `tickless run --help`.";
  const cases: readonly (readonly [string, string, string])[] = [
    [
      "rum hello.ts",
      "ERR_UNKNOWN_COMMAND",
      "unknown command 'rum'\n(Did you mean run?)\nSee `tickless --help`.",
    ],
    [
      "help foo",
      "ERR_UNKNOWN_COMMAND",
      "There is no command `foo`. The commands: run, check, explore, shrink, replay, diff, show, export, help.",
    ],
    ["--sed", "ERR_UNKNOWN_OPTION", "unknown option '--sed'\nSee `tickless --help`."],
    [
      "show --tsk x",
      "ERR_UNKNOWN_OPTION",
      "unknown option '--tsk'\n(Did you mean --task?)\nSee `tickless show --help`.",
    ],
    [
      "run hello.ts --workers 4",
      "ERR_UNKNOWN_OPTION",
      "unknown option '--workers'\nWrite `--` before the program's own options: " +
        `\`tickless run program.ts -- --option\`.${more}`,
    ],
    [
      "run hello.ts --sed 1",
      "ERR_UNKNOWN_OPTION",
      `unknown option '--sed'\n(Did you mean --seed?)${more}`,
    ],
    ["run", "ERR_MISSING_ARGUMENT", `missing required argument 'file'${more}`],
    [
      "run hello.ts --seed",
      "ERR_OPTION_MISSING_ARGUMENT",
      `option '-s, --seed <seed>' argument missing${more}`,
    ],
    [
      "run nowhere.ts",
      "ERR_PROGRAM_NOT_FOUND",
      `The program \`nowhere.ts\` does not exist. ${missing}`,
    ],
    [
      "run ../programs",
      "ERR_PROGRAM_NOT_FOUND",
      `The program \`../programs\` is not a file. ${missing}`,
    ],
    [
      "run notes.txt",
      "ERR_PROGRAM_KIND",
      "The program `notes.txt` is neither TypeScript nor JavaScript. Its name has to end in .ts, .mts, .cts, .js, .mjs or .cjs.",
    ],
    [
      "run no-main.ts",
      "ERR_NO_MAIN",
      `The program \`no-main.ts\` has no default export. ${mainHint}`,
    ],
    [
      "run main-is-no-function.ts",
      "ERR_NO_MAIN",
      `The program \`main-is-no-function.ts\` has a default export that is not a function. ${mainHint}`,
    ],
    [
      "run hello.ts --until soon",
      "ERR_OPTION_VALUE",
      "Expected `--until` to be a time ≥ 0 in the units of the program, got `soon`. Write for example `--until 60000`.",
    ],
    [
      "run hello.ts --time-unit days",
      "ERR_OPTION_VALUE",
      "Expected `--time-unit` to be one of ms, s, min, h, none, got `days`. Write for example `--time-unit s`.",
    ],
    [
      "run hello.ts --until=-1",
      "ERR_OPTION_VALUE",
      "Expected `--until` to be a time ≥ 0 in the units of the program, got `-1`. Write for example `--until 60000`.",
    ],
    [
      "run hello.ts --seed --record",
      "ERR_OPTION_VALUE",
      "Expected `--seed` to be a text that is not an option, got `--record`. Write for example `--seed 7`.",
    ],
    [
      "run hello.ts --record nowhere/x.trace",
      "ERR_RECORD_FILE",
      "Cannot write `--record nowhere/x.trace`: there is no folder `nowhere`. Make it first.",
    ],
    [
      "run hello.ts --record .",
      "ERR_RECORD_FILE",
      "Cannot write `--record .`: it is a folder. Name a file in it: `--record ./run.trace`.",
    ],
    [
      "run hello.ts --record hello.ts",
      "ERR_RECORD_FILE",
      "`--record hello.ts` would overwrite the program. Name another file: `--record hello.ts.trace`.",
    ],
  ];

  test.each(cases)("tickless %s", async (line, code, message) => {
    expect(await tickless(line.split(" "))).toEqual({
      code: 2,
      signal: null,
      stdout: "",
      stderr: `error [${code}]: ${message}\n`,
    });
  });
});

describe.concurrent("a program that cannot be loaded fails with exit code 1 and says where", () => {
  test("when it throws while it is loaded", async () => {
    const { code, stderr } = await tickless(["run", "throws-on-load.ts"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: no such luck\n {4}at .*throws-on-load\.ts:1:/);
    expect(stderr).toMatch(/\n`throws-on-load\.ts` failed while it was loaded\.\n$/);
  });

  test("when it is no TypeScript", async () => {
    writeFileSync(join(scratch, "typo.ts"), "export default () => {\n  const x: = 3;\n};\n");
    const { code, stderr } = await tickless(["run", "typo.ts"], { cwd: scratch });
    expect(code).toBe(1);
    expect(stderr).toContain("typo.ts:2:11");
  });
});

describe.concurrent("help", () => {
  test("of the command and of run tells commands, options and exit codes", async ({
    expect: expectHere,
  }) => {
    const [all, run, none, help, helpRun, replay] = await Promise.all([
      tickless(["--help"]),
      tickless(["run", "--help"]),
      tickless([]),
      tickless(["help"]),
      tickless(["help", "run"]),
      tickless(["replay", "--help"]),
    ]);
    expectHere(replay.stdout).toMatchSnapshot("tickless replay --help");
    expectHere(all.stdout).toMatchSnapshot("tickless --help");
    expectHere(run.stdout).toMatchSnapshot("tickless run --help");
    expect([all.code, run.code]).toEqual([0, 0]);
    expectHere([help, helpRun]).toEqual([all, run]);
    // without a command nothing was done, so the same help is an answer to a mistake
    expect(none).toEqual({ code: 2, signal: null, stdout: "", stderr: all.stdout });
  });

  test("has the version", async () => {
    const { stdout } = await tickless(["--version"]);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
