import { external, sleep } from "tickless";

/** Goes on for ever in virtual time; with `outside` it waits for real time, far too long. */
export default async function main({ args }: { args: readonly string[] }): Promise<void> {
  for (let tick = 1; ; tick++) {
    await sleep(1);
    if (tick !== 100) continue;
    console.log("begun");
    if (args.includes("outside")) {
      await external(() => new Promise((resolve) => setTimeout(resolve, 600_000)));
    }
  }
}
