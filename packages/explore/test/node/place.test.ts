import { createTask, gather } from "@tickless/core";
import { expect, test } from "vitest";
import { explore } from "../../src/index.ts";
import { rewriteAwaits } from "../../src/node/rewrite.ts";

type Main = () => Promise<void>;

/** A program from the text of its module, whose awaits were rewritten. */
async function program(text: string): Promise<(...parts: unknown[]) => Main> {
  const code = rewriteAwaits(text, { file: "text.js" })?.code ?? "";
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  return ((await import(/* @vite-ignore */ url)) as { make: () => Main }).make;
}

test("a shrunk schedule tells the rewritten await at which a task was interrupted", async () => {
  const make = await program(`export const make = (createTask, gather) => async () => {
    let balance = 0;
    const read = async () => balance;
    async function deposit() {
      const before = await read();
      balance = before + 1;
    }
    await gather([createTask(deposit), createTask(deposit)]);
    if (balance !== 2) throw new Error("lost");
  };`);
  const { failure } = await explore(make(createTask, gather));
  expect(failure?.shrunk?.decisions).toMatchObject([
    { kind: "switch", task: "main/1", to: "main/2", step: 1 },
  ]);
  expect(failure?.shrunk?.decisions[0]?.place).toMatch(/^at (?:async )?deposit \(.*:5:/);
});
