// Started by restored.test.ts in a process of its own: what a user's ticks and microtasks throw reaches the
// process in the middle of a slice, and the globals are put back all the same. Prints what is wrong.
import { simulate } from "@tickless/core";
import { virtualize } from "../../src/index.ts";
import { changedSince, surface } from "../surface.ts";

const drain = process.argv[2] as "auto" | "reference";
const caught: string[] = [];
// Node calls listeners in the step that has thrown, where the globals are the run's: so the real one.
const soon = setImmediate;
process.on("uncaughtException", (error) => {
  caught.push(error.message);
  soon(() => {
    const changed = changedSince(before);
    if (changed.length > 0) console.log(`after "${error.message}": ${changed.join(", ")}`);
  });
});
surface();
const before = surface();

const crash = (message: string) => (): never => {
  throw new Error(message);
};
const main = virtualize(async () => {
  const pause = (delayMs: number) => new Promise((resolve) => void setTimeout(resolve, delayMs));
  await pause(10);
  process.nextTick(crash("tick"));
  await pause(10);
  queueMicrotask(crash("microtask"));
  await pause(10);
  setTimeout(() => process.nextTick(crash("tick of a timer")), 5);
  await pause(10);
  if (Date.now() !== Date.UTC(2000, 0, 1) + 40) console.log("the clock is wrong");
});
await simulate(main, { drain });
const changed = changedSince(before);
if (changed.length > 0) console.log(`at the end: ${changed.join(", ")}`);
if (caught.join() !== "tick,microtask,tick of a timer") console.log(`caught: ${caught.join()}`);
