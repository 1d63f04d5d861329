import { sleep, timeout } from "tickless";
/** An answer after 10 ms, and the asker takes it for granted that 12 are enough. */
export default async function main() {
  console.log("asks");
  await timeout(12, () => sleep(10));
}
