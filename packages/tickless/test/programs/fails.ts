import { sleep } from "tickless";

class BrokenPart extends Error {
  readonly part = "gear";
}

export default async function main(): Promise<void> {
  await sleep(3);
  throw new BrokenPart("the gear is broken");
}
