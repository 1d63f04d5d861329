import { external, sleep } from "tickless";

/** Its process dies in the middle of the run: a real timer throws, or with `exit` it ends by itself. */
export default async function main({ args }: { args: readonly string[] }): Promise<void> {
  await sleep(5);
  if (args.includes("exit")) process.exit(3);
  const real = (resolve: () => void): void => {
    setTimeout(() => {
      throw new Error("the real timer broke");
    }, 30);
    setTimeout(resolve, 5000);
  };
  await external(() => new Promise<void>(real));
}
