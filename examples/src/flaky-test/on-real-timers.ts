// Runs the flaky test on real timers, 20 times. Hardly two outputs of this program are alike.
import { asExpected, real, search } from "./search.ts";

let failures = 0;
for (let attempt = 1; attempt <= 20; attempt++) {
  const answers = await real.run(() => search(real));
  if (!asExpected(answers)) failures++;
  console.log(`${answers.join(" ")}   ${asExpected(answers) ? "passed" : "FAILED"}`);
}
console.log(`${failures} of 20 runs failed`);
