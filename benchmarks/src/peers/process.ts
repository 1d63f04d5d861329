import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import type { Measurement } from "../measure.ts";
import type { MeasurePeer } from "./compare.ts";
import type { Peer } from "./peer.ts";

const folder = fileURLToPath(new URL("../../peers/", import.meta.url));

/** As `npm run setup` does it, in the workspace of the peers. */
const INSTALL = ["--yes", "pnpm@12.21.0", "install", "--frozen-lockfile", "--loglevel=error"];

/** Debian's packages belong to Debian's Python, which need not be the first in the path. */
const PYTHONS = ["python3", "/usr/bin/python3"];

function pythonFor({ name }: Peer): string | undefined {
  const needed = name === "SimPy" ? "import simpy" : "import asyncio";
  return PYTHONS.find((python) => spawnSync(python, ["-c", needed]).status === 0);
}

/** Installs the peers of npm, if that has not been done; answers why that failed. */
function installation(): string | undefined {
  if (existsSync(`${folder}node_modules`)) return undefined;
  const { status, stderr } = spawnSync("npx", INSTALL, { cwd: folder, encoding: "utf8" });
  if (status === 0) return undefined;
  return `installing benchmarks/peers failed: ${stderr.trim().split("\n").at(-1) ?? ""}`;
}

/** For each peer that cannot be run the reason. */
export function unavailable(peers: readonly Peer[]): ReadonlyMap<Peer, string> {
  const failed = peers.some(({ language }) => language === "node") ? installation() : undefined;
  const reasons = new Map<Peer, string>();
  for (const peer of peers) {
    if (peer.language === "node") {
      if (failed !== undefined) reasons.set(peer, failed);
    } else if (pythonFor(peer) === undefined) {
      const missing = peer.name === "SimPy" ? "SimPy (Debian: python3-simpy3)" : "Python";
      reasons.set(peer, `${missing} is not installed`);
    }
  }
  return reasons;
}

const pythons = new Map<Peer, string>();

function commandFor(peer: Peer): readonly [string, ...string[]] {
  if (peer.language === "node") {
    return [process.execPath, "--expose-gc", "measure.mjs", peer.file.replace(/\.mjs$/, "")];
  }
  const python = pythons.get(peer) ?? pythonFor(peer) ?? "python3";
  pythons.set(peer, python);
  return [python, "-B", peer.file];
}

/** Carries out one measurement of a peer in a process of its own. */
export const measurePeer: MeasurePeer = async (peer, workload, { tasks, events }) => {
  const [program, ...args] = commandFor(peer);
  const words = [...args, workload, String(tasks), String(events)];
  const { stdout } = await promisify(execFile)(program, words, { cwd: folder });
  return JSON.parse(stdout) as Measurement;
};
