import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build, tickless } from "./command.ts";

const packages = fileURLToPath(new URL("../..", import.meta.url));

/** A project outside the workspace with its own copy of some packages. */
let project: string;

/** Where the core is that runs, as it says itself. */
const program = `
import { sleep } from "@tickless/core";
export default async function main() {
  await sleep(1);
  return globalThis[Symbol.for("tickless.driver")].url;
}
`;

function install(folder: string, name: string): void {
  const source = join(packages, name);
  const target = join(folder, "node_modules/@tickless", name);
  for (const part of ["package.json", "dist"]) {
    cpSync(join(source, part), join(target, part), { recursive: true });
  }
}

beforeAll(() => {
  build();
  project = realpathSync(mkdtempSync(join(tmpdir(), "tickless-project-")));
  mkdirSync(join(project, "node_modules/@tickless"), { recursive: true });
  install(project, "core");
  const seedrandom = createRequire(join(packages, "core/package.json")).resolve("seedrandom");
  symlinkSync(dirname(seedrandom), join(project, "node_modules/seedrandom"));
  writeFileSync(join(project, "package.json"), `{ "type": "module" }\n`);
  for (const file of ["program.ts", "program.js"]) writeFileSync(join(project, file), program);
});

afterAll(() => rmSync(project, { recursive: true }));

test.each(["program.ts", "program.js"])(
  "the project's own core runs %s, not the command's",
  async (file) => {
    const { code, stdout } = await tickless(["run", file], { cwd: project });
    expect(stdout).toBe(`file://${project}/node_modules/@tickless/core/dist/context.js\n`);
    expect(code).toBe(0);
  },
);

test("a project with core alone is told what recording takes", async () => {
  const { code, stderr } = await tickless(["run", "program.ts", "--record", "x"], { cwd: project });
  expect(code).toBe(2);
  expect(stderr).toBe(
    `error [ERR_NOT_INSTALLED]: The program uses its own copy of Tickless (${project}/node_modules/@tickless/core/` +
      "dist/index.js), and @tickless/trace is not installed beside it. Run `npm install tickless` in the " +
      "program's project.\n",
  );
});

test("a program in no project runs on the command's own copy", async () => {
  const lonely = mkdtempSync(join(tmpdir(), "tickless-lonely-"));
  writeFileSync(join(lonely, "program.ts"), program);
  const own = `file://${packages}core/dist/context.js\n`;
  expect((await tickless(["run", "program.ts"], { cwd: lonely })).stdout).toBe(own);
  // pnpm sets NODE_PATH for the commands it starts; `import` does not heed it
  const env = { NODE_PATH: join(project, "node_modules") };
  expect((await tickless(["run", "program.ts"], { cwd: lonely, env })).stdout).toBe(own);
  rmSync(lonely, { recursive: true });
});

test("two copies in one project are refused with both paths (rule S12)", async () => {
  const nested = join(project, "library");
  mkdirSync(nested);
  install(nested, "core");
  const seedrandom = join(project, "node_modules/seedrandom");
  symlinkSync(seedrandom, join(nested, "node_modules/seedrandom"));
  writeFileSync(join(nested, "index.js"), `export { sleep } from "@tickless/core";\n`);
  writeFileSync(join(project, "two.js"), `import "./library/index.js";\n${program}`);
  const { code, stderr } = await tickless(["run", "two.js"], { cwd: project });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error \[ERR_SECOND_COPY\]: Two copies of @tickless\/core/);
  expect(stderr).toContain(`${project}/node_modules/@tickless/core/dist/context.js`);
  expect(stderr).toContain(`${project}/library/node_modules/@tickless/core/dist/context.js`);
});
