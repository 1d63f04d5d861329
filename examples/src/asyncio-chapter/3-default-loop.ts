// Most programs call `run(main)` and never see a loop. Below it lies what asyncio has: a default
// loop, made when it is first asked for, that runs until one coroutine is complete.
import { coroutine, getEventLoop, sleep } from "tickless";

const answer = coroutine(async () => {
  await sleep(7.5);
  return 42;
});

const loop = getEventLoop();
console.log("asked for again, it is the same loop:", getEventLoop() === loop);
console.log("time before:", loop.time());

const result = await loop.runUntilComplete(answer());
console.log("result:", result);
console.log("time after:", loop.time());

loop.close();
console.log("closed:", loop.isClosed());

const late = answer();
try {
  await loop.runUntilComplete(late);
} catch (error) {
  console.log("a closed loop refuses:", (error as Error).message);
}
console.log("asked for once more, it is the same loop:", getEventLoop() === loop);
