import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** The names, of values and of types, that an index file exports. */
function namesIn(file: string): Set<string> {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  const lists = Array.from(
    text.matchAll(/^export (?:type )?\{([^}]*)\}/gm),
    ([, list]) => list ?? "",
  );
  const names = lists
    .flatMap((list) => list.split(","))
    .map((name) => name.replace(/^\s*(?:type )?(?:\w+ as )?/, "").trim());
  const functions = Array.from(text.matchAll(/^export function (\w+)/gm), ([, name]) => name ?? "");
  return new Set([...names, ...functions].filter((name) => name !== ""));
}

test("`tickless` exports all that its packages export, and nothing else", () => {
  const parts = new Set<string>();
  for (const part of ["core", "sync", "trace", "ambient", "explore"]) {
    for (const name of namesIn(`${part}/src/index.ts`)) parts.add(name);
  }
  expect(parts.size).toBeGreaterThan(0);
  expect(namesIn("tickless/src/index.ts")).toEqual(parts);
});

test.each([
  ["kit", "core/src/kit.ts"],
  ["node", "trace/src/node.ts"],
  ["vite", "explore/src/vite.ts"],
])("`tickless/%s` exports all that %s exports", (name, source) => {
  expect(namesIn(`tickless/src/${name}.ts`)).toEqual(namesIn(source));
});

test("what `tickless` exports is what its packages export, not copies", async () => {
  const [facade, ...parts] = await Promise.all([
    import("tickless"),
    import("@tickless/ambient"),
    import("@tickless/core"),
    import("@tickless/sync"),
    import("@tickless/trace"),
    import("@tickless/explore"),
  ]);
  expect(facade).toMatchObject(Object.assign({}, ...parts));
});
