import { Queue } from "tickless";

export default async function main(): Promise<number> {
  const jobs = new Queue<number>({ name: "jobs" });
  const job = await jobs.get();
  return job;
}
