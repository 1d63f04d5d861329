// Runs the same test in virtual time, 20 times. The output is always the same.
import { asExpected, fetchFromAll, virtual } from "./mirrors.ts";

let failures = 0;
for (let attempt = 1; attempt <= 20; attempt++) {
  const done = await virtual.run(() => fetchFromAll(virtual));
  if (!asExpected(done)) failures++;
  console.log(`${done.join(" ")}   ${asExpected(done) ? "passed" : "FAILED"}`);
}
console.log(`${failures} of 20 runs failed`);
