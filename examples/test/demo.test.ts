// The demo as `npm run demo` starts it, with few jobs.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tsc = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin/tsc",
);

/** What `npm run demo` has left for its reader. */
const dayTrace = join(root, "examples/dist/demo/day.trace");

/** Where the demo of the tests leaves its recording. */
let out: string;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function demo(...args: readonly string[]): Promise<Ended> {
  // an undefined variable is left out; INIT_CWD is where npm was called
  const colors = { NO_COLOR: undefined, FORCE_COLOR: undefined };
  const env = { ...process.env, ...colors, INIT_CWD: root, DEMO_OUT: out };
  const child = spawn(process.execPath, ["examples/dist/demo/main.js", ...args], {
    cwd: root,
    env,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** The text without what differs from run to run or from version to version. */
function masked(text: string): string {
  return text
    .replaceAll(/wall time +[\d.]+ m?s/g, "wall time  N")
    .replaceAll(/events( +)\d[\d,]*, that is [\d,]+ a second/g, "events$1N")
    .replaceAll(/tickless replay \S+day\.trace/g, "tickless replay day.trace")
    .replaceAll(/has [\d.]+ MB/g, "has N MB")
    .replaceAll(/\d+ steps/g, "N steps")
    .replaceAll(/[0-9a-f]{4}(?:-[0-9a-f]{4}){3}\/[a-z]+/g, "FINGERPRINT");
}

function fingerprintsIn(text: string): string[] {
  return text.match(/[0-9a-f]{4}(?:-[0-9a-f]{4}){3}\/[a-z]+/g) ?? [];
}

// tests run the sources as they are, and this one runs what was built
beforeAll(() => {
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-b", join(root, "examples")], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The build failed:\n${stdout}`);
  out = mkdtempSync(join(tmpdir(), "tickless-demo-out-"));
});

afterAll(() => rmSync(out, { recursive: true }));

describe("the demo", () => {
  let ended: Ended;
  let acts: readonly string[];
  let left: number | null;
  const changedAt = (): number | null => (existsSync(dayTrace) ? statSync(dayTrace).mtimeMs : null);

  beforeAll(async () => {
    left = changedAt();
    ended = await demo("examples/test/few-jobs.csv");
    acts = ended.stdout.split(/^=+\n/m).slice(1);
  });

  test("ends well, and each of its three acts begins with what it shows", () => {
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: "" });
    expect(acts.map((act) => act.split("\n")[0])).toEqual([
      "Act 1 shows that a test that is flaky on real timers is stable in virtual time.",
      "Act 2 shows that a simulated day takes about a second and can be repeated exactly.",
      "Act 3 shows that a changed program is caught at the first event that differs.",
    ]);
  });

  test("leaves its recording in DEMO_OUT: the tests do not touch the one of `npm run demo`", () => {
    expect(existsSync(join(out, "day.trace"))).toBe(true);
    expect(changedAt()).toBe(left);
  });

  test("S4, S9: act 1 has one order and one fingerprint in Tickless, whatever real timers do", () => {
    const [, real = "", virtual = ""] = acts[0]?.split(/:\n\n/) ?? [];
    expect(real).toMatch(/^( {2}run \d {3}[A-H]( [A-H]){7} {3}(passed|FAILED)\n){3}/);
    expect(masked(virtual)).toMatch(
      /^( {2}run \d {3}A B C D E F G H {3}passed {3}fingerprint FINGERPRINT\n){3}/,
    );
    expect(new Set(fingerprintsIn(virtual)).size).toBe(1);
  });

  test("act 1 says what a fingerprint is before it prints one", () => {
    const act = acts[0] ?? "";
    const told = act.indexOf("A fingerprint is one hash of all that happens in a run");
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(act.search(/fingerprint [0-9a-f]{4}-/));
  });

  test("ends with the guides that lead on, which exist", () => {
    const pointer = ended.stdout.trimEnd().split("\n\n").at(-1) ?? "";
    const guides = pointer.match(/docs\/guide\/[\w-]+\.md/g) ?? [];
    expect(guides).toHaveLength(2);
    for (const guide of guides) expect(existsSync(join(root, guide))).toBe(true);
  });

  test("act 2 sums up the day, and another process replays it with the same fingerprint", () => {
    const act = acts[1] ?? "";
    expect(masked(act.split("\n\n").slice(2).join("\n\n"))).toMatchInlineSnapshot(`
      "  jobs          60: 60 done, 0 given up
        time-outs     2 attempts were cut off; 2 of them were tried again
        waits         mean 45.4 s, median 48 s, 95 % below 1 min 43 s, longest 1 min 47 s
        queue         at most 21 jobs; producers stood before a full queue for 0 s
        ledger        workers waited for its lock for 14 s, all together
        virtual time  8 h 5 min
        wall time  N, recording included
        events        N

      The recording has N MB and the fingerprint FINGERPRINT.
      A second process runs the program again and compares each event with it:

        $ npx tickless replay day.trace
        same: fingerprint FINGERPRINT
        done at t=29111 s, N steps, wall time  N

      The fingerprints are equal.

      "
    `);
    const fingerprints = fingerprintsIn(act);
    expect(fingerprints).toHaveLength(2);
    expect(new Set(fingerprints).size).toBe(1);
  });

  test("act 3 tells the first event that differs, with what was expected and what came", () => {
    const report = acts[2]?.split(":\n\n")[1] ?? "";
    expect(report).toMatch(
      /^ {2}Replay diverged at event \d+, t=\d+ s, in task main\/worker-\d\.\n/,
    );
    expect(report).toMatch(/\n +expected \(recorded\) +main\/worker-\d takes lock main\/ledger\n/);
    expect(report).toMatch(/\n +actual \(this run\) +main\/worker-\d sleeps until t=\d+ s\n/);
  });
});

describe("the two commands of the README", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly scripts: Record<string, string>;
  };

  test("set up quietly: what succeeds says nothing, and errors still show", () => {
    expect(scripts["setup"]).toMatch(/ --loglevel=error$/);
    expect(scripts["demo"]).toMatch(/^npm run --silent setup && /);
  });

  test("npm test says at its very end that all is well", () => {
    expect(scripts["test"]).toMatch(/ && npm run check$/);
    expect(scripts["check"]).toMatch(/ && echo all checks passed$/);
  });
});

describe("jobs that cannot be used end the demo before its first act:", () => {
  let scratch: string;

  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), "tickless-demo-"));
  });

  afterAll(() => rmSync(scratch, { recursive: true }));

  test("a bad line, by its number", async () => {
    const file = join(scratch, "bad.csv");
    writeFileSync(file, "id,source,arrives_s,work_s\na,web,1,2\nb,web,noon,2\n");
    const { code, stdout, stderr } = await demo(file);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^error: .*bad\.csv:3: expected `arrives_s` to be a number of seconds ≥ 0, got `noon`\n$/,
    );
  });

  test("a file that does not exist, by its name", async () => {
    const { code, stderr } = await demo("no-such.csv");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "error: no-such.csv: there is no such file\n",
    });
  });

  test("an option, of which there is none", async () => {
    const { code, stderr } = await demo("--fast");
    expect(code).toBe(1);
    expect(stderr).toContain("expected at most one argument, a CSV file of jobs, got `--fast`");
  });
});
