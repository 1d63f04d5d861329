// Runs programs.ts on Node itself, each program in a process of its own, and writes the orders down in
// node-orders.json. An order that is not the same each time is none that Node guarantees: then nothing
// is written, and the program named.
//
//   npx node packages/ambient/test/programs/record.mjs [--times N] [VERSION...]
//
// It wants the project's own Node.js, which can strip types. Other versions come from the npm package
// "node", as for `npm run test:matrix`.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { times: { type: "string", default: "10" } },
});
const times = Number(values.times);
const versions =
  positionals.length > 0 ? positionals : ["20.20.2", "22.23.3", "24.21.0", "26.10.0"];

const quiet = { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };

function nodeOf(version) {
  const call = 'node -p "process.execPath"';
  const path = execFileSync(
    "npx",
    ["--yes", `--package=node@${version}`, "--call", call],
    quiet,
  ).trim();
  const found = execFileSync(path, ["--version"], quiet).trim();
  if (found !== `v${version}`) throw new Error(`asked for Node.js ${version}, got ${found}`);
  return path;
}

const folder = mkdtempSync(join(tmpdir(), "tickless-programs-"));
const source = readFileSync(new URL("programs.ts", import.meta.url), "utf8");
writeFileSync(join(folder, "programs.mjs"), stripTypeScriptTypes(source));
writeFileSync(
  join(folder, "one.mjs"),
  `import { programs } from "./programs.mjs";
const labels = [];
process.on("exit", () => process.stdout.write(JSON.stringify(labels)));
const log = (label) => void labels.push(label);
const hold = () => {
  for (const until = performance.now() + 20; performance.now() < until;);
};
setTimeout(() => programs[process.argv[2]](log, hold), 1);
`,
);
writeFileSync(
  join(folder, "names.mjs"),
  `import { programs } from "./programs.mjs";
process.stdout.write(JSON.stringify(Object.keys(programs)));
`,
);

function orderOf(node, name) {
  const run = () => execFileSync(node, [join(folder, "one.mjs"), name], quiet);
  const first = run();
  for (let i = 1; i < times; i++) {
    const again = run();
    if (again === first) continue;
    throw new Error(`"${name}" has no order that Node guarantees:\n${first}\n${again}`);
  }
  return JSON.parse(first);
}

try {
  const names = JSON.parse(execFileSync(process.execPath, [join(folder, "names.mjs")], quiet));
  const nodes = versions.map((version) => [version.split(".")[0], nodeOf(version)]);
  const orders = {};
  for (const name of names) {
    const byVersion = nodes.map(([major, node]) => [major, orderOf(node, name)]);
    const distinct = new Set(byVersion.map(([, order]) => JSON.stringify(order)));
    // One order for all versions, or one for each.
    orders[name] = distinct.size === 1 ? byVersion[0][1] : Object.fromEntries(byVersion);
    console.log(name, JSON.stringify(orders[name]));
  }
  const file = new URL("node-orders.json", import.meta.url);
  writeFileSync(file, `${JSON.stringify({ versions, orders }, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
