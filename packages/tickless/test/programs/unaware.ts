// Knows nothing of Tickless, and saves what it uses when it is loaded.
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const sleep = promisify(setTimeout);
const { now, parse } = Date;
const hour = 3_600_000;

class Stamp extends Date {}

export default async function main({ args }: { args: readonly string[] }): Promise<string> {
  const start = now();
  await sleep(hour);
  await pause(hour);
  if (args.includes("--fails")) throw new Error(`failed after ${now() - start} ms`);
  if (args.includes("--fails-late")) throw new Error(`failed at ${new Stamp().toISOString()}`);
  const waited = now() - start;
  const draw = Math.random() < 1 && parse("2000-01-01") < 1e12;
  return `${waited} ${draw} ${new Stamp().toISOString()}`;
}
