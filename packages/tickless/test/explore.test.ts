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

test("a lost update between plain awaits is found with 2 workers, and replays alone from its line", async () => {
  const found = await explore("lost-update.ts", "--workers", "2");
  expect(portable(found.stdout)).toMatchSnapshot();
  expect(found.stderr).toBe("");
  expect(found.code).toBe(1);
  const [line = ""] = /tk1:\S+/.exec(found.stdout.slice(found.stdout.indexOf("again:"))) ?? [];
  const replayed = await tickless(["replay", line, "lost-update.ts"], { cwd });
  expect(replayed.stderr).toContain("Error: a deposit is lost: 1");
  expect(replayed.stderr).not.toContain("ERR_REPRO_PROGRAM");
  const out = join(tmpdir(), `tickless-explore-${process.pid}.trace`);
  await tickless(["replay", line, "lost-update.ts", "--record", out], { cwd });
  // Its header says that awaits hand over.
  const recorded = await tickless(["replay", out], { cwd });
  rmSync(out, { force: true });
  expect(recorded).toMatchObject({ code: 0, stdout: expect.stringMatching(/^same: /) });
  expect(replayed.code).toBe(1);
}, 60_000);

test("what is found does not depend on the number of workers, nor on what comes first", async () => {
  const options = ["lost-update.ts", "--json", "--seed", "1", "--seed", "2", "-n", "300"];
  for (const more of [[], ["--all"]]) {
    const [one, three] = await Promise.all(
      ["1", "3"].map((workers) => explore(...options, ...more, "--workers", workers)),
    );
    expect(three?.stdout).toBe(one?.stdout);
    expect(one?.code).toBe(1);
  }
}, 60_000);

test("shards are parts of the whole: their schedules and outcomes add up", async () => {
  const sums = async (...shard: string[]): Promise<[string, number][]> => {
    const { stdout } = await explore("lost-update.ts", "--all", "--json", "-n", "300", ...shard);
    const { outcomes } = JSON.parse(stdout) as { outcomes: { text: string; count: number }[] };
    return outcomes.map(({ text, count }) => [text, count]);
  };
  const [whole, first, second] = await Promise.all([
    sums(),
    sums("--shard", "1/2"),
    sums("--shard", "2/2"),
  ]);
  const added = new Map<string, number>();
  for (const [text, count] of [...first, ...second])
    added.set(text, (added.get(text) ?? 0) + count);
  expect(added).toEqual(new Map(whole));
}, 60_000);

test("--json has a shape of its own, the same on every machine", async () => {
  const { stdout, code } = await explore("lost-update.ts", "--json");
  expect(portable(stdout).replaceAll(/"stack": ".*"/g, '"stack": "…"')).toMatchSnapshot();
  expect(code).toBe(1);
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
  const { stdout, code } = await explore("spins.ts", "--step-time", "1500", "--workers", "2");
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
      refused("lost-update.ts", "--reduce", "--strategy", "pct"),
      refused("nowhere.ts"),
      refused("no-main.ts"),
    ]),
  ).toMatchSnapshot();
}, 60_000);

test("Ctrl-C keeps what was found, says so, and exits with 130", async () => {
  const child = start(["explore", "sound.js", "-n", "100000000"], { cwd });
  const end = ended(child);
  setTimeout(() => child.kill("SIGINT"), 3000);
  const { stdout, code } = await end;
  expect(stdout).toMatch(/^[\d,]+ schedules; interrupted, this is what was found until then\n/);
  expect(code).toBe(130);
}, 60_000);

test("tickless shrink makes a failing schedule simple, and its line replays alone", async () => {
  const { stdout: found } = await explore("lost-update.ts", "--json");
  const { failure } = JSON.parse(found) as { failure: { reproLine: string } };
  const { stdout, code } = await tickless(["shrink", "lost-update.ts", failure.reproLine], { cwd });
  expect(portable(stdout)).toMatchSnapshot();
  expect(code).toBe(1);
  const [line = ""] = /tk1:\S+/.exec(stdout) ?? [];
  const replayed = await tickless(["replay", line, "lost-update.ts"], { cwd });
  expect(replayed.stderr).toContain("Error: a deposit is lost: 1");
  expect(replayed.stderr).not.toContain("ERR_REPRO_PROGRAM");
  const cut = await tickless(["shrink", "lost-update.ts", line.slice(0, -2)], { cwd });
  expect([cut.code, cut.stderr.slice(0, 24)]).toEqual([2, "error [ERR_REPRO_LINE]: "]);
}, 60_000);

test("--help names every strategy of the program's copy", async () => {
  const { stdout, code } = await explore("--help");
  expect(stdout).toMatchSnapshot();
  expect(code).toBe(0);
}, 60_000);
