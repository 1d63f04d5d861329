import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, tickless } from "./command.ts";

let scratch: string;

beforeAll(() => {
  build();
  scratch = mkdtempSync(join(tmpdir(), "tickless-debug-"));
});

afterAll(() => rmSync(scratch, { recursive: true }));

/** The lines of the reports: of frames file and line, without what the host takes. */
function reportOf(stderr: string): string[] {
  return stderr
    .replaceAll(/\bat (?:async )?(?:\S+ )?\(?\S*programs\/(\S+:\d+):\d+\)?/g, "at $1")
    .replaceAll(/took \d+ ms/g, "took N ms")
    .trimEnd()
    .split("\n");
}

describe.concurrent("debug mode", () => {
  test.each([
    ["--debug", ["--debug"], {}],
    ["TICKLESS_DEBUG=1", [], { TICKLESS_DEBUG: "1" }],
  ])("%s tells on stderr what is left over, what is slow, and where", async (_, flags, env) => {
    const { code, stdout, stderr } = await tickless(["run", "holds.ts", ...flags], { env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    const lines = reportOf(stderr);
    expect(lines.slice(0, -1)).toEqual([
      "Slow step: task `main` took N ms of real time at t=0 ms (step 3); slowStepMs is 100.",
      "It had waited",
      "    at holds.ts:6",
      "When the loop was closed, at t=1 ms, 1 task had not ended:",
      "  `main/server` waits for sleep, since t=0 ms, until t=100 ms",
      "      at holds.ts:7",
      "    created",
      "      at holds.ts:7",
      "At the end of the run, t=1 ms, lock `main/ledger` was still held by `main/clerk`, which ended " +
        "without giving it back; taken at t=0 ms.",
      "It was taken",
      "    at holds.ts:6",
    ]);
    expect(lines.at(-1)).toMatch(/^done at t=1 ms, /);
  });

  test("without it, and with TICKLESS_DEBUG=0, nothing is said", async () => {
    const { stderr } = await tickless(["run", "holds.ts"], { env: { TICKLESS_DEBUG: "0" } });
    expect(stderr).toMatch(/^done at t=1 ms, [^\n]*\n$/);
  });

  test("shows where a deadlock is, and without it the command says how to see that", async () => {
    const debugged = await tickless(["run", "deadlock.ts", "--debug"]);
    expect(reportOf(debugged.stderr).slice(2, 4)).toEqual([
      expect.stringContaining("`main` waits to get from queue `main/jobs`"),
      "      at deadlock.ts:5",
    ]);
    const fromEnvironment = await tickless(["run", "deadlock.ts"], {
      env: { TICKLESS_DEBUG: "1" },
    });
    expect(reportOf(fromEnvironment.stderr)[3]).toBe("      at deadlock.ts:5");
    expect(debugged.stderr + fromEnvironment.stderr).not.toContain("Run it with --debug");
    const plain = await tickless(["run", "deadlock.ts"]);
    expect(plain.stderr).toContain("\nRun it with --debug to see where in the program that is.\n");
    expect([plain.code, debugged.code]).toEqual([1, 1]);
  });

  test("of a recording: the replay with --debug is the same, and tells where (S8)", async () => {
    const out = join(scratch, "deadlock.trace");
    await tickless(["run", "deadlock.ts", "--record", out]);
    const { code, stdout, stderr } = await tickless(["replay", out, "--debug"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^same: /) as string,
    });
    expect(reportOf(stderr)).toContain("      at deadlock.ts:5");
  });
});
