// `coroutine` wraps a generator function or an async function so that calling it runs nothing. The
// call returns a coroutine, which begins when it is awaited. A plain async function would have run
// up to its first `await` already.
import { coroutine, run, sleep } from "tickless";

const fromGenerator = coroutine(function* greet(name: string) {
  console.log(`  a generator function begins: ${name}`);
  yield* sleep(10);
  return `${name} was greeted by a generator function`;
});

const fromAsync = coroutine(async function greet(name: string) {
  console.log(`  an async function begins: ${name}`);
  await sleep(10);
  return `${name} was greeted by an async function`;
});

await run(async () => {
  const one = fromGenerator("Ada");
  const other = fromAsync("Grace");
  console.log("both were called, and nothing has run yet");

  await sleep(100);
  console.log("100 ms later still nothing has run");

  console.log("awaiting the first:");
  console.log(await one);
  console.log("awaiting the second:");
  console.log(await other);
});
