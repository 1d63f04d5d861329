import { execFile, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../../../", import.meta.url));
const require = createRequire(import.meta.url);

/** Builds what has changed since the last build: a project takes the packages as they are installed. */
export function build(): void {
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-b", join(packages, "explore")], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The build failed:\n${stdout}`);
}

/** How a process ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project of its own in a temporary folder, with these packages installed. */
export class Project {
  readonly path: string;

  constructor(files: Readonly<Record<string, string>>) {
    // What loads its files knows them by their real paths.
    this.path = realpathSync(mkdtempSync(join(tmpdir(), "hand-overs-")));
    this.write({ "package.json": '{ "name": "project", "type": "module" }', ...files });
    mkdirSync(join(this.path, "node_modules/@tickless"), { recursive: true });
    for (const name of ["core", "trace", "explore"]) {
      const link = join(this.path, "node_modules/@tickless", name);
      symlinkSync(join(packages, name), link, "junction");
    }
    const vitest = dirname(require.resolve("vitest/package.json"));
    symlinkSync(vitest, join(this.path, "node_modules/vitest"), "junction");
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = join(this.path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  /** Runs Node.js in it. */
  node(...args: readonly string[]): Promise<Ended> {
    const { NODE_OPTIONS: _options, VITEST: _vitest, ...env } = process.env;
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        args,
        { cwd: this.path, encoding: "utf8", env: { ...env, NO_COLOR: "1" }, timeout: 50_000 },
        (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
  }

  /** Runs Vitest in it. Answers the report that its reporter for programs writes. */
  async vitest(): Promise<string> {
    const report = join(this.path, "report.json");
    const vitest = ["node_modules/vitest/vitest.mjs", "run", "--reporter=json"];
    const { stdout, stderr } = await this.node(...vitest, `--outputFile=${report}`);
    if (!existsSync(report)) throw new Error(`Vitest told:\n${stdout}\n${stderr}`);
    return readFileSync(report, "utf8");
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** An account in memory, without a timer in it. */
export const db = `
let value = 0;
export const db = {
  reset() { value = 0; },
  peek: () => value,
  async get() { return value; },
  async set(next) { value = next; },
};
`;

/** Two tasks that lose an update if one reads before the other has written. */
export const increments = `
import { createTask } from "@tickless/core";
import { db } from "./db.js";

async function increment() {
  const b = await db.get();
  await db.set(b + 1);
}

export async function main() {
  db.reset();
  const tasks = [createTask(increment), createTask(increment)];
  for (const task of tasks) await task;
  return db.peek();
}
`;
