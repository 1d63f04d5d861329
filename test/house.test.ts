// The rules of the house that neither the compiler nor the linter can see. Each failure
// says what to change, or where a new file or package has to be entered.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/**
 * Core from the ground up. A file may import values only from floors below its own;
 * `import type` may go anywhere. Enter a new file, without its ending, on the lowest
 * floor that lies above all it imports.
 */
const coreFloors = [
  ["errors", "activation", "host", "heap", "inspectable", "ring", "stack", "task-list"],
  [
    "bucket",
    "jitter",
    "names",
    "policy",
    "probe",
    "random",
    "options",
    "suspension",
    "wait-source",
    "place",
    "cycle",
  ],
  ["agenda", "context", "sleep-source", "slow-steps"],
  ["context-var"],
  [
    "wait",
    "wait-queue",
    "drain",
    "handle",
    "surroundings",
    "resource",
    "cancel-requests",
    "flow",
    "json-codec",
    "where",
    "limit",
    "repro",
  ],
  ["alarm", "coroutine", "settlement", "kernel", "call", "start"],
  ["future"],
  ["body", "task", "contestant"],
  ["deadlock", "block", "debug"],
  ["left-over"],
  ["reports"],
  ["loop", "program"],
  ["shutdown"],
  [
    "current",
    "run",
    "notes",
    "choice",
    "sleep",
    "hand-over",
    "timeout",
    "external",
    "task-group",
    "runner",
  ],
  ["elements", "awaits", "wait-set", "wait-for", "shield"],
  ["as-completed", "gather", "race"],
  ["index", "kit"],
];

/** What each package may import of the others. Enter a new package here. */
const packageImports: Record<string, readonly string[]> = {
  core: [],
  sync: ["@tickless/core", "@tickless/core/kit"],
  trace: ["@tickless/ambient", "@tickless/core", "@tickless/core/kit"],
  ambient: ["@tickless/core", "@tickless/core/kit"],
  explore: ["@tickless/core", "@tickless/core/kit", "@tickless/trace"],
  vitest: [
    "@tickless/ambient",
    "@tickless/core",
    "@tickless/core/kit",
    "@tickless/explore",
    "@tickless/explore/vite",
    "@tickless/trace",
    "@tickless/trace/node",
  ],
  tickless: [
    "@tickless/ambient",
    "@tickless/core",
    "@tickless/core/kit",
    "@tickless/explore",
    "@tickless/sync",
    "@tickless/trace",
    "@tickless/trace/exporters",
    "@tickless/trace/node",
    "@tickless/explore/node",
    "@tickless/explore/vite",
  ],
};

/** Files that may use Node.js; all other sources run in a browser too. */
const needsNode = [/^packages\/tickless\//, /^packages\/[^/]+\/src\/node(?:\.ts$|\/)/];

const sourceLines = 400;
const vagueNames = new Set(["utils", "common", "shared", "types", "internal"]);

interface Import {
  readonly from: string;
  readonly names: string;
  readonly typeOnly: boolean;
}

const root = fileURLToPath(new URL("../", import.meta.url));
// the folders of .gitignore, and those that hold nobody's sources
const skippedFolders = new Set([".git", "node_modules", "dist", "coverage", "site", "generated"]);

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skippedFolders.has(entry.name)) yield* walk(path);
    else if (entry.isFile()) yield relative(root, path).replaceAll(sep, "/");
  }
}

const files = [...walk(root)].toSorted();
const sources = files.filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/.test(file));

const texts = new Map<string, string>();

function read(file: string): string {
  let text = texts.get(file);
  if (text === undefined) {
    text = readFileSync(join(root, file), "utf8");
    texts.set(file, text);
  }
  return text;
}

