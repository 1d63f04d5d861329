import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The built package, for programs in processes of their own. */
export const dist: string = fileURLToPath(new URL("../dist", import.meta.url));

/** What a process left behind. */
export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `source`, a module in which `CORE` stands for the built package, in a process of its own. */
export function runProgram(source: string, flags: readonly string[] = []): Ended {
  if (!existsSync(`${dist}/index.js`)) throw new Error("This test needs `npm run build`.");
  const core = JSON.stringify(new URL("../dist/index.js", import.meta.url).href);
  const text = source.replaceAll("CORE", core);
  return spawnSync(process.execPath, [...flags, "--input-type=module", "--eval", text], {
    encoding: "utf8",
  });
}
