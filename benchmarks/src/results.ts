import { mkdirSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import type { Results } from "./command.ts";

/** Writes results with the machine that they were taken on and the `date`; answers the path. */
export function saveResults(results: Results, date: Date, out: string | undefined): string {
  const node = process.version;
  const day = date.toISOString().slice(0, 16).replaceAll(":", "");
  const path =
    out ?? fileURLToPath(new URL(`../results/${day}-node-${node}.json`, import.meta.url));
  const machine = {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
  };
  mkdirSync(dirname(path), { recursive: true });
  const content = { date: date.toISOString(), node, machine, ...results };
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  return path;
}
