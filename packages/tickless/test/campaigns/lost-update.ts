import { gather } from "tickless";

/** An account in memory: none of its calls waits for a timer. */
function bank() {
  let balance = 0;
  return {
    get: async (): Promise<number> => balance,
    set: async (value: number): Promise<void> => {
      balance = value;
    },
  };
}

/** A deposit is lost if one reads between the other's read and write; plain awaits let it in. */
export default async function main(): Promise<number> {
  const db = bank();
  const deposit = async (after: number): Promise<void> => {
    for (let i = 0; i < after; i++) await Promise.resolve();
    const balance = await db.get();
    await db.set(balance + 1);
  };
  await gather([() => deposit(0), () => deposit(4)]);
  const sum = await db.get();
  if (sum !== 2) throw new Error(`a deposit is lost: ${sum}`);
  return sum;
}
