// Starts the built command as a shell would, in a process of its own.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** The folder of the programs that the tests run. */
export const programs: string = join(folder, "programs");

/** The built command. */
const bin = join(folder, "../bin/tickless.js");

/** The compiler of the workspace. */
export const tsc: string = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin/tsc",
);

/** Builds what has changed since the last build: tests run the sources as they are. */
export function build(): void {
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-b", join(folder, "..")], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The build failed:\n${stdout}`);
}

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  /** Without what differs from run to run. */
  readonly stderr: string;
}

interface Where {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** Starts `tickless ARGS`. */
export function start(
  args: readonly string[],
  { cwd = programs, env = {} }: Where = {},
): ChildProcess {
  return spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, COLUMNS: "100", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** The end of a process, with all that it wrote. */
export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({
        code,
        signal,
        stdout,
        stderr: stderr.replaceAll(/wall time \d+ ms/g, "wall time N ms"),
      });
    });
  });
}

/** Runs `tickless ARGS` to its end. */
export function tickless(args: readonly string[], where?: Where): Promise<Ended> {
  return ended(start(args, where));
}
