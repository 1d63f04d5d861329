import { expect, test, vi } from "vitest";

// Registers the example's own test, as if Vitest had found it in its folder.
await import("../src/flaky-test/mirrors.test.ts");

test("the script on real timers counts the failures that it shows, however many", async () => {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
  await import("../src/flaky-test/on-real-timers.ts");
  log.mockRestore();

  const last = lines.pop();
  expect(lines).toHaveLength(20);
  for (const line of lines) expect(line).toMatch(/^[A-H]( [A-H]){7} {3}(passed|FAILED)$/);
  const failures = lines.filter((line) => line.endsWith("FAILED")).length;
  expect(last).toBe(`${failures} of 20 runs failed`);
});
