import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { progressText } from "../src/campaign-progress.ts";
import { build, ended, start, tickless } from "./command.ts";

/** A project of its own: what lies in a package of Tickless is not rewritten. */
let cwd: string;

beforeAll(() => {
  build();
  cwd = realpathSync(mkdtempSync(join(tmpdir(), "tickless-explore-")));
  mkdirSync(join(cwd, "node_modules"));
  symlinkSync(fileURLToPath(new URL("..", import.meta.url)), join(cwd, "node_modules/tickless"));
  cpSync(fileURLToPath(new URL("campaigns", import.meta.url)), cwd, { recursive: true });
  writeFileSync(join(cwd, "package.json"), `{ "type": "module" }\n`);
});

afterAll(() => rmSync(cwd, { recursive: true }));

const explore = (...args: string[]) => tickless(["explore", ...args], { cwd });

/** Without what differs between machines. */
function portable(text: string): string {
  return text.replaceAll(cwd, "").replaceAll(/(replay\S*|replays?), [\d,]+ ms/g, "$1, N ms");
}

test("a lost update is found with 2 workers, told with its place, shrunk, repeated, and recorded", async () => {
  const found = await explore("lost-update.ts", "--workers", "2", "--strategy", "random-walk");
  expect(portable(found.stdout)).toMatchSnapshot("explore");
  expect(found.stderr).toBe("");
  expect(found.code).toBe(1);
  // What it prints is what is to be typed.
  const [, words = ""] = /^record: npx tickless (.*)$/m.exec(found.stdout) ?? [];
  const recorded = await tickless(words.split(" "), { cwd });
  expect(recorded.stderr).toContain("Error: a deposit is lost: 1");
  expect(recorded.stderr).toContain("recorded in lost-update.trace");
  expect(recorded.stderr).not.toContain("ERR_REPRO_PROGRAM");
  expect(recorded.code).toBe(1);
  const [replayed, shrunk] = await Promise.all([
    tickless(["replay", "lost-update.trace"], { cwd }),
    tickless(["shrink", "lost-update.ts", "lost-update.trace"], { cwd }),
  ]);
  expect(replayed.stdout).toMatch(/^same: fingerprint /);
  expect(portable(shrunk.stdout)).toMatchSnapshot("shrink");
  expect(shrunk.code).toBe(1);
}, 60_000);

test("--json is the same for any number of workers, and all that stdout has", async () => {
  const options = [
    "lost-update.ts",
    "--strategy",
    "pos",
    "--json",
    "--seed",
    "1",
    "--seed",
    "2",
    "-n",
    "300",
    "--all",
  ];
  const [one, three] = await Promise.all(
    ["1", "3"].map((workers) => explore(...options, "--workers", workers)),
  );
  expect(three?.stdout).toBe(one?.stdout);
  const text = one?.stdout ?? "";
  expect(portable(text).replaceAll(/"stack": ".*"/g, '"stack": "…"')).toMatchSnapshot();
  expect(one?.code).toBe(1);
}, 60_000);

test("S10.16: --jitter finds what a late timer breaks; its line has it for replay and shrink", async () => {
  const found = await explore("late.js", "--jitter", "4", "--no-shrink", "--", "a b");
  expect(found.stdout).not.toContain("asks");
  expect(found.stdout).toContain("failed (error): ERR_TIMEOUT: ");
  const [, line = "", rest] = /^again: .* (tk1:\S+) (.*)$/m.exec(found.stdout) ?? [];
  expect(rest).toBe("late.js -- 'a b'");
  expect(found.stdout).toContain(`shrink: npx tickless shrink late.js ${line} -- 'a b'\n`);
  const [replayed, shrunk, cut] = await Promise.all([
    tickless(["replay", line, "late.js"], { cwd }),
    tickless(["shrink", "late.js", line], { cwd }),
    tickless(["shrink", "late.js", line.slice(0, -2)], { cwd }),
  ]);
  expect(replayed.stderr).toContain("TimeoutError");
  expect(shrunk.stdout).toMatch(
    /^failed \(error\): ERR_TIMEOUT: .*\n\nShrunk: decisions \d+ → 1, /,
  );
  expect(shrunk.stdout).toContain("a timer that main sets in its step 1 is 3 ms late\n");
  expect(shrunk.stdout).not.toContain("asks");
  expect([cut.code, cut.stderr.slice(0, 24)]).toEqual([2, "error [ERR_REPRO_LINE]: "]);
}, 60_000);

test("a deadlock is found, and told with who waits for whom", async () => {
  const { stdout, code } = await explore("deadlock.ts");
  expect(portable(stdout)).toMatchSnapshot();
  expect(code).toBe(1);
}, 60_000);

