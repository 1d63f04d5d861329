// One ticket is left, and two people want it. First in, first out, all is well, so `tickless run` never shows what
// is wrong. `tickless explore` lets other tasks in at each `await` here, and finds the order in which it is sold twice.
import { createTask, gather } from "tickless";

/** Stands for the bank, which takes its time. */
async function pay(): Promise<void> {}

async function browse(pages: number): Promise<void> {
  for (let page = 0; page < pages; page++) await Promise.resolve();
}

export default async function main(): Promise<string> {
  let stock = 1;
  const sold: string[] = [];
  const buy = async (name: string, pages: number): Promise<void> => {
    await browse(pages);
    if (stock === 0) return;
    await pay();
    stock -= 1;
    sold.push(name);
  };
  await gather([
    createTask(() => buy("alice", 0), { name: "alice" }),
    createTask(() => buy("bob", 3), { name: "bob" }),
  ]);
  if (stock < 0) throw new Error(`one ticket was sold to ${sold.join(" and ")}`);
  return `sold to ${sold.join()}`;
}
