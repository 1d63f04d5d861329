import { EXIT_FAILED } from "./failure.ts";
import { colorsFor } from "./terminal.ts";

/**
 * Awaits a run of the program. If the process runs out of work first, it would end as if all were
 * well; so it says what has happened, and fails.
 */
export async function untilSettled<T>(run: Promise<T>): Promise<T> {
  const stalled = (): void => {
    const colors = colorsFor(process.stderr);
    process.stderr.write(
      `${colors.red("error")} [ERR_STALLED]: The program waits for an \`external\` call that can ` +
        "never end: no timer, file or connection is open any more. Settle the promise that the " +
        "call returned, or give the call a time-out.\n",
    );
    process.exitCode = EXIT_FAILED;
  };
  process.once("beforeExit", stalled);
  try {
    return await run;
  } finally {
    process.off("beforeExit", stalled);
  }
}
