import { defineConfig } from "vitest/config";

// Under this condition the packages' exports name their sources, so that tests
// need no build and failures point at TypeScript lines.
const conditions = ["@tickless/source"];

const members = ["packages/*", "benchmarks", "conformance", "examples"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // worker threads would share the process that core's driver registers in
    pool: "forks",
    // by default one core is left free; many tests only wait for a command that they started
    maxWorkers: "100%",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", "./scripts/closing-line.mjs"],
    coverage: { include: ["packages/*/src/**"], reporter: ["text", "json-summary"] },
    projects: [
      {
        extends: true,
        test: { name: "unit", include: members.map((member) => `${member}/test/**/*.test.ts`) },
      },
      { extends: true, test: { name: "docs", include: ["docs/generated/**/*.test.ts"] } },
      { extends: true, test: { name: "house", include: ["test/**/*.test.ts"] } },
    ],
  },
});
