// The packages as a stranger gets them: packed, and installed outside the workspace.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build, tsc } from "./command.ts";

const require = createRequire(import.meta.url);
const packages = fileURLToPath(new URL("../..", import.meta.url));
const names = ["core", "sync", "trace", "ambient", "explore", "tickless", "vitest"];

let folder: string;

const program = `
import { createTask, gather, Queue, sleep } from "tickless";
import type { Probe } from "tickless/kit";
import type { Trace } from "tickless";

export type Unused = [Probe, Trace];

export default async function main({ args }: { args: readonly string[] }): Promise<string[]> {
  const words = new Queue<string>({ name: "words" });
  const reader = createTask(async () => {
    const read: string[] = [];
    for (const _ of args) read.push(await words.get());
    return read;
  });
  for (const arg of args) {
    await sleep(1);
    await words.put(arg);
  }
  const [read] = await gather([reader]);
  return read;
}
`;

const reader = `
import { assertReplays } from "tickless";
import { readTrace } from "tickless/node";
import main from "./prog.ts";

const trace = readTrace("t.trace");
const args = trace.header.program?.args ?? [];
export const result: Promise<{ readonly now: number }> = assertReplays(trace, () => main({ args }));
`;

const simTests = `
import { simTest } from "@tickless/vitest";
import { createTask, sleep } from "tickless";
import { expect } from "vitest";

simTest("two tasks", async () => {
  await createTask(() => sleep(1));
  expect("3f9a-c01d-77e2-1b40/tkscr").toHaveFingerprint("3f9a-c01d-77e2-1b40/tkscr");
  await expect(async () => sleep(1)).not.toDeadlock({ tasks: ["main"] });
});
`;

const compilerOptions = {
  module: "nodenext",
  target: "es2023",
  lib: ["es2023", "esnext.disposable"],
  types: [],
  strict: true,
  noEmit: true,
  allowImportingTsExtensions: true,
};

/** What npm, npx and pnpm tell the scripts that they run, and would mislead those started here. */
const ofScripts = [
  "NODE_PATH",
  "INIT_CWD",
  "npm_config_call",
  "npm_config_package",
  "npm_config_local_prefix",
];

const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
for (const name of ofScripts) env[name] = undefined;

/** Runs a program of the system in the folder, as from a shell of its own. */
function sh(command: string, args: readonly string[], cwd = folder): string {
  return execFileSync(command, args, { cwd, env, encoding: "utf8", stdio: "pipe" });
}

beforeAll(() => {
  build();
  folder = mkdtempSync(join(tmpdir(), "tickless-packed-"));
  const tarballs = join(folder, "tarballs");
  mkdirSync(tarballs);
  for (const name of names) {
    sh(
      "npx",
      ["--yes", "pnpm@12.21.0", "pack", "--pack-destination", tarballs],
      join(packages, name),
    );
  }
  // The package for Vitest asks for Vitest, which is big: it is unpacked below, beside the workspace's.
  const files = readdirSync(tarballs)
    .filter((file) => !file.startsWith("tickless-vitest"))
    .map((file) => `./tarballs/${file}`);
  writeFileSync(
    join(folder, "package.json"),
    `{ "name": "stranger", "private": true, "type": "module" }\n`,
  );
  sh("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...files]);
  writeFileSync(join(folder, "prog.ts"), program);
  writeFileSync(join(folder, "reader.ts"), reader);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, include: ["*.ts"] }),
  );
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the installed command runs, records, replays and shows a program of a stranger", () => {
  const run = sh("npx", ["tickless", "run", "prog.ts", "--record", "t.trace", "--", "a", "--b"]);
  expect(run).toBe("[ 'a', '--b' ]\n");
  expect(sh("npx", ["tickless", "replay", "t.trace"])).toMatch(/^same: fingerprint \S+\n$/);
  const shown = sh("npx", ["tickless", "show", "t.trace"]);
  expect(shown).toMatch(/^prog\.ts a --b, seed 0, recorded with Tickless /);
  expect(shown).toContain("puts an item into queue");
});

test("the types of tickless, tickless/kit and tickless/node resolve", () => {
  expect(sh(process.execPath, [tsc, "-p", "."])).toBe("");
});

test("the types of @tickless/vitest need neither fast-check nor skipLibCheck", () => {
  const tests = join(folder, "tests");
  const target = join(folder, "node_modules/@tickless/vitest");
  for (const made of [tests, target]) mkdirSync(made);
  const tarball = readdirSync(join(folder, "tarballs")).find((file) =>
    file.startsWith("tickless-vitest"),
  );
  sh("tar", ["-xzf", join("tarballs", tarball ?? ""), "-C", target, "--strip-components", "1"]);
  for (const name of ["vitest", "@types/node"]) {
    const installed = dirname(require.resolve(`${name}/package.json`));
    mkdirSync(join(folder, "node_modules", name, ".."), { recursive: true });
    symlinkSync(installed, join(folder, "node_modules", name), "junction");
  }
  writeFileSync(join(tests, "a.test.ts"), simTests);
  const options = { ...compilerOptions, types: ["node"], lib: [...compilerOptions.lib, "dom"] };
  writeFileSync(
    join(tests, "tsconfig.json"),
    JSON.stringify({ compilerOptions: options, include: ["*.ts"] }),
  );
  expect(readdirSync(join(folder, "node_modules"))).not.toContain("fast-check");
  expect(sh(process.execPath, [tsc, "-p", "tests"])).toBe("");
});

test("A2.7: `setupFiles` of Vitest routes what modules save when they are loaded", () => {
  const project = join(folder, "project");
  mkdirSync(join(project, "node_modules"), { recursive: true });
  // As installed beside tickless; the one of the workspace saves fetching it.
  const vitest = dirname(require.resolve("vitest/package.json"));
  symlinkSync(vitest, join(project, "node_modules/vitest"));
  const files = {
    "vitest.config.js": `import { defineConfig } from "vitest/config";
      export default defineConfig({ test: { setupFiles: ["tickless/register"] } });\n`,
    "saves.js": `import { promisify } from "node:util";
      export const sleep = promisify(setTimeout);
      export const { now } = Date;\n`,
    "saves.test.js": `import { run, virtualize } from "tickless";
      import { expect, test } from "vitest";
      import { now, sleep } from "./saves.js";
      test("a day", async () => {
        const wait = async () => { const start = now(); await sleep(86_400_000); return now() - start; };
        expect(await run(virtualize(wait))).toBe(86_400_000);
        expect(now()).toBeGreaterThan(1.7e12);
      });\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
  const out = sh(process.execPath, [join(vitest, "vitest.mjs"), "run"], project);
  expect(out).toMatch(/Tests +1 passed/);
});

test("a program in JavaScript runs on the installed copy, which is the only one", () => {
  writeFileSync(
    join(folder, "prog.js"),
    `import { now, sleep } from "@tickless/core";
    export default function* main() { yield* sleep(3); return now(); }\n`,
  );
  expect(sh("npx", ["tickless", "run", "prog.js"])).toBe("3\n");
  const files = readdirSync(join(folder, "node_modules"), { recursive: true, encoding: "utf8" });
  expect(files.filter((file) => file.endsWith(join("@tickless", "core")))).toHaveLength(1);
});
