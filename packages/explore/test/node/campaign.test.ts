import { afterAll, beforeAll, expect, test } from "vitest";
import { build, Project } from "./project.ts";

// Its workers load what is built, so these campaigns run in processes of their own.
const programs = {
  // Two deposits, and what only some orders reach.
  "bank.mjs": `
import { createTask, gather, sleep } from "@tickless/core";
import { sometimes } from "@tickless/explore";
export default async function main() {
  let balance = 0;
  const deposit = async (amount) => {
    await sleep(0);
    const before = balance;
    await sleep(0);
    balance = before + amount;
  };
  const late = async () => {
    await sleep(0);
    await sleep(0);
    await deposit(2);
  };
  await gather([createTask(() => deposit(1), { name: "alice" }), createTask(late, { name: "bob" })]);
  sometimes("all is there", balance === 3);
  if (balance < 2) throw new RangeError("the balance is " + balance);
  return balance;
}`,
  // One order of three tasks spins, one ends its thread: c, a, b and c, b, a.
  "hazards.mjs": `
import { createTask, gather, sleep } from "@tickless/core";
export default async function main({ args }) {
  const order = [];
  const visit = (name) => createTask(async () => {
    order.push(name);
    const seen = order.join("");
    if (args.includes("spin") && seen === "cab") for (;;);
    if (args.includes("spin " + seen)) for (;;);
    if (args.includes("always") && seen.length === 3) for (;;);
    if (args.includes("exit") && seen === "cba") process.exit(3);
  }, { name });
  await gather([visit("a"), visit("b"), visit("c")]);
  return order.join("");
}`,
  // In the order that shrinking begins with it spins; first in, first out is well; all else fails.
  "trap.mjs": `
import { createTask, gather, sleep } from "@tickless/core";
export default async function main() {
  const order = [];
  const twice = (name) => createTask(async () => {
    order.push(name);
    await sleep(0);
    order.push(name);
  }, { name });
  await gather([twice("a"), twice("b")]);
  const seen = order.join("");
  if (seen === "aabb") for (;;);
  if (seen !== "abab") throw new Error("not by turns");
}`,
  "slow-to-load.mjs": `
await new Promise((resolve) => setTimeout(resolve, 1500));
export { default } from "./bank.mjs";`,
  "late.mjs": `
import { sleep, timeout } from "@tickless/core";
export default () => timeout(12, () => sleep(10));`,
};

let project: Project;

beforeAll(() => {
  build();
  project = new Project(programs);
});

afterAll(() => project.remove());

/** What is found, without the real time that stands in texts, and without the stack, which names a machine. */
const PRELUDE = `
import { campaign } from "@tickless/explore/node";
const bare = (found) => JSON.parse(JSON.stringify(found, (key, value) =>
  key === "text" && /Shrunk:|not shrunk/.test(value) ? undefined : key === "story" || key === "stack" ? undefined : value));
const tell = (value) => console.log(JSON.stringify(value));
`;

let scripts = 0;

/** What a script tells, that has \`campaign\`. */
async function told<T>(script: string): Promise<T> {
  const name = `script-${scripts++}.mjs`;
  project.write({ [name]: `${PRELUDE}${script}` });
  const { stdout, stderr } = await project.node(name);
  try {
    return JSON.parse(stdout) as T;
  } catch {
    throw new Error(`The script told:\n${stdout}\n${stderr}`);
  }
}

interface Found {
  readonly schedules: number;
  readonly complete: boolean;
  readonly choices: number;
  readonly ended: string | null;
  readonly outcomes: readonly {
    readonly text: string;
    readonly kind: string;
    readonly count: number;
  }[];
  readonly sometimes: Readonly<Record<string, number>>;
  readonly failure: null | {
    readonly reason: string;
    readonly schedule: number;
    readonly task: string | null;
    readonly reproLine: string;
    readonly text: string;
    readonly error: { readonly name: string; readonly place: string; readonly message: string };
    readonly shrunk: null | {
      readonly decisions: readonly { readonly text: string }[];
      readonly reproLine: string;
    };
  };
}

