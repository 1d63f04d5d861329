import { createTask, Queue, sleep } from "tickless";

/** Keeps a cancellation to itself. */
async function stubborn(): Promise<void> {
  try {
    await sleep(10);
  } catch {
    // as if nothing had happened
  }
}

/** Makes two mistakes of which nobody hears without debug mode. */
export default async function main(): Promise<void> {
  const jobs = new Queue<string>({ name: "jobs" });
  // oxlint-disable-next-line no-floating-promises
  jobs.put("never put");
  const task = createTask(stubborn, { name: "stubborn" });
  await sleep(1);
  task.cancel();
  await sleep(1);
}