test("a program that meets no choice is run once, in whichever shard that is", async () => {
  const shards = ["1/1", "1/2", "2/2"];
  const [alone, first, second] = await Promise.all(
    shards.map((shard) => explore("one-order.js", "-n", "200", "--shard", shard)),
  );
  expect(alone?.stdout).toMatch(/^nothing to explore: 1 schedule in shard 1\/1\. .*`interleave\(/);
  expect(first?.stdout).toContain("nothing to explore: 1 schedule in shard 1/2.");
  expect(second?.stdout).toMatch(/^nothing to explore in shard 2\/2: /);
  for (const one of [alone, first, second]) expect(one?.stdout).not.toContain("explored all");
}, 60_000);

test("a program that no order breaks exits with 0, and prints nothing of its own", async () => {
  const { stdout, stderr, code } = await explore("sound.js", "-n", "200");
  expect(stdout).toBe("200 schedules\nno failure\n");
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const all = await explore("sound.js", "--strategy", "exhaustive");
  expect(all.stdout).toMatch(/^explored all \d+ schedules\nno failure\n$/);
}, 60_000);

test("a step that never ends is ended, and told with file, task and virtual time", async () => {
  const { stdout, code } = await explore("spins.ts", "--step-time", "700", "--workers", "2");
  expect(portable(stdout)).toMatchSnapshot();
  expect(code).toBe(1);
}, 60_000);

test("bad options, and programs that are none, are refused with exit code 2", async () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await explore(...args);
    expect([code, stdout]).toEqual([2, ""]);
    return portable(stderr);
  };
  expect(
    await Promise.all([
      refused("lost-update.ts", "--strategy", "luck"),
      refused("lost-update.ts", "--shard", "3/2"),
      refused("lost-update.ts", "--workers", "0"),
      refused("lost-update.ts", "--bound", "-1"),
      refused("lost-update.ts", "--jitter", "0"),
      refused("lost-update.ts", "--reduce", "--strategy", "pct"),
      refused("nowhere.ts"),
      refused("no-main.ts"),
    ]),
  ).toMatchSnapshot();
}, 60_000);

test("Ctrl-C keeps what was found, says so, and exits with 130", async () => {
  const child = start(["explore", "sound.js", "-n", "100000000"], { cwd });
  const end = ended(child);
  setTimeout(() => child.kill("SIGINT"), 2500);
  const { stdout, code } = await end;
  expect(stdout).toMatch(/^[\d,]+ schedules; interrupted, this is what was found until then\n/);
  expect(code).toBe(130);
}, 60_000);

test("Ctrl-C while a schedule is shrunk tells the best that was found, and that it was interrupted", async () => {
  const found = await explore("long-way.js", "--no-shrink", "--", "quick");
  const [, line = ""] = /^again: .* (tk1:\S+) /m.exec(found.stdout) ?? [];
  const interrupted = async (args: readonly string[], afterMs: number) => {
    const child = start(args, { cwd });
    const end = ended(child);
    setTimeout(() => child.kill("SIGINT"), afterMs);
    return end;
  };
  const shrunk = await interrupted(["shrink", "long-way.js", line], 1500);
  expect(shrunk.stdout).toMatch(/^failed \(error\): Error: there and back again\n/);
  expect(shrunk.stdout).toMatch(/^Shrunk: .* ms\. Interrupted: this is the simplest .*\.$/m);
  expect(shrunk.stdout).toMatch(/^again: {2}npx tickless replay tk1:/m);
  expect([shrunk.code, shrunk.stderr]).toEqual([130, ""]);
}, 60_000);

test("a schedule 0 that never ends is no “nothing to explore”", async () => {
  const { stdout } = await explore("spins.ts", "--step-time", "300", "--", "at once");
  expect(stdout).toMatch(/^1 schedule\nschedule 0 of portfolio with seed 0 failed \(stuck\): /);
}, 60_000);

test("--help names every strategy of the program's copy, and what the exit codes mean", async () => {
  const [exploring, shrinking] = await Promise.all([
    explore("--help"),
    tickless(["shrink", "--help"], { cwd }),
  ]);
  expect(exploring.stdout).toMatchSnapshot("explore");
  expect(shrinking.stdout).toMatchSnapshot("shrink");
  expect([exploring.code, shrinking.code]).toEqual([0, 0]);
}, 60_000);

test("progress: what fits on the terminal, the most important first", () => {
  const at = { schedules: 12_345, of: 100_000, failed: false, replays: null };
  const told = [80, 40, 30, 15, 5].map((columns) => progressText(at, 2.5, columns));
  expect(told).toEqual([
    "12,345 of 100,000 schedules, 4,938/s",
    "12,345 of 100,000 schedules, 4,938/s",
    "12,345 of 100,000 schedules",
    "12,345 of 100,0",
    "12,34",
  ]);
  expect(progressText({ ...at, failed: true }, 2.5, 40)).toBe(
    "12,345 of 100,000 schedules, failed",
  );
  expect(progressText({ ...at, of: Infinity }, 2.5, 80)).toBe("12,345 schedules, 4,938/s");
  expect(progressText({ ...at, schedules: 0 }, 0, 80)).toBe("loading the program");
  const shrinking = { ...at, failed: true, replays: 37 };
  expect(progressText(shrinking, 9, 80)).toBe(
    "12,345 schedules; shrinking the failure, 37 replays",
  );
  expect(progressText(shrinking, 9, 40)).toBe("shrinking the failure, 37 replays");
});