test("the same is found by 1, 2 and 4 workers, with all outcomes and up to the first failure", async () => {
  const [all, first] = await told<Found[][]>(`
const options = { schedules: 200, seed: [1, 2], strategy: ["portfolio", "exhaustive"] };
const by = async (more) => {
  const found = [];
  for (const workers of [1, 2, 4]) found.push(bare(await campaign("bank.mjs", { ...options, ...more, workers })));
  return found;
};
tell([await by({ stopAtFirst: false }), await by({})]);`);
  for (const found of [all ?? [], first ?? []]) {
    expect(found).toHaveLength(3);
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
    expect(found[0]?.failure?.shrunk?.decisions).toHaveLength(1);
    expect(found[0]?.failure?.error.name).toBe("RangeError");
    expect(found[0]?.failure?.error.place).toMatch(/bank\.mjs:\d+:\d+/);
  }
  expect(all?.[0]?.schedules).toBeGreaterThan(first?.[0]?.schedules ?? Infinity);
});

test("three shards of three are the whole campaign: schedules, choices, outcomes, and the same failure", async () => {
  const [whole, ...parts] = await told<Found[]>(`
const options = { schedules: 300, seed: [1, 2], stopAtFirst: false, shrinkReplays: 0, workers: 2 };
const found = [];
for (const shard of ["1/1", "1/3", "2/3", "3/3"]) found.push(bare(await campaign("bank.mjs", { ...options, shard })));
tell(found);`);
  const sum = (of: (found: Found) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  expect(sum(({ schedules }) => schedules)).toBe(whole?.schedules);
  expect(sum(({ choices }) => choices)).toBe(whole?.choices);
  expect(sum(({ sometimes }) => sometimes["all is there"] ?? 0)).toBe(
    whole?.sometimes["all is there"],
  );
  for (const { text, count } of whole?.outcomes ?? []) {
    const of = ({ outcomes }: Found): number =>
      outcomes.find((one) => one.text === text)?.count ?? 0;
    expect([text, sum(of)]).toEqual([text, count]);
  }
  expect(parts.map(({ failure }) => failure)).toContainEqual(whole?.failure);
});

test("a step that never ends is ended and named, and so is a thread that ends; the rest of the campaign goes on", async () => {
  const [random, exhaustive] = await told<Found[]>(`
const options = { stopAtFirst: false, stepTimeMs: 500, workers: 2, seed: 1 };
tell([
  await campaign("hazards.mjs", { ...options, schedules: 9, args: ["spin", "exit"] }),
  await campaign("hazards.mjs", { ...options, schedules: 6, strategy: ["exhaustive", "random-walk"], args: ["spin"] }),
].map(bare));`);
  expect(random?.schedules).toBe(9);
  const counts = Object.fromEntries(random?.outcomes.map(({ kind, count }) => [kind, count]) ?? []);
  expect(Object.keys(counts).toSorted()).toEqual(["died", "returned", "stuck"]);
  expect(random?.outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(9);
  expect(random?.failure?.reason).toBe("died");
  expect(random?.failure?.task).toBe("main/a");
  expect(random?.failure?.text).toContain("ended its thread (exit code 3): by `process.exit`");
  expect(random?.failure?.shrunk).toBe(null);
  // What comes after it in an exhaustive search is not known; the next search goes on.
  expect(exhaustive?.failure?.reason).toBe("stuck");
  expect(exhaustive?.failure?.task).toBe("main/b");
  expect(exhaustive?.failure?.text).toContain(
    "of `main/b` at t=0 in hazards.mjs had not ended after 500 ms",
  );
  expect(exhaustive?.complete).toBe(false);
  expect(exhaustive?.schedules).toBe((exhaustive?.failure?.schedule ?? 0) + 1 + 6);
}, 60_000);

test("where schedule 0 never ends, the rest of its search goes on, the same with 1 and 2 workers", async () => {
  const [one, two, first, second, always] = await told<Found[]>(`
const options = { stopAtFirst: false, stepTimeMs: 400, schedules: 70, seed: 1 };
// What schedule 0 does, and no more than a few others of 70.
const { outcomes } = await campaign("hazards.mjs", { seed: 1, schedules: 1, strategy: "pct" });
const args = ["spin " + JSON.parse(outcomes[0].text)];
const by = async (more) => bare(await campaign("hazards.mjs", { ...options, strategy: "pct", args, ...more }));
tell([
  await by({ workers: 1, schedules: 8 }),
  await by({ workers: 2, schedules: 8 }),
  await by({ workers: 2, shard: "1/2", stopAtFirst: true }),
  await by({ workers: 2, shard: "2/2", stopAtFirst: true }),
  bare(await campaign("hazards.mjs", { ...options, strategy: ["pct", "pos"], args: ["always"], workers: 2 })),
]);`);
  expect([one?.failure?.reason, one?.failure?.schedule]).toEqual(["stuck", 0]);
  expect(one?.schedules).toBe(8);
  expect(one?.outcomes.filter(({ kind }) => kind === "returned").length).toBeGreaterThan(1);
  expect(two).toEqual(one);
  // The other shard has another schedule to learn from, and goes on to a failure of its own, or the end.
  expect([first?.schedules, first?.failure?.schedule]).toEqual([1, 0]);
  expect(second?.schedules).toBeGreaterThan(0);
  expect(second?.failure?.schedule ?? 64).toBeGreaterThan(63);
  // Where none of the first four ends, the search is given up.
  expect([always?.schedules, always?.complete]).toEqual([8, false]);
}, 60_000);

test("a signal ends it, and keeps what was found: a failure, or the schedules so far", async () => {
  const [well, failed, before] = await told<Found[]>(`
const until = async (file, enough) => {
  const stop = new AbortController();
  const onProgress = (progress) => { if (enough(progress)) stop.abort(); };
  return campaign(file, { schedules: 1e9, stopAtFirst: false, workers: 2, signal: stop.signal, onProgress });
};
tell([
  await until("hazards.mjs", ({ schedules }) => schedules > 0),
  await until("bank.mjs", ({ failed }) => failed),
  await campaign("bank.mjs", { signal: AbortSignal.abort() }),
].map(bare));`);
  expect([well?.ended, well?.failure]).toEqual(["interrupted", null]);
  expect(well?.schedules).toBeGreaterThan(0);
  expect([failed?.ended, failed?.failure?.reason]).toEqual(["interrupted", "error"]);
  expect([before?.ended, before?.schedules, before?.failure]).toEqual(["interrupted", 0, null]);
});

test("its time is that of the search, however long the program takes to be loaded", async () => {
  const found = await told<Found>(
    `tell(bare(await campaign("slow-to-load.mjs", { schedules: 1e9, stopAtFirst: false, wallTimeMs: 1, shrinkReplays: 0 })));`,
  );
  expect(found.ended).toBe("wall-time");
  expect(found.schedules).toBeGreaterThan(0);
});

test("what shrinking runs is watched too: a simpler schedule that never ends leaves the failure as it was", async () => {
  const found = await told<Found>(
    `tell(await campaign("trap.mjs", { stepTimeMs: 400, workers: 1, handOvers: false }));`,
  );
  expect(found.failure?.error.message).toBe("not by turns");
  expect(found.failure?.shrunk).toBe(null);
  expect(found.failure?.text).toContain(
    "It was not shrunk: a step of a simpler schedule had not ended after 400 ms of real time.",
  );
});

test("S10.16: jitter is carried by the repro line, and a program that does not load is refused", async () => {
  const [found, refused] = await told<[Found, string]>(`
const found = bare(await campaign("late.mjs", { jitter: { upTo: 4 } }));
tell([found, await campaign("nowhere.mjs").catch(({ name }) => name)]);`);
  expect(found.failure?.shrunk?.reproLine).toContain(":j4x4:");
  expect(found.failure?.shrunk?.decisions.map(({ text }) => text)).toEqual([
    "t=0 ms: a timer that main sets in its step 1 is 3 ms late",
  ]);
  expect(refused).toBe("CampaignError");
});
