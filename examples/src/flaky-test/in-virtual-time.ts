// Runs the same test in virtual time, 20 times. The output is always the same.
import { asExpected, search, virtual } from "./search.ts";

let failures = 0;
for (let attempt = 1; attempt <= 20; attempt++) {
  const answers = await virtual.run(() => search(virtual));
  if (!asExpected(answers)) failures++;
  console.log(`${answers.join(" ")}   ${asExpected(answers) ? "passed" : "FAILED"}`);
}
console.log(`${failures} of 20 runs failed`);
