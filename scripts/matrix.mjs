// Runs the unit tests on several Node.js versions, each fetched as the npm package
// "node". Vitest is started by its file: the shim in node_modules/.bin would run it
// on the project's own Node.js, which lies beside the shim.
//
//   node scripts/matrix.mjs [VERSION...]
import { spawnSync } from "node:child_process";

const named = process.argv.slice(2);
const versions = named.length > 0 ? named : ["20.20.2", "22.23.3", "26.10.0"];
const command = "node --version && node node_modules/vitest/vitest.mjs run --project unit";

const failed = versions.filter(
  (version) =>
    spawnSync("npx", ["--yes", `--package=node@${version}`, "--call", command], {
      stdio: "inherit",
    }).status !== 0,
);
console.log(`${versions.length - failed.length} versions passed, ${failed.length} failed`);
if (failed.length > 0) {
  console.error(`failed on Node.js ${failed.join(", ")}`);
  process.exit(1);
}
