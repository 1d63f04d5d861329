import { createTask, getRunningLoop, sleep } from "tickless";

async function worker(): Promise<void> {
  await sleep(1);
  throw new Error("the worker has died");
}

function alarm(): void {
  throw new Error("the alarm is broken");
}

/** Ends well, while what it has started does not. `quiet` handles that itself. */
export default async function main({ args }: { args: readonly string[] }): Promise<string> {
  const loop = getRunningLoop();
  if (args.includes("quiet")) loop.setExceptionHandler(() => undefined);
  void createTask(worker, { name: "worker" });
  loop.callLater(2, alarm);
  await sleep(3);
  return "the value";
}
