import { execFile, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
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

const packages = fileURLToPath(new URL("../../", import.meta.url));
const require = createRequire(import.meta.url);

/** Builds what has changed since the last build: a project takes the packages as they are installed. */
export function build(): void {
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-b", join(packages, "vitest")], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The build failed:\n${stdout}`);
}

const config = `
import { defineConfig } from "vitest/config";
import { handOvers } from "@tickless/vitest/plugin";
export default defineConfig({ plugins: [handOvers()], test: { reporters: ["tree"] } });
`;

/** What a child process printed, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly text: string;
}

/** A project of its own in a temporary folder, with these packages installed. */
export class Project {
  readonly path: string;

  constructor(files: Readonly<Record<string, string>>) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), "sim-tests-")));
    this.write({
      "package.json": '{ "name": "project", "type": "module" }',
      "vitest.config.js": config,
      ...files,
    });
    mkdirSync(join(this.path, "node_modules/@tickless"), { recursive: true });
    for (const name of ["ambient", "core", "trace", "explore", "vitest"]) {
      this.#link(join(packages, name), `@tickless/${name}`);
    }
    for (const name of ["vitest", "fast-check"]) {
      this.#link(dirname(require.resolve(`${name}/package.json`)), name);
    }
  }

  #link(target: string, name: string): void {
    symlinkSync(target, join(this.path, "node_modules", name), "junction");
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = join(this.path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), "utf8");
  }

  /** Names of the files in a folder. */
  list(folder: string): string[] {
    return readdirSync(join(this.path, folder)).toSorted();
  }

  /** Runs Node.js in it, with these variables beside those of the environment. */
  node(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const kept = Object.entries(process.env).filter(
      ([name]) => !/^(?:NODE_OPTIONS|VITEST|CI|GITHUB_ACTIONS|FORCE_COLOR|TICKLESS_)/.test(name),
    );
    const env = { ...Object.fromEntries(kept), ...variables, NO_COLOR: "1" };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        args,
        { cwd: this.path, encoding: "utf8", env, timeout: 50_000 },
        (error, stdout, stderr) =>
          resolve({ code: Number(error?.code ?? 0), text: this.#scrubbed(stdout + stderr) }),
      );
    });
  }

  /** Runs Vitest in it. */
  vitest(
    args: readonly string[] = [],
    variables?: Readonly<Record<string, string>>,
  ): Promise<Ended> {
    return this.node(["node_modules/vitest/vitest.mjs", "run", ...args], variables);
  }

  /** Without real times, versions, and frames of what lies in node_modules wherever it is published. */
  #scrubbed(text: string): string {
    return text
      .replaceAll(this.path, "")
      .replaceAll(/^ ❯ .*(?:packages|node_modules)\/.*\n/gm, "")
      .replaceAll(/\b\d+(?:\.\d+)?m?s(?=$| [([|])/gm, "N ms")
      .replaceAll(/(?<=replays?, )\d+ ms/g, "N ms")
      .replaceAll(/^ +(?:Start at|Duration) .*\n/gm, "")
      .replaceAll(/^ RUN .*$/gm, " RUN")
      .replaceAll(/[ \t]+$/gm, "");
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
