import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exporters } from "@tickless/trace/exporters";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, tickless } from "./command.ts";

let scratch: string;
let trace: string;

beforeAll(async () => {
  build();
  scratch = mkdtempSync(join(tmpdir(), "tickless-export-"));
  trace = join(scratch, "pipeline.trace");
  await tickless(["run", "pipeline.ts", "--record", trace, "--", "a", "bb"]);
});

afterAll(() => rmSync(scratch, { recursive: true }));

describe("tickless export", () => {
  test("--help lists every format of the registry", async () => {
    const { stdout } = await tickless(["export", "--help"]);
    for (const { name, summary } of exporters) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, "m"));
      expect(stdout).toContain(summary);
    }
  });

  test.each(exporters.map(({ name }) => name))(
    "--to %s writes the same to a file as to standard output",
    async (name) => {
      const out = join(scratch, `out.${name}`);
      const printed = await tickless(["export", trace, "--to", name]);
      const saved = await tickless(["export", trace, "--to", name, "--out", out]);
      expect({ code: printed.code, stderr: printed.stderr }).toEqual({ code: 0, stderr: "" });
      expect(saved).toMatchObject({ code: 0, stdout: "", stderr: "" });
      expect(readFileSync(out, "utf8")).toBe(printed.stdout);
      expect(printed.stdout).toContain("main/producer");
      expect(printed.stdout.endsWith("\n")).toBe(true);
    },
  );

  test("--from, --until and --task cut out a window, by events and by times", async () => {
    const args = ["export", trace, "--to", "ndjson", "--task", "main/consumer"];
    const events = async (...window: string[]): Promise<number[]> => {
      const { stdout } = await tickless([...args, ...window]);
      const lines = stdout.trimEnd().split("\n").slice(1);
      return lines.map((line) => (JSON.parse(line) as { event: number }).event);
    };
    expect(await events("--from", "12", "--until", "21")).toEqual([12, 13, 20, 21]);
    expect(await events("--from", "t=7", "--until", "t=7")).toEqual([20, 21, 22]);
    expect(await events("--from", "t=7.5", "--until", "t=13")).toEqual([]);
  });

  test("overwrites no file without --force, and never the trace", async () => {
    const out = join(scratch, "twice.txt");
    const once = ["export", trace, "--to", "timeline", "--out", out];
    expect((await tickless(once)).code).toBe(0);
    const again = await tickless(once);
    expect(again.code).toBe(2);
    expect(again.stderr).toBe(
      `error [ERR_EXPORT_FILE]: \`--out ${out}\` is there already. Name another file, or add \`--force\`.\n`,
    );
    expect((await tickless([...once, "--force"])).code).toBe(0);
    const itself = await tickless(["export", trace, "--to", "timeline", "--out", trace, "--force"]);
    expect(itself).toMatchObject({ code: 2 });
    expect(itself.stderr).toContain("would overwrite the trace");
  });

  test("leaves nothing behind where it cannot write", async () => {
    const out = join(scratch, "no-such-folder", "x.json");
    const { code, stderr } = await tickless(["export", trace, "--to", "chrome", "--out", out]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error \[ERR_EXPORT_FILE\]: Cannot write `--out .*no such file/);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(scratch).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test.each([
    [
      ["--to", "svg"],
      "[ERR_OPTION_VALUE]: Expected `--to` to be one of timeline, ndjson, chrome, mermaid, got `svg`. Write for example `--to chrome`.",
    ],
    [
      ["--to", "chrome", "--from", "soon"],
      "[ERR_OPTION_VALUE]: Expected `--from` to be the number of an event, or a time such as `t=50`, got `soon`. Write for example `--from 120`.",
    ],
    [["--to", "chrome", "--task", "main/x"], "[ERR_NO_SUCH_TASK]: The trace"],
    [["--to", "chrome", "--until", "35"], "[ERR_NO_SUCH_EVENT]: The trace"],
    [
      [],
      "[ERR_OPTION_VALUE]: Expected `--to` to be one of timeline, ndjson, chrome, mermaid, got none. Write for example `--to chrome`.",
    ],
  ])("refuses %j", async (options, message) => {
    const { code, stderr } = await tickless(["export", trace, ...options]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
