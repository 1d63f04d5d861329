import { createTask, sleep } from "tickless";

async function tick(): Promise<void> {
  for (;;) await sleep(10);
}

/** Ends at once; what it has started goes on for ever. */
export default function main(): void {
  void createTask(tick, { name: "ticker" });
}
