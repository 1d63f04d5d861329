// Two transfers between the same two accounts, in opposite directions. Each locks the account that
// it takes from, then the one that it gives to. On real timers such a test hangs until the test
// runner loses patience. Here it fails at once, and the message says who waits for whom.
import { createTask, gather, isTicklessError, Lock, run, sleep } from "tickless";

async function transfer(from: Lock, to: Lock): Promise<void> {
  await from.withLock(async () => {
    await sleep(20);
    await to.withLock(() => sleep(20));
  });
}

try {
  await run(async () => {
    const savings = new Lock({ name: "savings" });
    const current = new Lock({ name: "current" });
    await gather([
      createTask(() => transfer(savings, current), { name: "rent" }),
      createTask(() => transfer(current, savings), { name: "salary" }),
    ]);
  });
} catch (error) {
  if (!isTicklessError(error)) throw error;
  console.log(error.code);
  console.log(error.message);
}
