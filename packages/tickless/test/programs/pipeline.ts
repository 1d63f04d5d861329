import { createTask, gather, Queue, random, sleep } from "tickless";

/** A producer and a consumer, which sleep for times that depend on the seed. */
export default async function main({ args }: { args: readonly string[] }): Promise<number> {
  const jobs = new Queue<string>({ maxsize: 1, name: "jobs" });
  const pause = random("pauses");

  async function produce(): Promise<void> {
    for (const arg of args) {
      await sleep(pause.int(1, 10));
      await jobs.put(arg);
    }
  }

  async function consume(): Promise<number> {
    let sum = 0;
    for (const _ of args) sum += (await jobs.get()).length;
    return sum;
  }

  const producer = createTask(produce, { name: "producer" });
  const consumer = createTask(consume, { name: "consumer" });
  await gather([producer, consumer]);
  return consumer.result();
}
