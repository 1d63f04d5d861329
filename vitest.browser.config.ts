import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@tickless/source"] },
  test: {
    // the packages that promise to run in a browser
    include: [
      "packages/{core,sync,trace}/test/**/*.test.ts",
      "packages/ambient/test/any-host.test.ts",
    ],
    exclude: ["**/node.test.ts", "**/node/**", "**/node_modules/**"],
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
