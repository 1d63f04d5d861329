import { sleep } from "tickless";

/** One task, and nothing else that could run. */
export default async function main() {
  await sleep(1);
}
