// `ensureFuture` turns a coroutine into a task, which begins by itself and can be awaited by
// others. So one coroutine can wait for another that is already under way.
import { coroutine, ensureFuture, type Future, getEventLoop, sleep } from "tickless";

const loop = getEventLoop();

const say = coroutine(async (text: string, previous?: Future<void>) => {
  if (previous !== undefined) await previous;
  await sleep(1000);
  // in quotes, so that the space in "Hello " can be seen
  console.log(`t=${loop.time()} ${JSON.stringify(text)}`);
});

const hello = ensureFuture(say("Hello "));
const world = ensureFuture(say("world!", hello));

await loop.runUntilComplete(world);
loop.close();
