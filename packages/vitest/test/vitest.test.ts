import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Ended, Project, build } from "./project.ts";
import { account, failing, many } from "./programs.ts";

beforeAll(build);

beforeEach(({ skip }) => {
  skip(
    !("groupBy" in Map),
    "Vitest 5 asks for Node 22.12: on 20 its reporter breaks off at a failure",
  );
});

const projects: Project[] = [];

function projectWith(files: Readonly<Record<string, string>>): Project {
  const project = new Project({ "account.js": account, ...files });
  projects.push(project);
  return project;
}

afterAll(() => {
  for (const project of projects) project.remove();
});

const golden = (name: string): string => join(import.meta.dirname, "golden", name);

/** The command that a failure has printed last, taken apart. */
function printed(
  { text }: Ended,
  name: string,
  where = "",
): { args: string[]; variables: { TICKLESS_REPLAY: string } } {
  const lines = text.matchAll(/TICKLESS_REPLAY=(\S+) npx vitest run (\S+)(.*) -t '(.*)'$/gm);
  for (const [, line = "", file = "", options, pattern = ""] of lines) {
    const unquoted = pattern.replaceAll(`'\\''`, "'");
    if (!unquoted.includes(name) || options !== where) continue;
    return { args: [file, "-t", unquoted], variables: { TICKLESS_REPLAY: line } };
  }
  throw new Error(`No command for ${name} in\n${text}`);
}

describe("what fails", () => {
  let project: Project;
  let ended: Ended;

  beforeAll(async () => {
    project = projectWith({ "account.test.js": failing });
    ended = await project.vitest();
  });

  test("says the error first, then the schedule, the trace and the command", async () => {
    expect(ended.code).toBe(1);
    await expect(ended.text).toMatchFileSnapshot(golden("failing.txt"));
  });

  test("leaves traces, one a test, unless `record` is false", () => {
    const names = project.list(".tickless").join("\n");
    expect(names).toContain("two-deposits-add-up");
    expect(names).not.toContain("too-slow");
  });

  test.each([["two deposits add up"], ["any deposits add up"], ["too slow"], ["blocked"]])(
    "the command that is printed for `%s` replays it alone",
    async (name) => {
      const { args, variables } = printed(ended, name);
      const again = await project.vitest(args, variables);
      await expect(again.text).toMatchFileSnapshot(
        golden(`replay-${name.replaceAll(" ", "-")}.txt`),
      );
    },
  );

  test("a trace replays strictly: where the program is another, the test says where they part", async () => {
    const trace = project.list(".tickless").find((name) => name.includes("two-deposits"));
    const variables = { TICKLESS_REPLAY: `.tickless/${trace}` };
    const args = ["account.test.js", "-t", "two deposits add up"];
    expect((await project.vitest(args, variables)).text).toContain("expected 1 to be 2");
    project.write({ "account.js": account.replace("await this.read()", "this.balance") });
    expect((await project.vitest(args, variables)).text).toContain("DivergenceError");
    project.write({ "account.js": account });
  });

  test("refuses to replay several tests, or another test than that of the trace", async () => {
    const trace = project.list(".tickless").find((name) => name.includes("blocked"));
    const variables = { TICKLESS_REPLAY: `.tickless/${trace}` };
    const [several, other] = await Promise.all([
      project.vitest(["account.test.js"], variables),
      project.vitest(["account.test.js", "-t", "^too slow$"], variables),
    ]);
    expect(several.text).toContain("TICKLESS_REPLAY replays one test, and 7 are to run");
    expect(other.text).toContain("The trace is of the test `blocked` in account.test.js");
  });
});

test("of tests that go by one name the replay says that no -t tells them apart", async () => {
  const file = `import { simTest } from "@tickless/vitest";
import { describe } from "vitest";
simTest.each([[1], [2]])("same", async () => {});
describe("in a suite", () => { simTest("same", async () => {}); });
`;
  const project = projectWith({ "same.test.js": file });
  const variables = { TICKLESS_REPLAY: "tk1:v0.1.0:s0:m1000000:cM:x5370ca8d" };
  const [alike, all] = await Promise.all([
    project.vitest(["same.test.js", "-t", "^same$"], variables),
    project.vitest(["same.test.js"], variables),
  ]);
  expect(alike.text).toContain("They go by one name, which no `-t` tells apart.");
  expect(all.text).toContain("  same\n  in a suite > same\nSay which with `-t`");
});

