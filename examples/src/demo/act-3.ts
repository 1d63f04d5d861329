import { replay } from "tickless";
import { programOf } from "tickless/node";
import type { RecordedDay } from "./act-2.ts";
import { indented, title } from "./format.ts";
import main from "./pipeline-swapped.ts";
import { besideDemo, dayTraceFile, typed } from "./places.ts";

/** The same day with two awaits of the program swapped: where it leaves the recording, and why. */
export async function swappedAwaits({ trace }: RecordedDay): Promise<void> {
  console.log(title(3, "a changed program is caught at the first event that differs."));
  console.log("Same input, same seed, but two awaits of the program are swapped. After an attempt");
  console.log("that took too long a worker did\n");
  console.log("  await write();           // into the ledger");
  console.log("  await sleep(pauseS);\n");
  console.log("and now it pauses before it writes. Replayed against the recording of act 2:\n");
  const args = trace.header.program?.args ?? [];
  const comparison = await replay(trace, () => main({ args }), {
    program: programOf(besideDemo("pipeline-swapped.js"), args),
    // Another program file than the recorded one would be refused otherwise.
    force: true,
    traceFile: typed(dayTraceFile),
  });
  if (comparison.same) {
    console.log("  No difference: with these jobs no attempt took too long.");
    return;
  }
  console.log(indented(comparison.divergence.report));
}
