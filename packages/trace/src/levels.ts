import { badRange, badType } from "@tickless/core/kit";

/** That the latest part of a run is kept, in memory of a size that does not grow with its events. */
export interface RingLevel {
  /**
   * How much is kept: bytes, or `512 kB`, `4 MB`, `1 GiB` (a kB or KiB is 1,024 bytes here, in any
   * spelling: `64kb` is `64 KB`). At least the last 8,192 events are kept, with their notes and results. Names
   * of tasks and objects from before take as much again at most, or 64 KB: those that events of the
   * ring tell of are kept; of the others, where there is no room for all, what has not settled.
   */
  readonly ring: number | string;
  /** When a file is written: if the run has failed, or always. Default: `end`. */
  readonly on?: "failure" | "end" | undefined;
}

/**
 * How much a recorder keeps: nothing (`off`: the run has no probe), the digest alone (`fingerprint`),
 * the latest events (`{ ring }`), or all of them. The fingerprint is the same at every level.
 */
export type Level = "off" | "fingerprint" | "all" | RingLevel;

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function sizeOf(ring: unknown): number {
  if (typeof ring === "number") {
    if (Number.isFinite(ring) && ring > 0) return ring;
    throw badRange("level.ring", "a size greater than 0", ring);
  }
  const text = typeof ring === "string" ? ring.trim().toLowerCase() : "";
  const [, count, unit] = /^(\d+(?:\.\d+)?) ?([kmg]?)(?:i?b|bytes)?$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw badType("level.ring", "a number of bytes or a size such as `512 kB` or `4 MB`", ring);
  }
  const size = Number(count) * (UNITS[unit] as number);
  if (size > 0) return size;
  throw badRange("level.ring", "a size greater than 0", ring);
}

/** How many bytes of events are kept. Throws for what is no level. */
export function bytesKept(level: Level): number {
  if (level === "off" || level === "fingerprint") return 0;
  if (level === "all") return Infinity;
  if (typeof level !== "object" || level === null || !("ring" in level)) {
    throw badType("level", "`off`, `fingerprint`, `all` or `{ ring }`", level);
  }
  const { on = "end" } = level;
  if (on !== "end" && on !== "failure") throw badType("level.on", "`failure` or `end`", on);
  return sizeOf(level.ring);
}
