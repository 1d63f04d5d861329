import { createTask, now, Queue, sleep } from "tickless";

export default async function main(): Promise<void> {
  const mail = new Queue<string>();
  void createTask(async () => {
    await sleep(86_400_000);
    await mail.put("a day has passed");
  });
  console.log(await mail.get(), now());
}
