// Every example is run, and its output compared with the `.out` file beside it. After a change on
// purpose: `npm run build`, `node examples/dist/FOLDER/NAME.js > examples/src/FOLDER/NAME.out`, and
// look at the difference. In `from-asyncio` the `.out` file is what Python prints:
// `python3 NAME.py > NAME.out`, Python 3.13 or later.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";

const root = new URL("../src/", import.meta.url);

/** What is no program of its own, or prints something else each time. */
const notCompared = new Set(["forecasts.ts", "mirrors.ts", "mirrors.test.ts", "on-real-timers.ts"]);

function programsIn(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, root))
    .filter((file) => file.endsWith(".ts") && !notCompared.has(file))
    .map((file) => file.slice(0, -".ts".length))
    .toSorted();
}

/** Runs a program by importing it; answers what it has printed. */
async function outputOf(program: URL): Promise<string> {
  const lines: string[] = [];
  const print = (...parts: unknown[]): void => void lines.push(`${parts.join(" ")}\n`);
  vi.spyOn(console, "log").mockImplementation(print);
  vi.spyOn(console, "error").mockImplementation(print);
  await import(/* @vite-ignore */ fileURLToPath(program));
  return lines.join("");
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(["asyncio-chapter", "flaky-test", "from-asyncio", "unmodified"])("%s", (folder) => {
  test.each(programsIn(folder))("%s prints what its .out file says", async (name) => {
    const expected = readFileSync(new URL(`${folder}/${name}.out`, root), "utf8");
    expect(expected).not.toBe("");
    expect(await outputOf(new URL(`${folder}/${name}.ts`, root))).toBe(expected);
  });

  test("no .out file is left without its program", () => {
    const orphans = readdirSync(new URL(`${folder}/`, root))
      .filter((file) => file.endsWith(".out"))
      .filter((file) => !existsSync(new URL(`${folder}/${file.replace(/out$/, "ts")}`, root)));
    expect(orphans).toEqual([]);
  });
});
