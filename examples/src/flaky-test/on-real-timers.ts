// Runs the flaky test on real timers, 20 times. Hardly two outputs of this program are alike.
import { asExpected, fetchFromAll, real } from "./mirrors.ts";

let failures = 0;
for (let attempt = 1; attempt <= 20; attempt++) {
  const done = await real.run(() => fetchFromAll(real));
  if (!asExpected(done)) failures++;
  console.log(`${done.join(" ")}   ${asExpected(done) ? "passed" : "FAILED"}`);
}
console.log(`${failures} of 20 runs failed`);
