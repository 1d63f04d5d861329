import { inspect } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { withoutFrames } from "../src/frames.ts";
import { build, tickless } from "./command.ts";

beforeAll(build);

const hides = (frame: string): boolean => frame.includes("engine.js");
const shown = (error: Error, colors = false): string =>
  withoutFrames(inspect(error, { colors }), error, hides);

function failed(message: string, ...frames: string[]): Error {
  const error = new Error(message);
  error.stack = [`Error: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n");
  return error;
}

test("hidden frames are left out, of causes too, and properties stay", () => {
  const error = failed("oh", "main (/jobs.ts:9:9)", "step (/engine.js:1:1)");
  expect(shown(error)).toBe("Error: oh\n    at main (/jobs.ts:9:9)");
  Object.defineProperty(error, "cause", { value: failed("why", "step (/engine.js:2:2)") });
  expect(shown(error)).toBe("Error: oh\n    at main (/jobs.ts:9:9) {\n  [cause]: Error: why\n}");
  expect(shown(Object.assign(failed("oh", "step (/engine.js:1:1)"), { part: 7 }), true)).toMatch(
    /^Error: oh \{\n {2}part: .*7.*\n\}$/,
  );
});

test("a message stays whole, whatever it looks like", () => {
  const message = "it broke:\n    at step (/engine.js:1:1)\nthere";
  expect(shown(failed(message, "step (/engine.js:5:5)"))).toBe(`Error: ${message}`);
});

test("run and replay show the program's frames alone, and in debug mode all", async () => {
  const engine = /packages\/core\/|node:internal/;
  const frame = /at main \(.*fails\.ts:9:9\)/;
  const plain = await tickless(["run", "fails.ts"]);
  expect(plain.stderr).toMatch(frame);
  expect(plain.stderr).not.toMatch(engine);
  const line = /replay (tk1:\S+)/.exec(plain.stderr)?.[1] ?? "";
  const replayed = await tickless(["replay", line, "fails.ts"]);
  expect(replayed.stderr).toMatch(frame);
  expect(replayed.stderr).not.toMatch(engine);
  expect((await tickless(["run", "fails.ts", "--debug"])).stderr).toMatch(engine);
  expect((await tickless(["replay", line, "fails.ts", "--debug"])).stderr).toMatch(engine);
  const env = { TICKLESS_DEBUG: "1" };
  expect((await tickless(["run", "fails.ts"], { env })).stderr).toMatch(engine);
});
