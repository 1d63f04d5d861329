// Started by restored.test.ts in a process of its own: what ticks and microtasks throw that were saved before
// the run reaches the process in the middle of a slice, or fails the run, and the globals are put back all the
// same. Prints what is wrong.
import { simulate } from "@tickless/core";
import { virtualize } from "../../src/index.ts";
import { changedSince, surface } from "../surface.ts";

const drain = process.argv[2] as "auto" | "reference";
const nextTick = process.nextTick.bind(process);
const microtask = queueMicrotask;
const caught: string[] = [];
const note = (when: string): void => {
  const changed = changedSince(before);
  if (changed.length > 0) console.log(`${when}: ${changed.join(", ")}`);
};
process.on("uncaughtException", (error) => {
  caught.push(error.message);
  note(`in the handler of "${error.message}"`);
});
await simulate(virtualize(async () => undefined));
surface();
const before = surface();

const crash = (message: string) => (): never => {
  throw new Error(message);
};
const pause = (delayMs: number) => new Promise((resolve) => void setTimeout(resolve, delayMs));
const turn = () => new Promise((resolve) => void setImmediate(resolve));

for (const [name, queue] of [
  ["tick", () => nextTick(crash("tick"))],
  ["microtask", () => microtask(crash("microtask"))],
  ["tick of a timer", () => setTimeout(() => nextTick(crash("tick of a timer")), 5)],
] as const) {
  const main = virtualize(async () => {
    await pause(10);
    queue();
    await pause(10);
    if (Date.now() !== Date.UTC(2000, 0, 1) + 20) console.log("the clock is wrong");
  });
  const { outcome } = await simulate(main, { drain });
  await turn();
  // A tick ends the slice of the accelerated drain, and Node 20 and 22 do not say whose code has thrown.
  const failed = outcome?.status === "rejected" && String(outcome.reason) === `Error: ${name}`;
  if (failed === caught.includes(name)) console.log(`${name}: ${failed}`);
  note(`after "${name}"`);
}
