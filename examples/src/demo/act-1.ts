import { record } from "tickless";
import { asExpected, fetchFromAll, real, virtual } from "../flaky-test/mirrors.ts";
import { title } from "./format.ts";

function verdict(done: readonly string[]): string {
  return `${done.join(" ")}   ${asExpected(done) ? "passed" : "FAILED"}`;
}

/** A flaky test, three times on real timers and three times in virtual time. */
export async function flakyTest(): Promise<void> {
  console.log(title(1, "a test that is flaky on real timers is stable in virtual time."));
  console.log(
    "A file is fetched from eight mirrors at once, in eight parts: for each a sleep of 2 ms",
  );
  console.log(
    "and a bit of work in the thread pool of Node.js. The test expects mirror A, which is",
  );
  console.log(
    "asked first, to be done first. On real timers the mirrors are done in this order:\n",
  );
  const orders = new Set<string>();
  for (let count = 1; count <= 3; count++) {
    const done = await real.run(() => fetchFromAll(real));
    orders.add(done.join(" "));
    console.log(`  run ${count}   ${verdict(done)}`);
  }
  console.log(
    "\nA fingerprint is one hash of all that happens in a run, with the order and the times:",
  );
  console.log(
    "where it is equal, the runs are. The same code, with the same real work, in virtual time:\n",
  );
  const fingerprints = new Set<string>();
  for (let count = 1; count <= 3; count++) {
    const { outcome, fingerprint } = await record(() => fetchFromAll(virtual));
    if (outcome?.status !== "fulfilled") throw outcome?.reason;
    fingerprints.add(fingerprint);
    console.log(`  run ${count}   ${verdict(outcome.value)}   fingerprint ${fingerprint}`);
  }
  console.log(`\nDifferent orders on real timers: ${orders.size} in 3 runs.`);
  console.log(`Different fingerprints in Tickless: ${fingerprints.size} in 3 runs.`);
  if (fingerprints.size !== 1) throw new Error("The runs in Tickless differ.");
}
