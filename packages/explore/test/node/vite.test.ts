import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { handOvers } from "../../src/vite.ts";
import { build, db, increments, Project } from "./project.ts";

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

const config = (plugin: string): string => `
import { defineConfig } from "vitest/config";
import { handOvers } from "@tickless/explore/vite";
export default defineConfig({ plugins: [${plugin}] });
`;

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** What became of each test, and with which message and stack. */
async function results(project: Project): Promise<Record<string, string>> {
  const report = JSON.parse(await project.vitest()) as Report;
  const broken = report.testResults.map(({ message }) => message).join("");
  if (broken !== "") throw new Error(broken);
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return Object.fromEntries(
    tests.map(({ title, status, failureMessages }) => [
      title,
      failureMessages.join("\n") || status,
    ]),
  );
}

const searching = `
import { expect, test } from "vitest";
import { explore } from "@tickless/explore";
import { main } from "./increments.js";

test("the lost update", async () => {
  const { failure, text } = await explore(main, { check: ({ outcome }) => expect(outcome.value).toBe(2) });
  if (failure === null) throw new Error(text);
  expect(failure.error.message).toContain("expected 1 to be 2");
});
`;

describe("S10.10: the plugin in Vitest", () => {
  test("finds the lost update over a fake without a timer, which is not there without it", async () => {
    const files = { "db.js": db, "increments.js": increments, "lost.test.js": searching };
    const [found, without] = await Promise.all([
      results(projectWith({ ...files, "vitest.config.js": config("handOvers()") })),
      results(projectWith({ ...files, "vitest.config.js": config("") })),
    ]);
    expect(found).toEqual({ "the lost update": "passed" });
    expect(without["the lost update"]).toContain("no failure");
  });

  test("stack traces lead to line and column of the source, TypeScript and JSX included", async () => {
    const files = {
      "fails.ts": `interface A { readonly a: number }

const wait = async (n: number): Promise<number> => n;

export async function fails(a: A): Promise<void> {
  const [b, c] = [await wait(a.a), await wait(2)]; if (b < c) throw new Error("thrown");
}
`,
      "element.tsx": `/** @jsxRuntime classic @jsx h */
const h = (name: unknown, props: { at: number }): number => { throw new Error(\`\${props.at}\`); };
export const element = async (n: Promise<number>): Promise<number> => {
  await null; return <a at={await n} />;
};
`,
      "places.test.ts": `import { expect, test } from "vitest";
import { fails } from "./fails.js";
import { element } from "./element.js";
test("thrown", async () => { await null; await fails({ a: 1 }); });
test("asserted", async () => {
  await null; expect(await Promise.resolve(1)).toBe(2);
});
test("element", async () => { await element(Promise.resolve(5)); });
`,
    };
    const rewriting = projectWith({ ...files, "vitest.config.js": config("handOvers()") });
    const plain = projectWith({ ...files, "vitest.config.js": config("") });
    const places = async (project: Project): Promise<Record<string, readonly string[]>> =>
      Object.fromEntries(
        Object.entries(await results(project)).map(([name, text]) => {
          const inProject = text.split("\n").filter((line) => line.includes(project.path));
          return [name, inProject.map((line) => line.replaceAll(project.path, "").trim())];
        }),
      );
    const [found, expected] = await Promise.all([places(rewriting), places(plain)]);
    expect(found).toEqual(expected);
    expect(found).toEqual({
      thrown: ["at fails (/fails.ts:6:69)", "at /places.test.ts:4:42"],
      asserted: ["at /places.test.ts:6:48"],
      element: [
        "at h (/element.tsx:2:69)",
        "at element (/element.tsx:4:22)",
        "at /places.test.ts:8:31",
      ],
    });
  });

  test("leaves node_modules alone unless asked", async () => {
    const tells = `
import { expect, test } from "vitest";
import { text } from "lib";
import { own } from "./own.js";
test("which", () => expect([text(), own.toString()].map((t) => /await __\\w+\\(/.test(t))).toEqual(EXPECTED));
`;
    const files = (expected: string): Record<string, string> => ({
      "node_modules/lib/package.json": '{ "name": "lib", "type": "module", "exports": "./lib.js" }',
      "node_modules/lib/lib.js":
        "async function f() { await 1; }\nexport const text = () => f.toString();",
      "own.js": "export async function own() { await 1; }",
      "which.test.js": tells.replace("EXPECTED", expected),
    });
    const include = "handOvers({ include: ['lib', /own/] })";
    const all = await Promise.all([
      results(
        projectWith({ ...files("[false, true]"), "vitest.config.js": config("handOvers()") }),
      ),
      results(projectWith({ ...files("[true, true]"), "vitest.config.js": config(include) })),
      results(
        projectWith({
          ...files("[false, false]"),
          "vitest.config.js": config("handOvers({ exclude: 'own.js' })"),
        }),
      ),
    ]);
    expect(all).toEqual([{ which: "passed" }, { which: "passed" }, { which: "passed" }]);
  });

  test("hoisted mocks, and modules that import one another, can await before they are evaluated", async () => {
    const project = projectWith({
      "vitest.config.js": config("handOvers()"),
      "db.js": db,
      "a.js": `import { b } from "./b.js"; export const a = async () => (await b()) + 1; export const early = await 0;`,
      "b.js": `import { a } from "./a.js"; export const b = async () => 1; export const two = async () => await a();`,
      "mocks.test.js": `
import { expect, test, vi } from "vitest";
import { db } from "./db.js";
import { two } from "./b.js";
vi.mock("./db.js", async () => ({ db: { ...(await vi.importActual("./db.js")).db, get: async () => 7 } }));
const hoisted = await vi.hoisted(async () => (await Promise.resolve(1)) + 1);
test("mocked", async () => expect([await db.get(), hoisted, await two()]).toEqual([7, 2, 2]));
`,
    });
    expect(await results(project)).toEqual({ mocked: "passed" });
  });
});

describe("handOvers", () => {
  const { transform } = handOvers();
  const rewrites = (id: string, code = "async () => await x;"): boolean =>
    transform.handler(code, id) !== null;

  test.each([
    ["/project/src/a.ts", true],
    ["/project/src/a.tsx?v=5", true],
    ["/project/src/a.mjs#part", true],
    ["/project/src/a.css", false],
    ["/project/src/a.vue", false],
    ["/project/node_modules/lib/a.js", false],
    ["\0virtual:a.js", false],
    [join(import.meta.dirname, "../../src/explore.ts"), false],
  ])("rewrites %s: %s", (id, expected) => {
    expect(rewrites(id)).toBe(expected);
  });

  test.each([
    [{ include: 5 }, "include"],
    [{ exclude: ["a", null] }, "exclude"],
    [{ exclude: "" }, "exclude"],
  ])("refuses %j", (files, name) => {
    expect(() => handOvers(files as never)).toThrow(
      expect.objectContaining({ name: "TypeError", message: expect.stringContaining(name) }),
    );
  });
});
