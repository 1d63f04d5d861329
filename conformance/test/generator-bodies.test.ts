import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

function source(name: string): string {
  return readFileSync(new URL(`../src/${name}`, import.meta.url), "utf8");
}

/** Without the lines at the top, line breaks, and what breaking a line adds. */
function bare(text: string): string {
  return text
    .replace(/^[^]*?\n(?=import type \{ Completion)/, "")
    .replaceAll(/\s+/g, "")
    .replaceAll(/,(?=[)}\]])/g, "");
}

test("the two kinds of bodies differ in await and yield* alone", () => {
  const translated = source("async-bodies.ts")
    .replace("asyncBodies", "generatorBodies")
    .replace('name: "async"', 'name: "generator"')
    .replaceAll("async function ", "function* ")
    .replaceAll("Promise<", "FlowOf<")
    .replaceAll("await ", "yield* ");
  expect(bare(source("generator-bodies.ts"))).toBe(bare(translated));
});
