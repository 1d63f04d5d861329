// `runForever` has no coroutine to wait for: it ends when somebody calls `loop.stop()`. Here the
// loop is passed to a coroutine that does so when its work is done. What runs beside it is not
// cancelled: it stays where it is, and a second `runForever` would go on with it.
import { coroutine, getEventLoop, type Loop, sleep } from "tickless";

const ticker = coroutine(async (loop: Loop) => {
  for (;;) {
    console.log(`t=${loop.time()} tick`);
    await sleep(1000);
  }
});

const worker = coroutine(async (loop: Loop) => {
  await sleep(2500);
  console.log(`t=${loop.time()} the work is done, stop`);
  loop.stop();
});

const loop = getEventLoop();
const ticking = loop.createTask(ticker(loop));
const working = loop.createTask(worker(loop));
await loop.runForever();

console.log(`the loop has stopped at t=${loop.time()}`);
console.log("worker done:", working.done());
console.log("ticker done:", ticking.done());
loop.close();
