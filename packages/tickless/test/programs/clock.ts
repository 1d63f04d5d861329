import { external, sleep } from "tickless";

/**
 * Goes on for ever in virtual time; with `outside` it waits for real time, far too long; with `late` too, and
 * says only later that it has begun.
 */
export default async function main({ args }: { args: readonly string[] }): Promise<void> {
  for (let tick = 1; ; tick++) {
    await sleep(1);
    if (tick !== 100) continue;
    // Real time, so that a signal comes when it is waited for.
    if (args.includes("late")) setTimeout(() => console.log("begun"), 1500);
    else console.log("begun");
    if (args.includes("outside") || args.includes("late")) {
      await external(() => new Promise((resolve) => setTimeout(resolve, 600_000)));
    }
  }
}
