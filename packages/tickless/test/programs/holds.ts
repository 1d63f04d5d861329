import { createTask, Lock, sleep } from "tickless";

/** Leaves a lock behind, and a task; and keeps the process busy for longer than a step should take. */
export default async function main(): Promise<void> {
  const ledger = new Lock({ name: "ledger" });
  await createTask(() => ledger.acquire(), { name: "clerk" });
  void createTask(() => sleep(100), { name: "server" });
  const start = process.hrtime.bigint();
  while (process.hrtime.bigint() - start < 120_000_000n);
  await sleep(1);
}
