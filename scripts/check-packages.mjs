// Packs each package as for publishing, and checks the tarball with publint and Are
// The Types Wrong. Needs a build.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const out = mkdtempSync(join(tmpdir(), "tickless-pack-"));
try {
  for (const name of readdirSync("packages")) {
    const run = (command, ...args) =>
      execFileSync(command, args, { cwd: join("packages", name), stdio: "inherit" });
    // a folder for each, since tarballs are named after packages, not after folders
    const folder = join(out, name);
    run("npx", "--yes", "pnpm@12.21.0", "pack", "--pack-destination", folder);
    const tarball = join(folder, readdirSync(folder)[0]);
    run("publint", "--strict", tarball);
    run("attw", "--profile", "esm-only", tarball);
  }
} finally {
  rmSync(out, { recursive: true });
}
