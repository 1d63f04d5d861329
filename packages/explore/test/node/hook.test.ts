import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registerHandOvers, transformWithHandOvers } from "../../src/node.ts";
import { build, db, type Ended, increments, Project } from "./project.ts";

beforeAll(build);

const projects: Project[] = [];

function projectWith(files: Readonly<Record<string, string>>): Project {
  const project = new Project(files);
  projects.push(project);
  return project;
}

afterAll(() => {
  for (const project of projects) project.remove();
});

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
/** Where hooks run in the thread of the program, and reach `require`. */
const hasSynchronousHooks = major > 22 || (major === 22 && minor >= 15);
const loadsTypeScript = major > 22 || (major === 22 && minor >= 18);

const register = `
import { registerHandOvers } from "@tickless/explore/node";
registerHandOvers(FILES);
`;

/** Runs `file` of a project with these files, with the hook or without. */
async function runs(
  file: string,
  files: Readonly<Record<string, string>>,
  hook: string | null = "",
): Promise<Ended> {
  const project = projectWith({ ...files, "hook.mjs": register.replace("FILES", hook ?? "") });
  const imported = hook === null ? [] : ["--import", "./hook.mjs"];
  const ended = await project.node("--enable-source-maps", "--no-warnings", ...imported, file);
  const tidy = (text: string): string => text.replaceAll(project.path, "");
  return { ...ended, stdout: tidy(ended.stdout), stderr: tidy(ended.stderr) };
}

const searching = `
import { explore } from "@tickless/explore";
import { main } from "./increments.js";
const check = ({ outcome }) => { if (outcome.value !== 2) throw new Error("lost"); };
const { failure } = await explore(main, { check });
console.log(failure === null ? "not found" : "found");
`;

/** Whether each of these functions has been rewritten. */
const tells = (...names: readonly string[]): string =>
  `console.log([${names.join()}].map((f) => /await __\\w+\\(/.test(f)).join());`;

