import { mkdirSync, writeFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import type { Results } from "./command.ts";

/** What to know before measuring: undefined if the machine has nothing else to do. */
export function disturbance(): string | undefined {
  const [load = 0] = loadavg();
  if (load < availableParallelism() / 2) return undefined;
  return (
    `Other programs keep this machine busy (load ${load.toFixed(1)} on ${availableParallelism()} ` +
    "cores). Single figures will be too low; the medians of the ratios suffer less."
  );
}

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
    loadAverage: loadavg(),
    system: `${platform()} ${release()} ${arch()}`,
  };
  mkdirSync(dirname(path), { recursive: true });
  const content = { date: date.toISOString(), node, machine, ...results };
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  return path;
}
