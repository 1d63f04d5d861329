// Makes a test of every ```ts block in the READMEs, the documents under docs/ and the
// doc comments of the packages, so that each example compiles and runs. They are
// written to docs/generated; line n of such a file is line n of its document, so that
// an error points at the right place. A comment "// => text" at the end of a line says
// what console.log prints there. Any other fence, such as ```ts fragment, is left alone.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const out = join(root, "docs/generated");
const skipped = new Set(["node_modules", "dist", "generated", "site"]);

function* walk(folder, ending) {
  if (!existsSync(folder)) return;
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skipped.has(entry.name)) yield* walk(path, ending);
    else if (entry.isFile() && entry.name.endsWith(ending)) yield path;
  }
}

function* documents() {
  yield join(root, "README.md");
  yield* walk(join(root, "docs"), ".md");
  for (const name of readdirSync(join(root, "packages")).toSorted()) {
    yield join(root, "packages", name, "README.md");
    yield* walk(join(root, "packages", name, "src"), ".ts");
  }
}

function* blocks(lines) {
  for (let i = 0; i < lines.length; i++) {
    const open = /^(\s*(?:\*\s?)?)```ts\s*$/.exec(lines[i]);
    if (open === null) continue;
    const inComment = open[1].includes("*");
    const start = i + 1;
    const body = [];
    for (i++; i < lines.length && !/^\s*(?:\*\s?)?```\s*$/.test(lines[i]); i++) {
      body.push(inComment ? lines[i].replace(/^\s*\*\s?/, "") : lines[i]);
    }
    yield { start, body };
  }
}

function testOf(title, file, expected) {
  return `import { expect, test, vi } from "vitest";

test(${JSON.stringify(title)}, async () => {
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
    printed.push(values.map(String).join(" "));
  });
  try {
    await import("./${file}.ts");
  } finally {
    log.mockRestore();
  }
  const expected: string[] = ${JSON.stringify(expected)};
  if (expected.length > 0) expect(printed).toEqual(expected);
});
`;
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

let count = 0;
for (const source of documents()) {
  if (!existsSync(source)) continue;
  const name = relative(root, source).replaceAll(sep, "/");
  for (const { start, body } of blocks(readFileSync(source, "utf8").split("\n"))) {
    const file = `${name.replaceAll(/[/.]/g, "-")}-${start}`;
    const expected = body.flatMap((line) => /\/\/ => (.*)$/.exec(line)?.[1] ?? []);
    // without "export {}" an example that imports nothing would be a script, not a module
    const text = `${"\n".repeat(start)}${body.join("\n")}\nexport {};\n`;
    writeFileSync(join(out, `${file}.ts`), text);
    writeFileSync(join(out, `${file}.test.ts`), testOf(`${name}:${start}`, file, expected));
    count++;
  }
}
console.log(`${count} examples`);
