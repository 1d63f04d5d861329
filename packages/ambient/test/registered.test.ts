import { execFileSync, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";

const folder = fileURLToPath(new URL("./registered/", import.meta.url));
const early = ["--import", "@tickless/ambient/register"];

/** The built package: processes of their own run no TypeScript. */
function build(): void {
  const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
  const tsc = join(dirname(typescript), "bin/tsc");
  execFileSync(process.execPath, [tsc, "-b", join(folder, "../..")]);
}

/** What `program.mjs` proves, in a process of its own. */
function proof(name: string, options: readonly string[] = early, drain = "auto"): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, [...options, "program.mjs", name], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", TICKLESS_DRAIN: drain },
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

beforeAll(build);

describe("A2.7: with `@tickless/ambient/register` loaded first", () => {
  test.each(["auto", "reference"])("what was saved is routed in runs, with drain %s", (drain) => {
    expect(proof("routed", early, drain)).toEqual({
      same: true,
      one: [
        "promisify 3600000",
        "timers/promises 7201000",
        "Date 2000-01-01T02:00:00.010Z Sat Jan 01 2000",
        "subclass 2000-01-01T02:00:00.010Z 2000 1970",
        "instanceof true true true",
        "same class true true true",
        "clocks 7201,10000000 7201010000000",
        expect.stringMatching(/^chance 0\.\d+ [\da-f]{8}-/),
      ],
    });
  });

  test("outside code sees the host's behaviour, also while a run goes on", () => {
    expect(proof("outside")).toEqual({
      waited: true,
      isDate: "[object Date]",
      names: ["Date", 7, "setTimeout", expect.any(Number), "now"],
      text: true,
      subclass: true,
      constructor: true,
      given: 1,
      copied: true,
      keys: [],
      during: true,
    });
  });

  test.each(["auto", "reference"])("after any run all is what it was, with drain %s", (drain) => {
    expect(proof("restored", early, drain)).toEqual([]);
  });

  test("A2.4: what a program puts there itself stays for its run; outside code may put its own over it", () => {
    expect(proof("replaced")).toEqual({ inRun: [5, 5], after: true, over: [77, true, 77, true] });
  });

  test("a guard sees calls of what was saved", () => {
    expect(proof("guarded")).toBe("ERR_GUARDED");
  });

  test("twice is once, and another copy's takes the place of the first", () => {
    expect(proof("twice")).toEqual([true, true, true, 3_600_000, true]);
  });

  test("a deadlock does not advise what is done already", () => {
    expect(proof("stuck")).not.toContain("register");
  });
});

test("A2.7: without it the report of a deadlock names it", () => {
  expect(String(proof("deadlock", [])).replaceAll(/\s+/g, " ")).toContain(
    "start the program with `node --import @tickless/ambient/register`",
  );
});
