import { playwright } from "@vitest/browser-playwright";
import { globSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

// the packages that promise to run in a browser
const tests = globSync([
  "packages/{core,sync,trace}/test/**/*.test.ts",
  "packages/ambient/test/any-host.test.ts",
]);

/** Tests that start processes, read files or look at what Node prints. */
const needsNode = (file: string): boolean =>
  /from "(?:node:.*|.*\/built\.ts|.*\/src\/node\/.*|.*\/src\/node\.ts)"/.test(
    readFileSync(file, "utf8"),
  );

export default defineConfig({
  resolve: { conditions: ["@tickless/source"] },
  test: {
    include: tests.filter((file) => !file.includes("/node/") && !needsNode(file)),
    testTimeout: 60_000,
    reporters: ["default", "./scripts/closing-line.mjs"],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
          args: [
            // Chromium's sandbox refuses to start as root, as in containers
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
          ],
        },
      }),
      instances: [{ browser: "chromium" }],
    },
  },
});