function importsOf(file: string): Import[] {
  // comments go first, since the examples in them import too
  const text = read(file).replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  const statement =
    /^\s*(?:import|export)\s+(type\s)?((?:(?!\n\s*(?:import|export)\b)[^;"'])*?\bfrom\s*)?["']([^"']+)["']/gm;
  const dynamic = /\bimport\(\s*["']([^"']+)["']/g;
  return [
    ...Array.from(text.matchAll(statement), ([, type, names, from]) => ({
      from: from ?? "",
      names: names ?? "",
      typeOnly: type !== undefined,
    })),
    ...Array.from(text.matchAll(dynamic), ([, from]) => ({
      from: from ?? "",
      names: "",
      typeOnly: false,
    })),
  ];
}

const packageOf = (file: string): string => file.split("/")[1] ?? "";

const imports = sources.flatMap((file) =>
  importsOf(file).map(({ from, typeOnly }) => ({ file, from, typeOnly })),
);

/** The places where a line of these files matches, as `file:line: text`. */
function linesMatching(pattern: RegExp, among: readonly string[]): string[] {
  return among.flatMap((file) => {
    const text = read(file);
    if (text.includes("\0")) return [];
    return text
      .split("\n")
      .flatMap((line, i) => (pattern.test(line) ? `${file}:${i + 1}: ${line.trim()}` : []));
  });
}

test("the rules look at sources and imports", () => {
  expect(sources.length).toBeGreaterThan(0);
  expect(importsOf("test/house.test.ts").map(({ from }) => from)).toEqual([
    "node:fs",
    "node:path",
    "node:url",
    "vitest",
  ]);
});

describe("imports", () => {
  test("every package has its line in packageImports of test/house.test.ts", () => {
    const missing = new Set(sources.map(packageOf).filter((name) => !(name in packageImports)));
    expect([...missing]).toEqual([]);
  });

  test("packages import one another in one direction, by their public entries", () => {
    const wrong = imports
      .filter(({ from }) => /^(?:@tickless\/|tickless(?:\/|$))/.test(from))
      .filter(({ file, from }) => !packageImports[packageOf(file)]?.includes(from))
      .map(({ file, from }) => {
        const allowed = packageImports[packageOf(file)]?.join(", ");
        return `${file} imports ${from}; its package may import ${allowed || "no other package"}`;
      });
    expect(wrong).toEqual([]);
  });

  test("relative imports stay in their package's src and end in .ts", () => {
    const wrong = imports
      .filter(({ from }) => from.startsWith("."))
      .filter(({ file, from }) => {
        const target = posix.join(dirname(file), from);
        return !target.startsWith(`packages/${packageOf(file)}/src/`) || !target.endsWith(".ts");
      })
      .map(({ file, from }) => `${file} imports ${from}`);
    expect(wrong).toEqual([]);
  });

  test("modules of Node.js are imported only where Node.js is at hand", () => {
    const wrong = imports
      .filter(({ from }) => from.startsWith("node:"))
      .filter(({ file }) => !needsNode.some((pattern) => pattern.test(file)))
      .map(({ file, from }) => `${file} imports ${from}: move it to src/node.ts or to tickless`);
    expect(wrong).toEqual([]);
  });

  test("no class of another package is asked for by instanceof", () => {
    const wrong = sources.flatMap((file) => {
      const foreign = new Set(
        importsOf(file)
          .filter(({ from }) => /^@?tickless\b/.test(from))
          .flatMap(({ names }) => names.match(/[\w$]+/g) ?? []),
      );
      return Array.from(read(file).matchAll(/\binstanceof\s+([\w$]+)/g), ([, name]) => name ?? "")
        .filter((name) => foreign.has(name))
        .map((name) => `${file}: instanceof ${name}: test its Symbol.for brand instead`);
    });
    expect(wrong).toEqual([]);
  });
});

describe("the floors of core", () => {
  const src = "packages/core/src/";
  const nameOf = (file: string): string => file.slice(src.length).replace(/\.ts$/, "");
  const floorOf = (name: string): number => coreFloors.findIndex((floor) => floor.includes(name));
  const inCore = sources.filter((file) => file.startsWith(src));

  test("every file stands on one", () => {
    const missing = inCore
      .filter((file) => floorOf(nameOf(file)) === -1)
      .map((file) => `${file}: add "${nameOf(file)}" to coreFloors in test/house.test.ts`);
    expect(missing).toEqual([]);
  });

  test("values are imported from lower floors only", () => {
    const wrong = imports
      .filter(
        ({ file, from, typeOnly }) => file.startsWith(src) && from.startsWith(".") && !typeOnly,
      )
      .map(({ file, from }) => [nameOf(file), nameOf(posix.join(dirname(file), from))] as const)
      .filter(([name, target]) => floorOf(target) >= floorOf(name))
      .map(
        ([name, target]) =>
          `${name} (floor ${floorOf(name)}) imports ${target} (floor ${floorOf(target)}): ` +
          "use `import type`, or move one of them",
      );
    expect(wrong).toEqual([]);
  });
});

describe("files", () => {
  test(`no source file is longer than ${sourceLines} lines`, () => {
    const long = sources
      .map((file) => ({ file, lines: read(file).trimEnd().split("\n").length }))
      .filter(({ lines }) => lines > sourceLines)
      .map(({ file, lines }) => `${file} has ${lines} lines: split it by concept`);
    expect(long).toEqual([]);
  });

  test("no folder or package has a name that says nothing", () => {
    const folders = new Set(files.flatMap((file) => dirname(file).split("/")));
    const packages = files
      .filter((file) => basename(file) === "package.json")
      .map((file) => /"name": "(?:.*\/)?(.*)"/.exec(read(file))?.[1] ?? "");
    const vague = [...folders, ...packages].filter((name) => vagueNames.has(name));
    expect(vague, "name it after the concept it holds").toEqual([]);
  });

  test("no code waits to be written", () => {
    // spelled apart, lest this file find itself
    const marker = new RegExp(`\\b(?:${["TO", "FIX"].join("DO|")}ME)\\b`);
    const code = files.filter((file) => /\.(?:[cm]?[jt]s|json|ya?ml|sh)$/.test(file));
    expect(linesMatching(marker, code), "open an issue instead").toEqual([]);
  });

  test("nothing names a package registry", () => {
    const host =
      /registry\.(?:npm|yarnpkg)|https?:\/\/[^\s"'/]*(?:registry|artifactory|mirror)|_authToken/i;
    const found = linesMatching(
      host,
      files.filter((file) => file !== "test/house.test.ts"),
    );
    expect(found, "each machine has its own registry").toEqual([]);
  });

  test("nothing names a path of somebody's machine", () => {
    const path = /(?<![\w.$*}-])(?:\/(?:home|Users|root|work)\/\w|[A-Z]:\\Users\\)/;
    expect(linesMatching(path, files), "write it relative to the repository").toEqual([]);
  });
});
