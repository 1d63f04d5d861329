import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, type Ended, ended, start, tickless } from "./command.ts";

let scratch: string;

beforeAll(() => {
  build();
  scratch = mkdtempSync(join(tmpdir(), "tickless-interrupt-"));
});

afterAll(() => rmSync(scratch, { recursive: true }));

/** Starts the command, and sends SIGINT every `everyMs` from when the program has printed something. */
async function interrupted(args: readonly string[], everyMs: number): Promise<Ended> {
  const child = start(args);
  const end = ended(child);
  let timer: ReturnType<typeof setInterval> | undefined;
  child.stdout?.once("data", () => {
    child.kill("SIGINT");
    timer = setInterval(() => child.kill("SIGINT"), everyMs);
  });
  // in case it is not ended by that
  const last = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const how = await end;
  clearInterval(timer);
  clearTimeout(last);
  return how;
}

describe.concurrent("SIGINT during tickless run --record", () => {
  test.each([
    ["that goes on for ever", []],
    ["that waits for an external call", ["outside"]],
  ])(
    "ends a program %s between two steps, and its recording can be replayed so far",
    async (_, args) => {
      const trace = join(scratch, `${args.join()}.trace`);
      const { code, signal, stderr } = await interrupted(
        ["run", "clock.ts", "--record", trace, ...args],
        60_000,
      );
      expect({ code, signal }).toEqual({ code: 130, signal: null });
      const summary =
        /^interrupted at (t=\d+ ms, \d+ steps), wall time N ms, seed 0, fingerprint (\S+), recorded in .*\n$/.exec(
          stderr,
        );
      expect(stderr).toMatch(/^interrupted at /);
      const shown = await tickless(["show", trace]);
      expect(shown.stdout).toContain("\nthe run was interrupted: the recording has no end\n");
      const replayed = await tickless(["replay", trace]);
      expect(replayed).toMatchObject({
        code: 0,
        stdout: `begun\nsame: fingerprint ${summary?.[2]}\n`,
      });
      expect(replayed.stderr).toMatch(
        /^notice: The recording ends after event \d+, before its run/,
      );
      expect(replayed.stderr).toContain(`\nstopped at ${summary?.[1]}, 1 task not done, `);
    },
  );

  test("gets through to a step that never ends, though not at once; nothing is written then", async () => {
    const trace = join(scratch, "endless.trace");
    const { code, signal, stdout } = await interrupted(["run", "endless.ts", "-r", trace], 100);
    expect({ code, signal, stdout }).toEqual({ code: null, signal: "SIGINT", stdout: "begun\n" });
    expect(existsSync(trace)).toBe(false);
    expect(readdirSync(scratch).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
