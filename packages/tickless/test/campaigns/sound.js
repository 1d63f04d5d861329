import { gather } from "tickless";

/** No order breaks it. */
export default async function main() {
  const seen = [];
  const visit = async (name) => {
    await Promise.resolve();
    console.log(name);
    seen.push(name);
  };
  await gather([() => visit("a"), () => visit("b")]);
  return seen.toSorted((a, b) => (a < b ? -1 : 1)).join();
}