describe("S10.10: the module hook", () => {
  test("finds the lost update over a fake without a timer, which is not there without it", async () => {
    const files = { "db.js": db, "increments.js": increments, "main.js": searching };
    const [found, without] = await Promise.all([
      runs("main.js", files),
      runs("main.js", files, null),
    ]);
    expect(found).toMatchObject({ code: 0, stdout: "found\n" });
    expect(without).toMatchObject({ code: 0, stdout: "not found\n" });
  });

  const kinds: readonly (readonly [string, boolean, Readonly<Record<string, string>>])[] = [
    ["main.js", true, {}],
    ["main.mjs", true, {}],
    ["main.cjs", true, {}],
    ["main.ts", loadsTypeScript, {}],
    ["main.mts", loadsTypeScript, {}],
  ];
  const typed = (file: string): string =>
    file.endsWith("ts") ? "async (n: number) =>" : "async (n) =>";

  test.each(kinds.filter(([, works]) => works))("rewrites %s", async (file) => {
    const text = `const f = ${typed(file)} await n;\n${tells("f")}\nf(1).then((n) => console.log(n));`;
    expect(await runs(file, { [file]: text })).toMatchObject({ code: 0, stdout: "true\n1\n" });
  });

  test("lets rewritten CommonJS require an ES module, imported or not", async () => {
    const lib = `const { explore } = require("@tickless/explore");
const { createTask } = require("@tickless/core");
let value = 0;
const increment = async () => { const b = await value; value = await (b + 1); };
const main = async () => {
  value = 0;
  for (const task of [createTask(increment), createTask(increment)]) await task;
  if (value !== 2) throw new Error("lost");
};
exports.found = explore(main).then(({ failure }) => console.log(failure === null ? "not found" : "found"));`;
    const files = { "lib.cjs": lib, "main.mjs": 'import "./lib.cjs";' };
    const [alone, imported] = await Promise.all([runs("lib.cjs", files), runs("main.mjs", files)]);
    expect(alone).toMatchObject({ code: 0, stdout: "found\n" });
    expect(imported).toMatchObject({ code: 0, stdout: "found\n" });
  });

  test("rewrites what is required", async () => {
    const files = {
      "lib.cjs":
        "exports.f = async () => await 1; exports.g = function () { return this === exports; };",
      "main.cjs": `const lib = require("./lib.cjs");\n${tells("lib.f")}\nconsole.log(lib.g());`,
    };
    expect(await runs("main.cjs", files)).toMatchObject({ code: 0, stdout: "true\ntrue\n" });
  });

  test("leaves node_modules alone unless asked", async () => {
    const files = {
      "node_modules/lib/package.json": '{ "name": "lib", "type": "module", "exports": "./lib.js" }',
      "node_modules/lib/lib.js": "export const lib = async () => await 1;",
      "main.js": `import { lib } from "lib";\nconst own = async () => await 1;\n${tells("lib", "own")}`,
    };
    const [plainly, asked, without] = await Promise.all([
      runs("main.js", files),
      runs("main.js", files, '{ include: ["lib", /main/] }'),
      runs("main.js", files, '{ exclude: "main.js" }'),
    ]);
    expect(plainly.stdout).toBe("false,true\n");
    expect(asked.stdout).toBe("true,true\n");
    expect(without.stdout).toBe("false,false\n");
  });

  test.each(["tickless", "@tickless/examples"])(
    "rewrites a project that is called %s, and none of Tickless's own sources in it",
    async (name) => {
      const files = {
        "package.json": JSON.stringify({ name, type: "module" }),
        "db.js": db,
        "increments.js": increments,
        "main.js": searching,
        "own.js": `import { explore } from "@tickless/explore";\n${tells("explore")}`,
      };
      expect(await runs("main.js", files)).toMatchObject({ code: 0, stdout: "found\n" });
      const { stdout } = await runs("own.js", files, '{ include: ["explore", "own.js"] }');
      expect(stdout).toBe("false\n");
    },
  );

  const places = (text: string): readonly string[] =>
    text.split("\n").flatMap((line) => /at .*?(\/[\w.-][\w./-]*:\d+:\d+)/.exec(line)?.[1] ?? []);

  const fails = (types: boolean): string =>
    `// one line more
const wait = async (n${types ? ": number" : ""}) => n;
export async function fails() {
  const [b, c] = [await wait(1), await wait(2)]; if (b < c) throw new Error("thrown");
}
`;

  test.each(loadsTypeScript ? ["fails.js", "fails.ts"] : ["fails.js"])(
    "stack traces lead to line and column of %s, with --enable-source-maps",
    async (file) => {
      const files = {
        [file]: fails(file.endsWith("ts")),
        "main.js": `import { fails } from "./${file}";\nconst main = async () => { await null; await fails(); };\nawait main();`,
      };
      const [found, expected] = await Promise.all([
        runs("main.js", files),
        runs("main.js", files, null),
      ]);
      expect(places(found.stderr)).toEqual(places(expected.stderr));
      expect(places(found.stderr)).toContain(`/${file}:4:67`);
    },
  );

  test("stack traces lead through the map of a compiler to its source", async () => {
    const map = {
      version: 3,
      sources: ["../src/fails.ts"],
      names: [],
      // Line 1, column 37 of what was compiled is line 4, column 2 of the source.
      mappings: "qCAGE",
    };
    const compiled = "export const f = async () => { await 1; throw new Error('x'); };";
    const column = compiled.indexOf("throw");
    const files = {
      "dist/fails.js": `${compiled}\n//# sourceMappingURL=fails.js.map`,
      "dist/fails.js.map": JSON.stringify(map),
      "src/fails.ts": "\n\n\n  throw new Error('x');\n",
      "main.js": 'import { f } from "./dist/fails.js";\nawait f();',
    };
    expect(column).toBe(40);
    const { stderr } = await runs("main.js", files);
    expect(places(stderr)).toContain("/src/fails.ts:4:3");
  });

  test.skipIf(!hasSynchronousHooks)("ends when it is told to", async () => {
    const { stdout } = await runs(
      "main.js",
      {
        "one.js": "export const one = async () => await 1;",
        "two.js": "export const two = async () => await 1;",
        "main.js": `import { registerHandOvers } from "@tickless/explore/node";
const end = registerHandOvers();
const { one } = await import("./one.js");
end();
const { two } = await import("./two.js");
${tells("one", "two")}`,
      },
      null,
    );
    expect(stdout).toBe("true,false\n");
  });

  test("refuses what is no list of files", () => {
    expect(() => registerHandOvers({ include: 5 as never })).toThrow(TypeError);
  });
});

describe("transformWithHandOvers", () => {
  const seen: { source: string; filename?: string }[] = [];
  const transform = transformWithHandOvers((options: { source: string; filename?: string }) => {
    seen.push(options);
    return `compiled ${options.filename}`;
  });

  test("gives a transform the rewritten source, with its map", () => {
    const answer = transform({ source: "async () => await x;", filename: "/project/a.ts" });
    expect(answer).toEqual({ code: "compiled /project/a.ts" });
    expect(seen.at(-1)?.source).toMatch(
      /^async \(\) => await __tickless_await\(x\);\n[^]*\n\/\/# sourceMappingURL=data:application\/json[^]*$/,
    );
  });

  const source = fileURLToPath(new URL("../../src/node/", import.meta.url));

  test.each([["/project/node_modules/a.ts"], [undefined], [join(source, "a.ts")]])(
    "leaves %s alone",
    (filename) => {
      const options = { source: "async () => await x;", ...(filename && { filename }) };
      transform(options);
      expect(seen.at(-1)).toBe(options);
    },
  );
});
