// `queue.put(item)` returns a coroutine. By itself it puts nothing: it begins when it is awaited,
// or when it is made a task, at the loop's next chance. (`void` tells the linter that the coroutine
// is dropped on purpose: without it, `npm run lint` reports the forgotten `await`.)
import { ensureFuture, Queue, run, sleep } from "tickless";

await run(async () => {
  const queue = new Queue<number>();

  for (let i = 1; i <= 3; i++) void queue.put(i);
  await sleep(0);
  console.log("after three bare calls of put:", queue.qsize());

  for (let i = 1; i <= 3; i++) void ensureFuture(queue.put(i));
  console.log("after three tasks of put, before they have run:", queue.qsize());

  await sleep(0);
  console.log("after the loop's next chance:", queue.qsize());

  while (!queue.empty()) console.log("got", await queue.get());
});
