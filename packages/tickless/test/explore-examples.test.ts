import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { build, tickless } from "./command.ts";

beforeAll(build);

/** The top of the clone, as somebody who tries the examples stands there. */
const cwd = fileURLToPath(new URL("../../..", import.meta.url));

const explore = (...args: string[]) => tickless(["explore", ...args], { cwd });

test("the examples' awaits are hand-overs, though their package has Tickless's name", async () => {
  const { stdout, code } = await explore("examples/src/exploring/ticket.ts");
  expect(stdout).toMatch(/failed \(error\): Error: one ticket was sold to \w+ and \w+/);
  expect(code).toBe(1);
  const without = await explore("examples/src/exploring/ticket.ts", "--no-hand-overs", "--all");
  expect(without.stdout).toContain("no failure");
}, 60_000);

test("an example without any choice says that there was nothing to explore", async () => {
  const { stdout, code } = await explore("examples/src/first.ts");
  expect(stdout).toContain("nothing to explore: 1 schedule.");
  expect(code).toBe(0);
}, 60_000);

test("an example that calls run itself is no main, and the command says so", async () => {
  const { stderr, code } = await explore("examples/src/flaky-test/deadlock.ts");
  expect(stderr).toContain("A script that calls `run` itself is started by node.");
  expect(code).toBe(2);
}, 60_000);

test("programs beside the tests of a package of Tickless are rewritten too", async () => {
  const { stdout } = await explore("packages/tickless/test/campaigns/lost-update.ts");
  expect(stdout).toContain("Error: a deposit is lost: 1");
}, 60_000);
