import { gather, Lock } from "tickless";

/** Two locks, taken in different orders. */
export default async function main(): Promise<void> {
  const left = new Lock({ name: "left" });
  const right = new Lock({ name: "right" });
  const both = (first: Lock, second: Lock) => async (): Promise<void> => {
    await first.acquire();
    await Promise.resolve();
    await second.acquire();
    second.release();
    first.release();
  };
  const late = async (): Promise<void> => {
    for (let i = 0; i < 6; i++) await Promise.resolve();
    await both(right, left)();
  };
  await gather([both(left, right), late]);
}
