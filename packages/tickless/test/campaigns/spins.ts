import { gather, sleep } from "tickless";

/** Spins for ever if `state.ready` is looked at before it is set, or at once. */
export default async function main({ args }: { args: readonly string[] }): Promise<void> {
  if (args.includes("at once")) for (;;);
  const state = { ready: false };
  const sets = async (): Promise<void> => {
    await sleep(5);
    state.ready = true;
  };
  const spins = async (): Promise<void> => {
    await sleep(5);
    while (!state.ready);
  };
  await gather([sets, spins]);
}
