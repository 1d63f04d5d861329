/** An account that loses a deposit if two read before one of them has written. */
export const account = `export class Account {
  balance = 0;
  async read() {
    return this.balance;
  }
  async deposit(amount) {
    const before = await this.read();
    this.balance = before + amount;
  }
}
`;

const head = `import { describe, expect } from "vitest";
import { createTask } from "@tickless/core";
import { simTest } from "@tickless/vitest";
`;

const deposits = `import { Account } from "./account.js";

async function deposits(amounts) {
  const account = new Account();
  const tasks = amounts.map((n) => createTask(() => account.deposit(n)));
  for (const task of tasks) await task;
  expect(account.balance).toBe(amounts.reduce((a, b) => a + b, 0));
}
`;

/** Tests that fail in each of the ways that there are. */
export const failing = `${head}import fc from "fast-check";
${deposits}
describe("it's (an) account", () => {
  simTest("two deposits add up", () => deposits([1, 1]));
});

simTest.each([[1, 2], [2, 1]])("%i is less than %i", async (a, b) => {
  expect(a).toBeLessThan(b);
});

simTest.prop("any deposits add up", [fc.array(fc.nat(9))], deposits);

simTest("too slow", { timeout: 100, record: false }, async () => {
  await new Promise((resolve) => setTimeout(resolve, 1000));
});

simTest("blocked", { schedules: 5 }, async () => {
  await new Promise(() => {});
});

let calls = 0;
simTest("not the same in each run", async () => {
  for (const task of [createTask(async () => {}), createTask(async () => {})]) await task;
  if (calls++ === 3) throw new Error("The fourth call");
});
`;

/** Tests that all pass, but for one. */
export const many = `${head}import { sleep } from "@tickless/core";
${deposits}
simTest("an hour and a date", async () => {
  const start = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 3_600_000));
  expect(Date.now() - start).toBe(3_600_000);
});
simTest("the host's own date", { ambient: false, schedules: 1 }, async () => {
  expect(Date.now()).toBeGreaterThan(1.7e12);
});
simTest("a start date", { ambient: { startDate: "2026-01-31" } }, async () => {
  expect(new Date().toISOString()).toBe("2026-01-31T00:00:00.000Z");
});
simTest("a generator", function* () {
  yield* sleep(5);
});
simTest.skip("skipped", async () => expect(1).toBe(2));
simTest.todo("to do");
simTest.skipIf(true)("skipped here", async () => expect(1).toBe(2));
simTest.runIf(true)("runs here", async () => expect(1).toBe(1));
simTest.fails("two deposits", () => deposits([1, 1]));
simTest.for([{ a: 1 }])("an object $a", async ({ a }, { task }) => {
  expect(task.name).toBe(\`an object \${a}\`);
});
simTest("skips itself", async ({ skip }) => skip("not today"));
describe.concurrent("side by side", () => {
  for (const n of [1, 2, 3]) {
    simTest(\`deposit \${n}\`, () => deposits([n]));
    simTest.fails(\`deposits \${n}\`, { record: false }, () => deposits([n, n]));
  }
  simTest("lost", () => deposits([5, 5]));
});
`;
