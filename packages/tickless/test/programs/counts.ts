import { createTask, sleep } from "tickless";

let jobs = 0;

/** Takes another course whenever it is called again. */
export default async function main(): Promise<void> {
  await createTask(() => sleep(1), { name: `job-${++jobs}` });
}
