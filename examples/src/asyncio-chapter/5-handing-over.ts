// `callSoon` and `callLater` run plain functions, in a later turn of the loop and after a delay. A
// task keeps the loop to itself until it waits: `sleep(0)` waits for nothing, and so hands over to
// whatever else is ready.
import { createTask, getRunningLoop, run, sleep } from "tickless";

await run(async () => {
  const loop = getRunningLoop();
  const say = (text: string): void => console.log(`t=${loop.time()} ${text}`);

  loop.callLater(20, say, "called later, by 20");
  loop.callLater(10, say, "called later, by 10");
  loop.callSoon(say, "called soon");
  const never = loop.callLater(15, say, "cancelled, so nobody reads this");
  never.cancel();
  say("main has not waited yet, so nothing else has run");

  const counter = (name: string) => async (): Promise<void> => {
    for (let i = 1; i <= 3; i++) {
      say(`${name} counts ${i}`);
      await sleep(0);
    }
  };
  const one = createTask(counter("one"), { name: "one" });
  const two = createTask(counter("two"), { name: "two" });
  await one;
  await two;

  await sleep(30);
  say("main ends");
});
