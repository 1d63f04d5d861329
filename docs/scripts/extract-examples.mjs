// Makes a test of every ```ts block in the READMEs, the documents under docs/ and the
// doc comments of the packages, so that each example compiles and runs. They are
// written to docs/generated; line n of such a file is line n of its document, so that
// an error points at the right place. A comment "// => text" at the end of a line says
// what console.log prints there. A block with a default main is run as the command runs it.
// "```ts file=examples/src/first.ts" is an example that also stands in that file: the two must be
// equal, but for the "// =>". Any other fence, such as ```ts fragment, is left alone.
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
    const open = /^(\s*(?:\*\s?)?)```ts(?: file=(\S+))?\s*$/.exec(lines[i]);
    if (open === null) continue;
    const inComment = open[1].includes("*");
    const start = i + 1;
    const body = [];
    for (i++; i < lines.length && !/^\s*(?:\*\s?)?```\s*$/.test(lines[i]); i++) {
      body.push(inComment ? lines[i].replace(/^\s*\*\s?/, "") : lines[i]);
    }
    yield { start, body, copy: open[2] };
  }
}

function testOf(title, file, expected, isProgram) {
  const start = isProgram
    ? `run((await import("./${file}.ts")).default)`
    : `import("./${file}.ts")`;
  const imported = isProgram ? `import { run } from "tickless";\n` : "";
  return `${imported}import { expect, test, vi } from "vitest";

test(${JSON.stringify(title)}, async () => {
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
    printed.push(values.map(String).join(" "));
  });
  try {
    await ${start};
  } finally {
    log.mockRestore();
  }
  const expected: string[] = ${JSON.stringify(expected)};
  if (expected.length > 0) expect(printed).toEqual(expected);
});
`;
}

/** The text of an example as somebody types it: without what it prints. */
function typed(body) {
  return body.map((line) => `${line.replace(/ \/\/ => .*$/, "")}\n`).join("");
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

let count = 0;
for (const source of documents()) {
  if (!existsSync(source)) continue;
  const name = relative(root, source).replaceAll(sep, "/");
  for (const { start, body, copy } of blocks(readFileSync(source, "utf8").split("\n"))) {
    if (copy !== undefined && readFileSync(join(root, copy), "utf8") !== typed(body)) {
      throw new Error(`${name}:${start} and ${copy} differ: make them equal`);
    }
    const file = `${name.replaceAll(/[/.]/g, "-")}-${start}`;
    const expected = body.flatMap((line) => /\/\/ => (.*)$/.exec(line)?.[1] ?? []);
    const isProgram = body.some((line) => line.startsWith("export default "));
    // without "export {}" an example that imports nothing would be a script, not a module
    const text = `${"\n".repeat(start)}${body.join("\n")}\nexport {};\n`;
    writeFileSync(join(out, `${file}.ts`), text);
    writeFileSync(
      join(out, `${file}.test.ts`),
      testOf(`${name}:${start}`, file, expected, isProgram),
    );
    count++;
  }
}
console.log(`${count} examples`);
