import { createTask, gather } from "tickless";

/** Only few orders of the two fail, and each run takes a while, unless it is asked to be quick. */
export default async function main({ args }) {
  const order = [];
  const visits = (name) => async () => {
    for (let i = 0; i < 8; i++) {
      order.push(name);
      await Promise.resolve();
    }
  };
  await gather([createTask(visits("a")), createTask(visits("b"))]);
  const end = performance.now() + (args.includes("quick") ? 0 : 50);
  while (performance.now() < end);
  if (/abba.*baab/.test(order.join(""))) throw new Error("there and back again");
}
