import { now, Queue, random, sleep } from "tickless";

export default async function main({ args }: { args: readonly string[] }): Promise<string> {
  const names = new Queue<string>({ name: "names" });
  for (const name of args.length === 0 ? ["world"] : args) await names.put(name);
  await sleep(1.5 + random("pause").int(0, 10));
  return `hello ${await names.get()} at ${now()}`;
}
