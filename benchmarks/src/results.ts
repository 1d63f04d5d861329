import { mkdirSync, writeFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** What to know before measuring: undefined if the machine has nothing else to do. */
export function disturbance(): string | undefined {
  const [load = 0] = loadavg();
  if (load < availableParallelism() / 2) return undefined;
  return (
    `Other programs keep this machine busy (load ${load.toFixed(1)} on ${availableParallelism()} ` +
    "cores). Single figures will be too low; the medians of the ratios suffer less."
  );
}

/** The machine and the version of Node that figures are taken on. */
export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Over the last one, five and fifteen minutes. */
  readonly loadAverage: readonly number[];
  readonly system: string;
}

export function machine(): Machine {
  return {
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryBytes: totalmem(),
    loadAverage: loadavg(),
    system: `${platform()} ${release()} ${arch()}`,
  };
}

/** The same in one line. */
export function machineLine({
  node,
  cpu,
  cores,
  memoryBytes,
  loadAverage,
  system,
}: Machine): string {
  const gigabytes = (memoryBytes / 2 ** 30).toFixed(0);
  const load = loadAverage.map((average) => average.toFixed(1)).join(", ");
  return `Node ${node}, ${cores} × ${cpu}, ${gigabytes} GiB, ${system}, load ${load}`;
}

/** Writes `results` as JSON, to `out` or to a file of the folder of results; answers the path. */
export function saveResults(results: object, name: string, out: string | undefined): string {
  const path = out ?? fileURLToPath(new URL(`../results/${name}.json`, import.meta.url));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  return path;
}

/** `2026-11-22T1708-node-v24.21.0` */
export function nameFor(date: Date): string {
  const minute = date.toISOString().slice(0, 16).replaceAll(":", "");
  return `${minute}-node-${process.version}`;
}
