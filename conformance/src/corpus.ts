import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import type { Case } from "./scenario.ts";

/** A corpus that cannot be read; the message says where and why. */
export class CorpusError extends Error {
  override readonly name: string = "CorpusError";
}

function contents(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "no such file" : code;
    throw new CorpusError(`Cannot read ${path}: ${why}`, { cause });
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString("utf8");
  try {
    return gunzipSync(bytes).toString("utf8");
  } catch (cause) {
    throw new CorpusError(`${path} is not a whole gzip file: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function parseCase(line: string, place: string): Case {
  let parsed: Partial<Case> | null;
  try {
    parsed = JSON.parse(line);
  } catch (cause) {
    throw new CorpusError(`${place}: not JSON: ${(cause as Error).message}`, { cause });
  }
  const { id, scenario, log } = parsed ?? {};
  if (typeof id !== "string" || typeof scenario !== "object" || !Array.isArray(log)) {
    throw new CorpusError(`${place}: expected an object with an id, a scenario and a log`);
  }
  return { id, scenario, log };
}

/** The cases of a file with one JSON object a line, plain or in gzip. */
export function readCorpus(path: string): Case[] {
  return contents(path)
    .split("\n")
    .flatMap((line, i) => (line.trim() === "" ? [] : [parseCase(line, `${path}:${i + 1}`)]));
}