test("the command of a test below another root names it, and where a line does not fit a replay says so", async () => {
  const config = "vitest.config.js";
  const project = projectWith({});
  project.write({
    [`pack/${config}`]: project.read(config),
    "pack/account.js": account,
    "pack/account.test.js": failing,
    [config]: "export default {};",
  });
  const ended = await project.vitest(["--root", "pack"]);
  const { args, variables } = printed(ended, "two deposits add up", " --root pack");
  const [there, elsewhere] = await Promise.all([
    project.vitest([...args, "--root", "pack"], variables),
    project.vitest(args, variables),
  ]);
  expect(there.text).toContain("The schedule of TICKLESS_REPLAY fails.");
  expect(elsewhere.text).toContain("two deposits add up` passes under another schedule: ");
});

describe("each pool of Vitest, with concurrent tests", () => {
  const runs = new Map<string, Promise<Ended>>();
  const inPool = (pool: string): Promise<Ended> => {
    let run = runs.get(pool);
    if (run === undefined) {
      run = projectWith({ "many.test.js": many }).vitest([`--pool=${pool}`]);
      runs.set(pool, run);
    }
    return run;
  };

  test.each(["forks", "threads", "vmForks", "vmThreads"])("%s", async (pool) => {
    const { text } = await inPool(pool);
    await expect(text).toMatchFileSnapshot(golden("many.txt"));
  });
});

test("TICKLESS_SEED and TICKLESS_SCHEDULES come before the options", async () => {
  const file = `import { expect } from "vitest";
import { random } from "@tickless/core";
import { simTest } from "@tickless/vitest";
let runs = 0;
simTest("seed", { seed: 1, schedules: 3 }, async () => {
  runs++;
  throw new Error("draws " + random("dice").int(1, 1000000));
});
simTest("count", { schedules: 1000000 }, async () => { runs++; });
simTest("counted", () => { console.log("runs: " + runs); });
`;
  const project = projectWith({ "seed.test.js": file });
  const [plain, seeded] = await Promise.all([
    project.vitest(["-t", "seed"]),
    project.vitest([], { TICKLESS_SEED: "7", TICKLESS_SCHEDULES: "4" }),
  ]);
  const drawn = ({ text }: Ended): string | undefined => /draws (\d+)/.exec(text)?.[1];
  expect(drawn(plain)).toBeDefined();
  expect(drawn(seeded)).not.toBe(drawn(plain));
  expect(seeded.text).toContain("Schedule 1 of 4 (portfolio, seed 7)");
});

test("says that there was nothing to explore where the plugin is not there", async () => {
  const file = `import { createTask, gather, sleep } from "@tickless/core";
import { simTest } from "@tickless/vitest";
import fc from "fast-check";
const each = async (list) => { await gather(list.map(() => createTask(() => sleep(0)))); };
simTest.prop("some inputs", [fc.array(fc.nat(), { size: "+1" })], each);
simTest.prop("no input", [fc.constant([])], each);
simTest("two tasks", async () => { await createTask(async () => { await null; }); });
simTest("two parts of one", async () => {
  let balance = 0;
  const deposit = async () => {
    const before = balance;
    await null;
    balance = before + 1;
  };
  await Promise.all([deposit(), deposit()]);
  if (balance !== 2) throw new Error("lost");
});
`;
  const files = { "tasks.test.js": file };
  const [without, present] = await Promise.all([
    projectWith({ ...files, "vitest.config.js": "export default {};" }).vitest(),
    projectWith(files).vitest(),
  ]);
  expect(without.text).toContain("simTest `two tasks`: nothing to explore: 1 schedule.");
  expect(without.text).toMatch(/nothing to explore: 1 schedule. All of it ran in one task, `main`/);
  expect(without.text).toContain("simTest `no input`: nothing to explore");
  expect(without.text).not.toContain("simTest `some inputs`");
  expect(present.text).not.toContain("nothing to explore");
  expect(present.text).toContain("Parts of `main` run side by side in one task");
});

test("a second run of the same module in watch mode is like the first", async () => {
  const watch = `import { startVitest } from "vitest/node";
const texts = [];
const texting = { onTestRunEnd: (modules) => texts.push(JSON.stringify(modules.map((m) =>
  [...m.children.allTests()].map((t) => [t.name, t.result().state, t.result().errors?.map((e) => e.message.replace(/, \\d+ ms\\./, ''))])))) };
const vitest = await startVitest("test", [], { watch: true, reporters: [texting] });
await vitest.rerunFiles();
await vitest.rerunFiles();
await vitest.close();
console.log(texts.length, new Set(texts).size, texts[0].includes("Run this schedule again"));
process.exit(0);
`;
  const project = projectWith({ "many.test.js": many, "watch.js": watch });
  const { text } = await project.node(["watch.js"]);
  expect(text).toContain("3 1 true");
});
