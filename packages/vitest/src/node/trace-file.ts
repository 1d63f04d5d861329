import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Trace } from "@tickless/trace";
import { writeTrace } from "@tickless/trace/node";

/** A name that every file system takes: what it cannot take is replaced, and a digest keeps such apart. */
function fileName(test: string): string {
  const plain = test.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^[.-]+|-+$/g, "");
  let digest = 0;
  for (let i = 0; i < test.length; i++) digest = (Math.imul(digest, 31) + test.charCodeAt(i)) >>> 0;
  return `${plain.slice(0, 80)}-${digest.toString(36)}.trace`;
}

/** Writes the trace of a test that failed, over that of its last failure. Answers the path, with slashes. */
export function keepTrace(folder: string, test: string, trace: Trace): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, fileName(test));
  writeTrace(path, trace);
  return path.replaceAll("\\", "/");
}
